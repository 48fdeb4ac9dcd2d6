import Webble

// Functions as users write them.

@inline(never) private func run<Success, Failure: Error>(
  _ body: () async throws(Failure) -> Success
) async throws(Failure) -> Success {
  try await body()
}

@inline(never) private func runArgument<Success, Failure: Error>(
  _ number: Int, _ body: (Int, inout String) async throws(Failure) -> Success
) async throws(Failure) -> Success {
  var text = "text"
  return try await body(number, &text)
}

private struct Stored<Success, Failure: Error> {
  var body: () async throws(Failure) -> Success
  @inline(never) func callAsFunction() async throws(Failure) -> Success { try await body() }
}

@inline(never) private func throwing() async throws(WideError) -> Int { throw WideError(number: 4711) }
@inline(never) private func throwingLater() async throws(WideError) -> Int {
  await Task.yield()
  throw WideError(number: 4711)
}
@inline(never) private func takesWide(_ body: () async throws(WideError) -> Int) async throws(WideError) {
  _ = try await body()
}

private protocol Throwing: Sendable {
  associatedtype Failure: Error
  func act() async throws(Failure) -> Int
}
private struct Acting: Throwing {
  func act() async throws(WideError) -> Int { throw WideError(number: 4711) }
}
@inline(never) private func act<T: Throwing>(_ actor: T) async throws(T.Failure) {
  _ = try await actor.act()
}

/// An error that is returned, and needs no address.
enum SmallError: Error { case negative }

private class Doubler: @unchecked Sendable {
  func act(_ number: Int) async throws(SmallError) -> Int {
    if number < 0 { throw .negative }
    return number * 2
  }
}
private final class Tripler: Doubler, @unchecked Sendable {
  override func act(_ number: Int) async throws(SmallError) -> Int {
    if number < 0 { throw .negative }
    return number * 3
  }
}
@inline(never) private func makeTripler() -> Doubler { Tripler() }
@inline(never) private func double(_ number: Int) async throws(SmallError) -> Int {
  if number < 0 { throw .negative }
  return number * 2
}
nonisolated(unsafe) private var storedDouble = double

private class Base: @unchecked Sendable {
  func act() async throws(WideError) -> Int { 1 }
}
private final class Derived: Base, @unchecked Sendable {
  override func act() async throws(WideError) -> Int { throw WideError(number: 4711) }
}
@inline(never) private func make() -> Base { Derived() }

@inline(never) func later(_ body: @Sendable () async throws(SmallError) -> Int) async throws(SmallError) -> Int {
  try await run { () async throws(SmallError) -> Int in try await body() }
}

/// A last argument of 0 arrives as such; 4711 if they all do.
@inline(never) private func sumOfZeros(_ zero: Int) async -> Int {
  do throws(SmallError) {
    var sum = try await makeTripler().act(zero) + double(zero)
    // The optimiser makes a function of `later` that takes what the closure captures, named after both.
    sum += try await later { () async throws(SmallError) -> Int in
      if zero < 0 { throw .negative }
      return zero * 2
    }
    return try await sum + storedDouble(zero) + 4711
  } catch {
    return -1
  }
}

let ownCalls = [
  Call("functions whose last argument is 0") { _ in await sumOfZeros(0) },
  Call(throwing: "a function of one's own") { _ throws(WideError) in
    _ = try await run { () async throws(WideError) -> Int in throw WideError(number: 4711) }
  },
  Call(throwing: "a function of one's own, after a suspension") { _ throws(WideError) in
    _ = try await run { () async throws(WideError) -> Int in
      await Task.yield()
      throw WideError(number: 4711)
    }
  },
  Call(throwing: "a function of one's own, captures") { pool throws(WideError) in
    let number = pool.workerCount
    _ = try await run { () async throws(WideError) -> Int in
      throw WideError(number: number == 2 ? 4711 : 0)
    }
  },
  Call(throwing: "a function of one's own that passes arguments") { _ throws(WideError) in
    try await runArgument(4000) {
      (number, text) async throws(WideError) -> Void in
      throw WideError(number: number + 707 + text.utf8.count)
    }
  },
  Call(throwing: "a function in place of a closure") { _ throws(WideError) in
    _ = try await run(throwing)
  },
  Call(throwing: "a function in place of a closure, after a suspension") { _ throws(WideError) in
    _ = try await run(throwingLater)
  },
  Call(throwing: "a closure whose type is not generic") { _ throws(WideError) in
    try await takesWide { () async throws(WideError) -> Int in throw WideError(number: 4711) }
  },
  Call(throwing: "a function in place of a closure whose type is not generic") { _ throws(WideError) in
    try await takesWide(throwing)
  },
  Call(throwing: "a stored closure") { _ throws(WideError) in
    let stored = Stored { () async throws(WideError) -> Int in throw WideError(number: 4711) }
    _ = try await stored()
  },
  Call(throwing: "a closure in an array") { _ throws(WideError) in
    let bodies: [() async throws(WideError) -> Int] = [throwing, throwingLater]
    for body in bodies { _ = try await body() }
  },
  Call(throwing: "a closure that throws through another") { _ throws(WideError) in
    _ = try await run { () async throws(WideError) -> Int in
      try await run { () async throws(WideError) -> Int in throw WideError(number: 4711) }
    }
  },
  Call(throwing: "a witness") { _ throws(WideError) in try await act(Acting()) },
  Call(throwing: "a method that is overridden") { _ throws(WideError) in _ = try await make().act() },
  Call("a small error") { _ in
    enum Small: Error { case number(Int) }
    do throws(Small) {
      return try await run { () async throws(Small) -> Int in throw .number(4711) }
    } catch {
      switch error { case .number(let number): return number }
    }
  },
  Call("an error without a payload, of many cases") { _ in
    enum Case: Int, Error { case a, b, c, d, e }
    do throws(Case) {
      return try await run { () async throws(Case) -> Int in throw .d }
    } catch {
      return error == .d ? 4711 : error.rawValue
    }
  },
  Call("no error at all") { _ in
    await run { 4711 }
  },
]
