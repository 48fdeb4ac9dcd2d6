import TestSupport
import Webble

@inline(never) private func never() async -> Never {
  while true { await Task.yield() }
}

/// What a check is made of that the optimiser cannot decide.
@inline(never) func opaque(_ number: Int) -> Int { number }

/// A check that traps, in line.
@inline(__always) func require<Value: Equatable>(_ value: Value, _ expected: Value) {
  precondition(value == expected)
}

private func yieldAndStop(_ rounds: Rounds) async -> Never {
  while !rounds.isDone {
    rounds.tick()
    await Task.yield()
  }
  await never()
}

private func yieldBeforeFatalError(_ rounds: Rounds, _ mayGoOn: Bool) async -> Never {
  await Task.yield()
  rounds.tick()
  if mayGoOn { await yieldBeforeFatalError(rounds, mayGoOn) }
  fatalError("never reached")
}

/// Loops of nothing but the call: their tasks go down with their pool.
let bareLoops = [
  EndlessLoop("Task.yield alone") { rounds in
    Task.detached {
      while !rounds.isDone {
        rounds.tick()
        await Task.yield()
      }
    }
    while true { await Task.yield() }
  },
  EndlessLoop("Task.yield") { rounds in while true { await Task.yield(); rounds.tick() } },
  EndlessLoop("Task.yield twice") { rounds in
    while true {
      await Task.yield()
      rounds.tick()
      await Task.yield()
    }
  },
  EndlessLoop("Task.yield with a check") { rounds in
    let numbers = [1, 2, 3]
    while true {
      await Task.yield()
      precondition(numbers[opaque(2)] == 3)
      rounds.tick()
    }
  },
  EndlessLoop("Task.yield after defer") { rounds in
    while true {
      defer { rounds.tick() }
      await Task.yield()
    }
  },
  EndlessLoop("Task.yield within a loop") { rounds in
    while true {
      for _ in 0..<3 { await Task.yield() }
      rounds.tick()
    }
  },
  EndlessLoop("Task.yield in a function that never returns") { await yieldAndStop($0) },
  EndlessLoop("Task.yield before fatalError") { await yieldBeforeFatalError($0, true) },
  EndlessLoop("withUnsafeContinuation") { rounds in
    while true {
      await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
        continuation.resume()
      }
      rounds.tick()
      await Task.yield()
    }
  },
  EndlessLoop("withUnsafeContinuation with checks in its body") { rounds in
    let numbers = [1, 2, 3]
    var index = 0
    while true {
      let number = await withUnsafeContinuation { (continuation: UnsafeContinuation<Int, Never>) in
        index = opaque(index + 1) % 3
        continuation.resume(returning: numbers[index])
      }
      precondition(number == index + 1)
      rounds.tick()
      await Task.yield()
    }
  },
  EndlessLoop("withUnsafeContinuation, resumed by another task") { rounds in
    while true {
      await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
        precondition(opaque(1) == 1)
        Task.detached { continuation.resume() }
      }
      rounds.tick()
      await Task.yield()
    }
  },
  EndlessLoop("withUnsafeThrowingContinuation") { rounds in
    var isEven = false
    while true {
      do throws(TestError) {
        try await withUnsafeThrowingContinuation {
          (continuation: UnsafeContinuation<Void, TestError>) in
          isEven.toggle()
          if isEven { continuation.resume() } else { continuation.resume(throwing: .expected(1)) }
        }
      } catch { precondition(error == .expected(1)) }
      rounds.tick()
      await Task.yield()
    }
  },
  EndlessLoop("withCheckedContinuation") { rounds in
    while true {
      await withCheckedContinuation { $0.resume() }
      rounds.tick()
      await Task.yield()
    }
  },
  EndlessLoop("withCheckedThrowingContinuation") { rounds in
    while true {
      do throws(TestError) {
        try await withCheckedThrowingContinuation {
          (continuation: CheckedContinuation<Void, TestError>) in
          precondition(opaque(1) == 1)
          continuation.resume(throwing: .expected(1))
        }
      } catch { rounds.tick() }
      await Task.yield()
    }
  },
]
