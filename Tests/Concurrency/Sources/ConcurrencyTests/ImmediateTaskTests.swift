import Support

private enum Local {
  @TaskLocal static var number = 0
}

private actor Ledger {
  private(set) var entries: [Int] = []

  func note(_ number: Int) { entries.append(number) }

  /// Starts a task of the actor's own, and notes what comes before and after its suspension.
  func startOne(_ gate: Gate) -> Task<Void, Never> {
    let task = Task.immediate {
      self.note(1)
      await gate.wait()
      self.note(3)
    }
    note(2)
    return task
  }

  /// Starts a task that is another actor's.
  func start(on other: Ledger) -> Task<Void, Never> {
    let task = Task.immediate { await other.note(7) }
    note(1)
    return task
  }

  func startAndYield() -> Task<Void, Never> {
    let task = Task.immediate {
      self.note(1)
      await Task.yield()
      self.note(3)
    }
    note(2)
    return task
  }
}

@MainActor private func onMain(_ journal: Journal<Int>, _ number: Int) async {
  journal.append(number)
}

@concurrent private func anywhere(_ journal: Journal<Int>, _ number: Int) async {
  journal.append(number)
}

@MainActor func immediateTaskTests() {
  conformance("SE-0472: an immediate task runs inside the call, up to its first suspension") {
    let journal = Journal<Int>()
    let gate = Gate()
    let task = Task.immediate {
      journal.append(1)
      await gate.wait()
      journal.append(3)
    }
    journal.append(2)
    gate.open()
    await task.value
    expect(journal.entries == [1, 2, 3])
  }

  conformance("SE-0472: an immediate task that never suspends has ended when the call returns") {
    let journal = Journal<Int>()
    let task = Task.immediate {
      journal.append(1)
      return 5
    }
    journal.append(2)
    expectEqual(await task.value, 5)
    expect(journal.entries == [1, 2])
  }

  conformance("SE-0472: an immediate task throws to whoever awaits it") {
    let task = Task.immediate { () async throws(Thrown) -> Int in throw TestError.expected(4) }
    do throws(Thrown) {
      _ = try await task.value
      expect(false)
    } catch {
      expectEqual(number(of: error) ?? 0, 4)
    }
  }

  conformance("SE-0472: an immediate task inherits task-locals and priority, a detached one neither") {
    await Local.$number.withValue(6) {
      await Task(priority: .low) {
        let inherited = Task.immediate { (Local.number, Task.basePriority == Task.currentPriority) }
        let detached = Task.immediateDetached { Local.number }
        expectEqual(await inherited.value.0, 6)
        expectEqual(await detached.value, 0)
        let base = Task.immediate(priority: .background) { Task.basePriority }
        expect(await base.value == .background)
      }.value
    }
  }

  conformance("SE-0472: an immediate task may have a name") {
    let task = Task.immediate(name: "prompt") { Task.name }
    expectEqual(await task.value ?? "", "prompt")
    let detached = Task.immediateDetached(name: "apart") { Task.name }
    expectEqual(await detached.value ?? "", "apart")
  }

  conformance("SE-0472: an immediate task of an actor starts on it, and resumes when it is free") {
    let ledger = Ledger()
    let gate = Gate()
    let task = await ledger.startOne(gate)
    gate.open()
    await task.value
    expect(await ledger.entries == [1, 2, 3])
  }

  conformance("SE-0472: an immediate task that yields gives way to the actor's caller") {
    let ledger = Ledger()
    await ledger.startAndYield().value
    expect(await ledger.entries == [1, 2, 3])
  }

  conformance("SE-0472: an immediate task that calls another actor gives way") {
    let ledger = Ledger()
    let other = Ledger()
    await ledger.start(on: other).value
    expect(await ledger.entries == [1])
    expect(await other.entries == [7])
  }

  conformance("SE-0472: an operation isolated to an actor that the caller is not on is enqueued") {
    let journal = Journal<Int>()
    let open = Gate()
    await Task.detached {
      let task = Task.immediate { @MainActor in
        expect(isOnMainThread)
        journal.append(1)
        await open.wait()
        journal.append(2)
      }
      open.open()
      await task.value
    }.value
    expect(journal.entries == [1, 2])
  }

  conformance("SE-0472: an immediate task can be cancelled") {
    let task = Task.immediate { () async -> Bool in
      while !Task.isCancelled { await Task.yield() }
      return true
    }
    expect(!task.isCancelled)
    task.cancel()
    expect(await task.value)
  }

  conformance("SE-0472: immediate tasks nest") {
    let journal = Journal<Int>()
    let gate = Gate()
    let outer = Task.immediate {
      journal.append(1)
      let inner = Task.immediate {
        journal.append(2)
        await gate.wait()
        journal.append(5)
      }
      journal.append(3)
      await inner.value
      journal.append(6)
    }
    journal.append(4)
    gate.open()
    await outer.value
    expect(journal.entries == [1, 2, 3, 4, 5, 6])
  }

  conformance("SE-0472: the caller is the current task again when an immediate task has suspended") {
    let gate = Gate()
    let before = withUnsafeCurrentTask { $0!.hashValue }
    let task = Task.immediate {
      let inside = withUnsafeCurrentTask { $0!.hashValue }
      await gate.wait()
      return inside
    }
    expectEqual(withUnsafeCurrentTask { $0!.hashValue }, before)
    gate.open()
    expect(await task.value != before)
  }

  conformance("SE-0472: an immediate task changes executors where its code says so") {
    let journal = Journal<Int>()
    let task = Task.immediate {
      await onMain(journal, 1)
      await anywhere(journal, 2)
      await onMain(journal, 3)
    }
    await task.value
    expect(journal.entries == [1, 2, 3])
  }

  conformance("SE-0472: immediate children of a group run inside the call") {
    let journal = Journal<Int>()
    let sum = await withTaskGroup(of: Int.self) { group in
      group.addImmediateTask {
        journal.append(1)
        return 1
      }
      journal.append(2)
      group.addImmediateTask(name: "child", priority: .high) {
        expectEqual(Task.name ?? "", "child")
        await Task.yield()
        return 2
      }
      let wasAdded = group.addImmediateTaskUnlessCancelled { 4 }
      expect(wasAdded)
      return await total(&group)
    }
    expectEqual(sum, 7)
    expect(journal.entries == [1, 2])
  }

  conformance("SE-0472: no immediate child is added unless cancelled to a cancelled group") {
    let results = await withTaskGroup(of: Int.self) { group in
      group.cancelAll()
      let wasAdded = group.addImmediateTaskUnlessCancelled { 1 }
      expect(!wasAdded)
      group.addImmediateTask { Task.isCancelled ? 2 : 0 }
      return await total(&group)
    }
    expectEqual(results, 2)
  }

  conformance("SE-0472: immediate children of a throwing group") {
    let code = 9
    do throws(Thrown) {
      try await withThrowingTaskGroup(of: Int.self, throwing: TestError.self) {
        (group) throws(TestError) in
        group.addImmediateTask { () async throws(TestError) -> Int in throw .expected(code) }
        let wasAdded = group.addImmediateTaskUnlessCancelled { () async throws(TestError) -> Int in
          3
        }
        expect(wasAdded)
        while try await group.next() != nil {}
      }
      expect(false)
    } catch {
      expectEqual(number(of: error) ?? 0, 9)
    }
  }

  conformance("SE-0472: immediate children of discarding groups") {
    let journal = Journal<Int>()
    await withDiscardingTaskGroup { group in
      group.addImmediateTask { journal.append(1) }
      journal.append(2)
      let wasAdded = group.addImmediateTaskUnlessCancelled { journal.append(3) }
      expect(wasAdded)
      group.cancelAll()
      let wasAddedLater = group.addImmediateTaskUnlessCancelled { journal.append(4) }
      expect(!wasAddedLater)
    }
    expect(journal.entries == [1, 2, 3])
  }

  conformance("SE-0472: the first error of an immediate child cancels a throwing discarding group") {
    let code = 8
    do throws(Thrown) {
      try await withThrowingDiscardingTaskGroup(throwing: TestError.self) {
        (group) throws(TestError) in
        group.addImmediateTask { () async throws(TestError) in throw .expected(code) }
        let wasAdded = group.addImmediateTaskUnlessCancelled { () async throws(TestError) in }
        expect(!wasAdded)
      }
      expect(false)
    } catch {
      expectEqual(number(of: error) ?? 0, 8)
    }
  }

  conformance("SE-0472: an immediate task that is done leaves nothing behind") {
    let alive = Counter()
    do {
      let tracked = Tracked(in: alive)
      let task = Task.immediate {
        await Task.yield()
        return tracked.number
      }
      expectEqual(await task.value, 0)
    }
    expect(await eventually { alive.value == 0 })
  }
}
