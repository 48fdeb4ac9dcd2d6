import Webble

private let cheapCount = 10_000_000
private let dearCount = 10_000

private func numbers() -> [Int] {
  var state: UInt32 = 1
  return (0..<cheapCount).map { _ in
    state = state &* 1_664_525 &+ 1_013_904_223
    return Int(bitPattern: UInt(state))
  }
}

/// Some 10 microseconds of work.
@inline(never) private func dear(_ number: Int) -> Int {
  var state = UInt32(truncatingIfNeeded: number)
  for _ in 0..<8_000 { state = state &* 1_664_525 &+ (state >> 16) }
  return Int(truncatingIfNeeded: state)
}

// The loops that a user would write by hand.

@inline(never) private func mapByHand(_ numbers: [Int], adding addend: Int) -> [Int] {
  numbers.withUnsafeBufferPointer { numbers in
    [Int](unsafeUninitializedCapacity: numbers.count) { results, count in
      let base = results.baseAddress!
      for index in numbers.indices { 
        (base + index).initialize(to: numbers[index] &* 3 &+ addend)
      }
      count = numbers.count
    }
  }
}

/// Memory that a loop fills, each place once.
private struct Products: @unchecked Sendable {
  let base: UnsafeMutablePointer<Int>
  init(_ base: UnsafeMutablePointer<Int>) { self.base = base }
}

@inline(never) private func sumByHand(_ numbers: [Int]) -> Int {
  var sum = 0
  for number in numbers { sum = sum &+ number }
  return sum
}

@inline(never) private func mapDearByHand(_ numbers: [Int]) -> [Int] { numbers.map(dear) }

/// The same work by a loop, and by an algorithm on pools of one and two workers. In microseconds.
private func compare(
  _ row: String, sequential: @escaping @Sendable () -> Void,
  parallel: @escaping @Sendable (ThreadPool) async -> Void
) async {
  guard isWanted(row) else { return }
  // Not on the main thread, where the engine may compile differently.
  for workers in 1...2 {
    await withPool(workers) { pool in
      let alone = await pool.spawn { await best { await time { sequential() } } }.value
      report("\(row), loop", alone / 1000)
      report(
        "\(row), workers: \(workers)",
        await best { await time { await parallel(pool) } } / 1000)
    }
  }
}

func measureAlgorithms() async {
  let cheap = numbers()
  let seed = cheap[0]
  await compare("map cheap") {
    use(mapByHand(cheap, adding: 1))
  } parallel: { pool in
    use(await pool.map(cheap) { $0 &* 3 &+ 1 })
  }
  await compare("map cheap, with captures") {
    use(mapByHand(cheap, adding: seed))
  } parallel: { pool in
    use(await pool.map(cheap) { $0 &* 3 &+ seed })
  }
  let products = Products(UnsafeMutablePointer<Int>.allocate(capacity: cheapCount))
  await compare("forEach cheap, with captures") {
    for number in 0..<cheapCount { products.base[number] = number &* seed }
  } parallel: { pool in
    await pool.forEach(0..<cheapCount) { products.base[$0] = $0 &* seed }
  }
  await compare("filter cheap, with captures") {
    use(cheap.filter { ($0 ^ seed) & 15 == 0 })
  } parallel: { pool in
    use(await pool.filter(cheap) { ($0 ^ seed) & 15 == 0 })
  }
  await compare("reduce cheap") {
    use(sumByHand(cheap))
  } parallel: { pool in
    use(await pool.reduce(cheap, 0) { $0 &+ $1 })
  }
  let few = Array(0..<dearCount)
  await compare("map dear") {
    use(mapDearByHand(few))
  } parallel: { pool in
    use(await pool.map(few) { dear($0) })
  }
  for isStable in [true, false] {
    await compare(isStable ? "sort" : "sort unstable") {
      var copy = cheap
      copy.sort()
      use(copy)
    } parallel: { pool in
      var copy = cheap
      if isStable { await pool.sort(&copy) } else { await pool.sortUnstable(&copy) }
      use(copy)
    }
  }
}
