import TestSupport
import Webble

private protocol Stepping: AnyObject, Sendable {
  func step(_ number: Int) async -> Int
  nonisolated(nonsending) func stepNearby(_ number: Int) async -> Int
  var one: Int { get async }
}

private class Stepper: Stepping, @unchecked Sendable {
  @inline(never) func step(_ number: Int) async -> Int { number + 1 }
  @inline(never) nonisolated(nonsending) func stepNearby(_ number: Int) async -> Int { number + 1 }
  var one: Int { get async { 1 } }
}

private final class OtherStepper: Stepper, @unchecked Sendable {
  override func step(_ number: Int) async -> Int { await super.step(number) }
  override var one: Int { get async { 1 } }
}

/// Which of the two a loop uses is not known to the compiler.
@inline(never) private func makeStepper(_ number: Int) -> any Stepping {
  number % 2 == 0 ? Stepper() : OtherStepper()
}

private struct Numbers: AsyncSequence {
  typealias Element = Int
  typealias Failure = Never
  let end: Int

  struct AsyncIterator: AsyncIteratorProtocol {
    typealias Failure = Never
    var next: Int
    let end: Int

    @inline(never)
    mutating func next(isolation actor: isolated (any Actor)?) async -> Int? {
      if next == end { return nil }
      defer { next += 1 }
      return next
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(next: 0, end: end) }
}

@inline(never)
private func apply<T>(_ value: T, _ body: @Sendable (T) async -> T) async -> T { await body(value) }

let valueShapes: [Shape] = [
  Shape(name: "a protocol's requirement") { rounds in
    let steppers = [makeStepper(0), makeStepper(1)]
    var number = 0
    while number < rounds { number = await steppers[number % 2].step(number) }
    return number
  },
  Shape(name: "a protocol's nonisolated(nonsending) requirement") { rounds in
    let stepper = makeStepper(rounds)
    var number = 0
    while number < rounds { number = await stepper.stepNearby(number) }
    return number
  },
  Shape(name: "properties of a protocol") { rounds in
    let stepper = makeStepper(rounds)
    var number = 0
    while number < rounds { number += await stepper.one }
    return number
  },
  Shape(name: "overridden methods of classes") { rounds in
    let steppers: [Stepper] = [Stepper(), OtherStepper()]
    var number = 0
    while number < rounds { number = await steppers[number % 2].step(number) }
    return number
  },
  Shape(name: "for await over a sequence of one's own") { rounds in
    var count = 0
    for await number in Numbers(end: rounds) { count += number == count ? 1 : 0 }
    return count
  },
  Shape(name: "closures") { rounds in
    let one = makeStepper(0) is Stepper ? 1 : 2
    let closures: [@Sendable (Int) async -> Int] = [{ $0 + 1 }, { $0 + one }]
    var number = 0
    while number < rounds { number = await closures[number % 2](number) }
    return number
  },
  Shape(name: "generic functions that take closures") { rounds in
    var number = 0
    while number < rounds { number = await apply(number) { $0 + 1 } }
    return number
  },
  Shape(name: "results of finished tasks", passesThroughRuntime: true) { rounds in
    let task = Task { 1 }
    _ = await task.value
    var number = 0
    while number < rounds { number += await task.value }
    return number
  },
  Shape(name: "results of finished handles", passesThroughRuntime: true) { rounds in
    let handle = spawnLocal { 1 }
    _ = await handle.value
    var number = 0
    while number < rounds { number += await handle.value }
    return number
  },
  Shape(name: "continuations resumed at once", passesThroughRuntime: true) { rounds in
    var number = 0
    while number < rounds {
      number += await withUnsafeContinuation { $0.resume(returning: 1) }
    }
    return number
  },
  Shape(name: "cancellation handlers") { rounds in
    var number = 0
    while number < rounds {
      number += await withTaskCancellationHandler { 1 } onCancel: {}
    }
    return number
  },
]
