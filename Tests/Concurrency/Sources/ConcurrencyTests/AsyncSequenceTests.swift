import Support

@MainActor func asyncSequenceTests() {
  conformance("SE-0298: for await reads a sequence to its end") {
    var sum = 0
    for await number in Numbers(count: 4) { sum += number }
    expectEqual(sum, 10)
  }

  conformance("SE-0298: for await over an empty sequence runs no body") {
    for await _ in Numbers(count: 0) { expect(false) }
  }

  conformance("SE-0298: break asks for nothing further") {
    let numbers = Numbers(count: 10)
    for await number in numbers where number == 3 { break }
    expectEqual(numbers.requests.value, 3)
  }

  conformance("SE-0298: continue and where go on with the next element") {
    var seen: [Int] = []
    for await number in Numbers(count: 6) where number % 2 == 0 {
      if number == 4 { continue }
      seen.append(number)
    }
    expect(seen == [2, 6])
  }

  conformance("SE-0298: for try await ends with the iterator's error") {
    let (numbers, failure) = await outcome(FailingNumbers(count: 2))
    expect(numbers == [1, 2])
    expect(failure == 2)
  }

  conformance("SE-0298: every iterator of a sequence begins anew") {
    let numbers = Numbers(count: 2)
    var first = numbers.makeAsyncIterator()
    var second = numbers.makeAsyncIterator()
    let pair = (await first.next(), await second.next())
    expect(pair == (1, 1))
    expect(await first.next() == 2)
    expect(await first.next() == nil)
  }

  conformance("SE-0421: an iterator's error is of the sequence's type") {
    func first<Base: AsyncSequence>(of base: Base) async throws(Base.Failure) -> Base.Element? {
      for try await element in base { return element }
      return nil
    }
    expect(await first(of: Numbers(count: 1)) == 1)
    do throws(Thrown) {
      _ = try await first(of: FailingNumbers(count: 0))
      expect(false)
    } catch { expect(number(of: error) == 0) }
  }

  conformance("SE-0421: an operator whose next() is rethrows fails as its base does") {
    expect(await elements(Pairs(base: Numbers(count: 4))) == [2, 4])
    expect(await elements(Pairs(base: Pairs(base: Numbers(count: 4)))) == [4])
    expect(await elements(Pairs(base: Numbers(count: 4)).map { $0 + 1 }) == [3, 5])
    var sum = 0
    for await number in Pairs(base: Numbers(count: 4)) { sum += number }
    expect(sum == 6)
    var iterator = Pairs(base: Numbers(count: 2)).makeAsyncIterator()
    expect(await iterator.next() == 2)
    expect(await iterator.next(isolation: #isolation) == nil)
    let failing = await outcome(Pairs(base: Pairs(base: FailingNumbers(count: 5))))
    expect(failing.elements == [4])
    expect(failing.failure == 5)
  }

  conformance("SE-0421: next(isolation:) stays on the caller's actor") {
    var iterator = AsyncStream { continuation in
      continuation.yield(1)
      continuation.finish()
    }.makeAsyncIterator()
    expect(await iterator.next(isolation: MainActor.shared) == 1)
    expect(isOnMainThread)
    expect(await iterator.next(isolation: #isolation) == nil)
  }

  // MARK: map, compactMap, flatMap

  conformance("SE-0298: map transforms each element") {
    expect(await elements(Numbers(count: 3).map { $0 * 2 }) == [2, 4, 6])
  }

  conformance("SE-0298: map takes an asynchronous closure") {
    expect(await elements(Numbers(count: 3).map { await later($0 + 1) }) == [2, 3, 4])
  }

  conformance("SE-0298: map to another type") {
    let texts = await elements(Numbers(count: 3).map { "#\($0)" })
    expect(texts == ["#1", "#2", "#3"])
  }

  conformance("SE-0298: map keeps the base's failure") {
    let (numbers, failure) = await outcome(FailingNumbers(count: 2).map { $0 * 10 })
    expect(numbers == [10, 20])
    expect(failure == 2)
  }

  conformance("SE-0298: map is lazy") {
    let calls = Counter()
    let mapped = Numbers(count: 5).map { calls.increment(by: $0) }
    expectEqual(calls.value, 0)
    var iterator = mapped.makeAsyncIterator()
    _ = await iterator.next()
    expectEqual(calls.value, 1)
  }

  conformance("SE-0298: a throwing map ends the sequence with its error") {
    let mapped = Numbers(count: 5).map { (value) throws(Thrown) in try check(value, not: 3) }
    let (numbers, failure) = await outcome(mapped)
    expect(numbers == [1, 2])
    expect(failure == 3)
  }

  conformance("SE-0298: after its error a throwing map gives nil") {
    let mapped = Numbers(count: 5).map { (value) throws(Thrown) in try check(value, not: 1) }
    var iterator = mapped.makeAsyncIterator()
    do throws(Thrown) {
      _ = try await iterator.next(isolation: nil)
      expect(false)
    } catch { expect(number(of: error) == 1) }
    do throws(Thrown) {
      expect(try await iterator.next(isolation: nil) == nil)
    } catch { expect(false) }
  }

  conformance("SE-0298: a throwing map over a failing base gives whichever error comes first") {
    let early = FailingNumbers(count: 4).map { (value) throws(Thrown) in try check(value, not: 2) }
    expect(await outcome(early).failure == 2)
    let late = FailingNumbers(count: 4).map { (value) throws(Thrown) in try check(value, not: 9) }
    expect(await outcome(late).failure == 4)
  }

  conformance("SE-0298: compactMap drops nil") {
    let even = Numbers(count: 6).compactMap { $0 % 2 == 0 ? $0 : nil }
    expect(await elements(even) == [2, 4, 6])
  }

  conformance("SE-0298: compactMap of nothing but nil is empty") {
    expect(await elements(Numbers(count: 6).compactMap { _ in nil as Int? }).isEmpty)
  }

  conformance("SE-0298: a throwing compactMap ends with its error") {
    let mapped = Numbers(count: 5).compactMap { (value) throws(Thrown) -> Int? in
      try check(value, not: 4) % 2 == 0 ? value : nil
    }
    let (numbers, failure) = await outcome(mapped)
    expect(numbers == [2])
    expect(failure == 4)
  }

  conformance("SE-0298: flatMap reads one sequence after the other") {
    let flat = Numbers(count: 3).flatMap { Numbers(count: $0) }
    expect(await elements(flat) == [1, 1, 2, 1, 2, 3])
  }

  conformance("SE-0298: flatMap passes over empty sequences") {
    let flat = Numbers(count: 4).flatMap { Numbers(count: $0 % 2) }
    expect(await elements(flat) == [1, 1])
  }

  conformance("SE-0298: flatMap ends with the error of an inner sequence") {
    let flat = Numbers(count: 3).flatMap { FailingNumbers(count: $0) }
    let (numbers, failure) = await outcome(flat)
    expect(numbers == [1])
    expect(failure == 1)
  }

  conformance("SE-0298: flatMap ends with the error of the base") {
    let flat = FailingNumbers(count: 2).flatMap { Numbers(count: $0) }
    let (numbers, failure) = await outcome(flat)
    expect(numbers == [1, 1, 2])
    expect(failure == 2)
  }

  // MARK: filter, prefix, drop

  conformance("SE-0298: filter keeps what its predicate holds for") {
    expect(await elements(Numbers(count: 7).filter { $0 % 3 == 0 }) == [3, 6])
  }

  conformance("SE-0298: filter takes an asynchronous predicate") {
    expect(await elements(Numbers(count: 4).filter { await later($0) > 2 }) == [3, 4])
  }

  conformance("SE-0298: a throwing filter ends with its error") {
    let filtered = Numbers(count: 5).filter { (value) throws(Thrown) in
      try check(value, not: 4) != 2
    }
    let (numbers, failure) = await outcome(filtered)
    expect(numbers == [1, 3])
    expect(failure == 4)
  }

  conformance("SE-0298: prefix(_:) ends after so many, or with the base") {
    expect(await elements(Numbers(count: 5).prefix(2)) == [1, 2])
    expect(await elements(Numbers(count: 1).prefix(2)) == [1])
    expect(await elements(Numbers(count: 5).prefix(0)).isEmpty)
  }

  conformance("SE-0298: prefix(_:) asks the base for no more") {
    let numbers = Numbers(count: 5)
    _ = await elements(numbers.prefix(2))
    expectEqual(numbers.requests.value, 2)
  }

  conformance("SE-0298: prefix(while:) ends at the first that fails") {
    expect(await elements(Numbers(count: 9).prefix(while: { $0 % 4 != 0 })) == [1, 2, 3])
  }

  conformance("SE-0298: prefix(while:) asks for nothing after its end") {
    let numbers = Numbers(count: 9)
    var iterator = numbers.prefix(while: { $0 < 2 }).makeAsyncIterator()
    for _ in 0..<4 { _ = await iterator.next() }
    expectEqual(numbers.requests.value, 2)
  }

  conformance("SE-0298: dropFirst drops so many, or all") {
    expect(await elements(Numbers(count: 4).dropFirst()) == [2, 3, 4])
    expect(await elements(Numbers(count: 4).dropFirst(3)) == [4])
    expect(await elements(Numbers(count: 4).dropFirst(9)).isEmpty)
    expect(await elements(Numbers(count: 2).dropFirst(0)) == [1, 2])
  }

  conformance("SE-0298: drop(while:) drops up to the first that fails, and no later ones") {
    expect(await elements(Numbers(count: 5).drop(while: { $0 % 3 != 0 })) == [3, 4, 5])
    expect(await elements(Numbers(count: 5).drop(while: { _ in true })).isEmpty)
  }

  conformance("SE-0298: a throwing drop(while:) ends with its error") {
    let rest = Numbers(count: 5).drop(while: { (value) throws(Thrown) in
      try check(value, not: 3) < 9
    })
    expect(await outcome(rest) == ([], 3))
  }

  conformance("SE-0298: operators compose") {
    let composed = Numbers(count: 100).dropFirst(10).filter { $0 % 2 == 0 }
      .map { $0 * $0 }.prefix(3).compactMap { $0 > 150 ? "\($0)" : nil }
    expect(await elements(composed) == ["196", "256"])
  }

  conformance("SE-0298: a sequence and its operators go to other tasks") {
    let mapped = Numbers(count: 50).map { $0 + 1 }.filter { $0 % 2 == 0 }
    let sums = [Task.detached { await mapped.reduce(0, +) }, Task { await mapped.reduce(0, +) }]
    for sum in sums { expectEqual(await sum.value, 650) }
  }
}

private func == (
  left: (elements: [Int], failure: Int?), right: (elements: [Int], failure: Int?)
) -> Bool {
  left.elements == right.elements && left.failure == right.failure
}
