import TestSupport

@inline(never) private func step(_ number: Int) async -> Int { number + 1 }

@inline(never) private nonisolated(nonsending) func stepNearby(_ number: Int) async -> Int {
  number + 1
}

@inline(never) private func deeper(_ number: Int) async -> Int {
  let half = await step(number)
  return await step(half) - 1
}

@inline(never) private nonisolated(nonsending) func deeperNearby(_ number: Int) async -> Int {
  let half = await stepNearby(number)
  return await stepNearby(half) - 1
}

@inline(never) private func stepOrThrow(_ number: Int) async throws(TestError) -> Int {
  if number < 0 { throw .expected(number) }
  return number + 1
}

@inline(never) private func alwaysThrows(_ number: Int) async throws(TestError) -> Int {
  throw .expected(number)
}

@inline(never) private func isEven(_ number: Int) async -> Bool {
  if number == 0 { return true }
  return await isOdd(number - 1)
}

@inline(never) private func isOdd(_ number: Int) async -> Bool {
  if number == 0 { return false }
  return await isEven(number - 1)
}

@inline(never) private nonisolated(nonsending) func isEvenNearby(_ number: Int) async -> Bool {
  if number == 0 { return true }
  return await isOddNearby(number - 1)
}

@inline(never) private nonisolated(nonsending) func isOddNearby(_ number: Int) async -> Bool {
  if number == 0 { return false }
  return await isEvenNearby(number - 1)
}

/// Several ways out, and locals in memory.
@inline(never) private func branching(_ number: Int) async -> Int {
  var memory: InlineArray<8, Int> = InlineArray(repeating: number)
  switch number % 4 {
  case 0: return await step(number)
  case 1:
    memory[number % 8] += 1
    return memory[number % 8]
  case 2:
    defer { memory[0] = 0 }
    return await stepNearby(memory[number % 8])
  default:
    let next = await step(memory[number % 8])
    return next
  }
}

@inline(never) private func increment(_ number: inout Int) async { number += 1 }

let callShapes: [Shape] = [
  Shape(name: "nonisolated functions", passesThroughRuntime: true) { rounds in
    var number = 0
    while number < rounds { number = await step(number) }
    return number
  },
  Shape(name: "nonisolated(nonsending) functions") { rounds in
    var number = 0
    while number < rounds { number = await stepNearby(number) }
    return number
  },
  Shape(name: "functions that call others", passesThroughRuntime: true) { rounds in
    var number = 0
    while number < rounds { number = await deeper(number) }
    return number
  },
  Shape(name: "nonisolated(nonsending) functions that call others") { rounds in
    var number = 0
    while number < rounds { number = await deeperNearby(number) }
    return number
  },
  Shape(name: "functions that may throw", passesThroughRuntime: true) { rounds in
    var number = 0
    do throws(TestError) {
      while number < rounds { number = try await stepOrThrow(number) }
    } catch { return -1 }
    return number
  },
  Shape(name: "functions that throw each time", passesThroughRuntime: true) { rounds in
    var number = 0
    while number < rounds {
      do throws(TestError) {
        number = try await alwaysThrows(number)
      } catch {
        if error == .expected(number) { number += 1 }
      }
    }
    return number
  },
  Shape(name: "mutual recursion") { rounds in await isEven(rounds) ? rounds : 0 },
  Shape(name: "mutual recursion, nonisolated(nonsending)") { rounds in
    await isEvenNearby(rounds) ? rounds : 0
  },
  Shape(name: "functions with several ways out") { rounds in
    var number = 0
    while number < rounds { number = await branching(number) }
    return number
  },
  Shape(name: "inout parameters", passesThroughRuntime: true) { rounds in
    var number = 0
    while number < rounds { await increment(&number) }
    return number
  },
]
