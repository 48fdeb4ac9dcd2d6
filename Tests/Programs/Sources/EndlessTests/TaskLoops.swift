import TestSupport
import Webble

private enum Locals { @TaskLocal static var number = 0 }

private actor Counting {
  var count = 0
  func increment() { count &+= 1 }
}

let taskLoops = [
  EndlessLoop("Task.sleep") { rounds in
    while true {
      try? await Task.sleep(nanoseconds: 1000)
      await rounds.tickOrRest()
    }
  },
  EndlessLoop("Task.sleep of a duration, and of a clock") { rounds in
    while true {
      try? await Task.sleep(for: .microseconds(1))
      try? await ContinuousClock().sleep(until: .now + .microseconds(1))
      try? await SuspendingClock().sleep(for: .microseconds(1))
      await rounds.tickOrRest()
    }
  },
  EndlessLoop("the value of a task") { rounds in
    while true {
      require(await Task { opaque(3) }.value, 3)
      await rounds.tickOrRest()
    }
  },
  EndlessLoop("the result of a task that throws") { rounds in
    while true {
      let task = Task { () async throws(TestError) -> Int in throw .expected(opaque(4)) }
      if case .failure(.expected(4)) = await task.result { await rounds.tickOrRest() }
      do throws(TestError) { _ = try await task.value } catch { precondition(error == .expected(4)) }
    }
  },
  EndlessLoop("async let") { rounds in
    while true {
      async let number = opaque(3)
      async let unused = opaque(4)
      require(await number, 3)
      await rounds.tickOrRest()
    }
  },
  EndlessLoop("withTaskGroup") { rounds in
    while true {
      let sum = await withTaskGroup(of: Int.self) { group in
        for number in 0..<3 { group.addTask { opaque(number) } }
        var sum = 0
        while let number = await group.next() { sum += number }
        group.addTask { 1 }
        await group.waitForAll()
        return sum
      }
      precondition(sum == 3)
      await rounds.tickOrRest()
    }
  },
  EndlessLoop("the next of a group") { rounds in
    await withTaskGroup(of: Int.self) { group in
      while true {
        group.addTask { opaque(1) }
        require(await group.next()!, 1)
        await rounds.tickOrRest()
      }
    }
  },
  EndlessLoop("withThrowingTaskGroup") { rounds in
    while true {
      do throws(TestError) {
        try await withThrowingTaskGroup(of: Int.self, throwing: TestError.self) {
          (group) throws(TestError) in
          group.addTask { () async throws(TestError) -> Int in throw .expected(opaque(5)) }
          while let _ = try await group.next() {}
        }
      } catch { if case .expected(5) = error { await rounds.tickOrRest() } }
    }
  },
  EndlessLoop("withDiscardingTaskGroup") { rounds in
    while true {
      await withDiscardingTaskGroup { group in group.addTask { rounds.tick() } }
      await rounds.tickOrRest()
    }
  },
  EndlessLoop("withTaskCancellationHandler") { rounds in
    while true {
      await withTaskCancellationHandler { await Task.yield() } onCancel: {}
      await rounds.tickOrRest()
    }
  },
  EndlessLoop("withTaskPriorityEscalationHandler") { rounds in
    while true {
      await withTaskPriorityEscalationHandler { await Task.yield() } onPriorityEscalated: { _, _ in }
      await rounds.tickOrRest()
    }
  },
  EndlessLoop("withValue of a task-local") { rounds in
    while true {
      await Locals.$number.withValue(opaque(7)) {
        await Task.yield()
        precondition(Locals.number == 7)
      }
      await rounds.tickOrRest()
    }
  },
  EndlessLoop("an actor's method") { rounds in
    let actor = Counting()
    while true {
      await actor.increment()
      await rounds.tickOrRest()
    }
  },
  EndlessLoop("the main actor") { rounds in
    while true {
      await MainActor.run { precondition(opaque(1) == 1) }
      await rounds.tickOrRest()
    }
  },
]
