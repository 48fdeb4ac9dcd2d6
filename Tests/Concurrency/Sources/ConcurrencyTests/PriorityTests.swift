import Support

private actor Tally {
  private(set) var count = 0
  func add() { count += 1 }
}

/// Lets others run until the current task has at least that priority.
private func becomes(
  _ priority: TaskPriority, isolation: isolated (any Actor)? = #isolation
) async -> Bool {
  await eventually { Task.currentPriority >= priority }
}

/// Base and current priority of tasks that the current one makes, in each way, of those that it does not
/// escalate by waiting for them: a task that is awaited may be told of its waiter's priority at any time.
private func prioritiesOfNewTasks() async -> [[UInt8]] {
  func both() -> [UInt8] { [Task.basePriority!.rawValue, Task.currentPriority.rawValue] }
  func base() -> [UInt8] { [Task.basePriority!.rawValue] }
  var all: [[UInt8]] = []
  all.append(await Task { base() }.value)
  all.append(await Task(priority: .medium) { base() }.value)
  all.append(await Task.detached { base() }.value)
  all.append(await Task.detached(priority: .background) { base() }.value)
  all.append(await Task.immediate { both() }.value)
  all.append(await Task.immediate(priority: .background) { both() }.value)
  all.append(await Task.immediateDetached { both() }.value)
  async let child = both()
  all.append(await child)
  await withTaskGroup(of: [UInt8].self) { group in
    for priority: TaskPriority? in [nil, .background, .medium, .high] {
      group.addTask(priority: priority) { both() }
      all.append(await group.next()!)
      group.addImmediateTask(priority: priority) { both() }
      all.append(await group.next()!)
    }
  }
  return all
}

@MainActor func priorityTests() {
  conformance("SE-0304, SE-0462: the priorities of new tasks, before and after an escalation") {
    let medium: UInt8 = 0x15, high: UInt8 = 0x19, low: UInt8 = 0x11, background: UInt8 = 0x09
    func expected(current: UInt8) -> [[UInt8]] {
      [
        [low], [medium], [medium], [background],
        [low, low], [background, background], [medium, medium],
        [low, current], [low, current], [low, current],
        [background, current], [background, current],
        [medium, current], [medium, current], [high, current], [high, current],
      ]
    }
    let task = Task.detached(priority: .low) {
      withUnsafeCurrentTask { $0!.escalatePriority(to: .medium) }
      let before = await prioritiesOfNewTasks()
      withUnsafeCurrentTask { $0!.escalatePriority(to: .high) }
      return (before, await prioritiesOfNewTasks())
    }
    let (before, after) = await task.value
    for (index, (found, wanted)) in zip(before, expected(current: medium)).enumerated() {
      expect(found == wanted, "before, \(index)")
    }
    for (index, (found, wanted)) in zip(after, expected(current: high)).enumerated() {
      expect(found == wanted, "after, \(index)")
    }
  }

  conformance("SE-0304: a task that one of higher priority awaits takes that priority") {
    let low = Task(priority: .low) {
      let isRaised = await becomes(.high)
      return isRaised && Task.basePriority == .low
    }
    expect(await Task(priority: .high) { await low.value }.value)
  }

  conformance("SE-0462: a task's priority can be raised, and is never lowered") {
    let gate = Gate()
    let task = Task.detached(priority: .low) {
      await gate.wait()
      return (Task.basePriority, Task.currentPriority)
    }
    task.escalatePriority(to: .high)
    task.escalatePriority(to: .medium)
    gate.open()
    let (base, current) = await task.value
    expect(base == .low && current == .high)
  }

  conformance("SE-0462: the current task's priority can be raised") {
    let priority = await Task.detached(priority: .low) {
      withUnsafeCurrentTask { $0!.escalatePriority(to: .high) }
      return Task.currentPriority
    }.value
    expect(priority == .high)
  }

  conformance("SE-0462: a handler is called with the old and the new priority") {
    let journal = Journal<Int>()
    let begun = Gate()
    let end = Gate()
    let task = Task.detached(priority: .background) {
      await withTaskPriorityEscalationHandler {
        begun.open()
        await end.wait()
      } onPriorityEscalated: { before, after in
        journal.append(Int(before.rawValue))
        journal.append(Int(after.rawValue))
      }
    }
    await begun.wait()
    task.escalatePriority(to: .medium)
    task.escalatePriority(to: .medium)
    task.escalatePriority(to: .high)
    end.open()
    await task.value
    expect(journal.entries == [0x09, 0x15, 0x15, 0x19])
  }

  conformance("SE-0462: handlers nest, and all of them are called") {
    let inner = Counter()
    let outer = Counter()
    let begun = Gate()
    let end = Gate()
    let task = Task.detached(priority: .background) {
      await withTaskPriorityEscalationHandler {
        await withTaskPriorityEscalationHandler {
          begun.open()
          await end.wait()
        } onPriorityEscalated: { _, _ in
          inner.increment()
        }
      } onPriorityEscalated: { _, _ in
        outer.increment()
      }
    }
    await begun.wait()
    task.escalatePriority(to: .high)
    end.open()
    await task.value
    expectEqual(inner.value, 1)
    expectEqual(outer.value, 1)
  }

  conformance("SE-0462: a handler is not called before its scope, nor after") {
    let calls = Counter()
    await Task.detached(priority: .high) {
      withUnsafeCurrentTask { $0!.escalatePriority(to: TaskPriority(rawValue: 0x1A)) }
      await withTaskPriorityEscalationHandler {
        await Task.yield()
      } onPriorityEscalated: { _, _ in
        calls.increment()
      }
      withUnsafeCurrentTask { $0!.escalatePriority(to: TaskPriority(rawValue: 0x1B)) }
    }.value
    expectEqual(calls.value, 0)
  }

  conformance("SE-0462: a handler's operation returns and throws") {
    let code = 3
    do throws(TestError) {
      _ = try await withTaskPriorityEscalationHandler { () async throws(TestError) -> Int in
        if code == 3 { throw .expected(code) }
        return code
      } onPriorityEscalated: { _, _ in
      }
      expect(false)
    } catch {
      expect(error == .expected(3))
    }
  }

  conformance("SE-0462: children of a group are raised with their parent") {
    let begun = Counter()
    let task = Task.detached(priority: .background) {
      await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<5 {
          group.addTask {
            begun.increment()
            return await becomes(.high)
          }
        }
        return await allTrue(&group)
      }
    }
    expect(await eventually { begun.value == 5 })
    task.escalatePriority(to: .high)
    expect(await task.value)
  }

  conformance("SE-0462: children of async let and their children are raised with their parent") {
    let begun = Gate()
    let task = Task.detached(priority: .background) {
      async let child = {
        async let grandchild = {
          begun.open()
          return await becomes(.high)
        }()
        return await grandchild
      }()
      return await child
    }
    await begun.wait()
    task.escalatePriority(to: .high)
    expect(await task.value)
  }

  conformance("SE-0462: a task that an escalated one awaits is raised, too") {
    let begun = Gate()
    let last = Task.detached(priority: .background) {
      begun.open()
      return await becomes(.high)
    }
    await begun.wait()
    let waits = Gate()
    let middle = Task.detached(priority: .background) {
      waits.open()
      return await last.value
    }
    await waits.wait()
    middle.escalatePriority(to: .high)
    expect(await middle.value)
  }

  conformance("SE-0462: a task that is escalated in a queue overtakes those that it was behind") {
    let journal = Journal<Int>()
    let tasks = (1...20).map { number in
      Task.detached(priority: .medium) { journal.append(number) }
    }
    let last = Task.detached(priority: .background) { journal.append(0) }
    last.escalatePriority(to: .high)
    for task in tasks { await task.value }
    await last.value
    expectEqual(journal.count, 21)
    if runsOneTaskAtATime { expectEqual(journal.entries.first ?? -1, 0) }
  }

  conformance("SE-0462: escalated tasks run once each, wherever they are queued") {
    let tally = Tally()
    let ended = Counter()
    let tasks = (0..<500).map { number in
      Task.detached(priority: .background) {
        for _ in 0..<4 {
          await tally.add()
          await Task.yield()
        }
        await withTaskPriorityEscalationHandler {
          await tally.add()
        } onPriorityEscalated: { _, _ in
        }
        ended.increment()
      }
    }
    let priorities: [TaskPriority] = [.low, .medium, .high]
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<4 {
        group.addTask {
          var random = Randomness(seed: UInt64(number))
          for _ in 0..<500 {
            tasks[random.next(below: tasks.count)]
              .escalatePriority(to: priorities[random.next(below: 3)])
            if random.next(below: 10) == 0 { await Task.yield() }
          }
        }
      }
    }
    for task in tasks { await task.value }
    expectEqual(ended.value, 500)
    expectEqual(await tally.count, 2500)
  }

  conformance("SE-0462: escalated children of groups hand over their results") {
    let task = Task.detached(priority: .background) {
      await withTaskGroup(of: Int.self) { group in
        for number in 0..<300 {
          group.addTask {
            await Task.yield()
            return number
          }
        }
        return await total(&group)
      }
    }
    await Task.yield()
    task.escalatePriority(to: .medium)
    await Task.yield()
    task.escalatePriority(to: .high)
    expectEqual(await task.value, 44850)
  }
}
