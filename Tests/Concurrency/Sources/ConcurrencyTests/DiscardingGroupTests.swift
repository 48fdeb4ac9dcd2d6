import Support

@MainActor func discardingGroupTests() {
  conformance("SE-0381: a discarding group runs all its children before it returns") {
    let ended = Counter()
    await withDiscardingTaskGroup { group in
      for _ in 0..<20 {
        group.addTask {
          await Task.yield()
          ended.increment()
        }
      }
    }
    expectEqual(ended.value, 20)
  }

  conformance("SE-0381: withDiscardingTaskGroup returns what its body returns") {
    let text = await withDiscardingTaskGroup { group in
      group.addTask { work() }
      return "done"
    }
    expectEqual(text, "done")
  }

  conformance("SE-0381: a discarding group without children returns at once") {
    expectEqual(await withDiscardingTaskGroup { $0.isEmpty ? 1 : 2 }, 1)
  }

  conformance("SE-0381: a child that has ended is taken off the group by itself") {
    await withDiscardingTaskGroup { group in
      group.addTask { work() }
      // The group is not to be captured by an escaping closure.
      for _ in 0..<100_000 where !group.isEmpty { await Task.yield() }
      expect(group.isEmpty)
    }
  }

  conformance("SE-0381: what a child captured is released when it ends, not with the group") {
    let alive = Counter()
    await withDiscardingTaskGroup { group in
      for number in 0..<10 {
        let captured = Tracked(number, in: alive)
        group.addTask { work(captured.number) }
      }
      expect(await eventually { alive.value == 0 }, "\(alive.value) alive")
    }
  }

  conformance("SE-0381: a group is not empty while a child runs") {
    let gate = Gate()
    await withDiscardingTaskGroup { group in
      group.addTask { await gate.wait() }
      expect(!group.isEmpty)
      gate.open()
    }
  }

  conformance("SE-0381: cancelAll cancels the children, and those that come") {
    let seen = Counter()
    await withDiscardingTaskGroup { group in
      group.addTask {
        while !Task.isCancelled { await Task.yield() }
        seen.increment()
      }
      group.cancelAll()
      expect(group.isCancelled)
      group.addTask { if Task.isCancelled { seen.increment() } }
    }
    expectEqual(seen.value, 2)
  }

  conformance("SE-0381: addTaskUnlessCancelled of a discarding group") {
    let started = Counter()
    await withDiscardingTaskGroup { group in
      expect(group.addTaskUnlessCancelled { started.increment() })
      group.cancelAll()
      expect(!group.addTaskUnlessCancelled { started.increment() })
    }
    expectEqual(started.value, 1)
  }

  conformance("SE-0381: cancelling the task cancels its discarding groups") {
    let begun = Gate()
    let seen = Counter()
    let task = Task {
      await withDiscardingTaskGroup { group in
        for _ in 0..<3 {
          group.addTask {
            begun.open()
            while !Task.isCancelled { await Task.yield() }
            seen.increment()
          }
        }
      }
    }
    await begun.wait()
    task.cancel()
    await task.value
    expectEqual(seen.value, 3)
  }

  conformance("SE-0381: an error of a child is thrown from the group") {
    let code = 1
    do throws(TestError) {
      try await withThrowingDiscardingTaskGroup(throwing: TestError.self) {
        group throws(TestError) in
        group.addTask { () async throws(TestError) in throw .expected(code) }
      }
      expect(false, "nothing thrown")
    } catch { expect(error == .expected(1)) }
  }

  conformance("SE-0381: the first error of a child cancels its siblings") {
    let code = 2
    let seen = Counter()
    do throws(TestError) {
      try await withThrowingDiscardingTaskGroup(throwing: TestError.self) {
        group throws(TestError) in
        for _ in 0..<3 {
          group.addTask { () async throws(TestError) in
            while !Task.isCancelled { await Task.yield() }
            seen.increment()
          }
        }
        group.addTask { () async throws(TestError) in throw .expected(code) }
      }
      expect(false, "nothing thrown")
    } catch { expect(error == .expected(2)) }
    expectEqual(seen.value, 3)
  }

  conformance("SE-0381: of several errors the first is thrown") {
    let code = 3
    let gate = Gate()
    do throws(TestError) {
      try await withThrowingDiscardingTaskGroup(throwing: TestError.self) {
        group throws(TestError) in
        group.addTask { () async throws(TestError) in throw .expected(code) }
        group.addTask { () async throws(TestError) in
          while !Task.isCancelled { await Task.yield() }
          gate.open()
          throw .expected(code + 1)
        }
      }
      expect(false, "nothing thrown")
    } catch { expect(error == .expected(3)) }
    expect(gate.isOpen)
  }

  conformance("SE-0381: an error of the body cancels the children and is thrown") {
    let code = 4
    let seen = Counter()
    do throws(TestError) {
      try await withThrowingDiscardingTaskGroup(throwing: TestError.self) {
        group throws(TestError) in
        group.addTask { () async throws(TestError) in
          while !Task.isCancelled { await Task.yield() }
          seen.increment()
        }
        if code == 4 { throw TestError.expected(code) }
      }
      expect(false, "nothing thrown")
    } catch { expect(error == .expected(4)) }
    expectEqual(seen.value, 1)
  }

  conformance("SE-0381: the body sees the cancellation by a child's error") {
    let code = 5
    do throws(TestError) {
      try await withThrowingDiscardingTaskGroup(throwing: TestError.self) {
        group throws(TestError) in
        group.addTask { () async throws(TestError) in throw .expected(code) }
        for _ in 0..<1_000_000 where !group.isCancelled { await Task.yield() }
        expect(group.isCancelled)
        expect(!group.addTaskUnlessCancelled { () async throws(TestError) in work(code) })
      }
      expect(false, "nothing thrown")
    } catch { expect(error == .expected(5)) }
  }

  conformance("SE-0381: a throwing discarding group whose children succeed does not throw") {
    let ended = Counter()
    let result = try! await withThrowingDiscardingTaskGroup(throwing: TestError.self) {
      group throws(TestError) in
      for _ in 0..<10 { group.addTask { () async throws(TestError) in ended.increment() } }
      return 6
    }
    expectEqual(result, 6)
    expectEqual(ended.value, 10)
  }

  conformance("SE-0381: discarding groups nest") {
    let ended = Counter()
    await withDiscardingTaskGroup { outer in
      for _ in 0..<5 {
        outer.addTask {
          await withDiscardingTaskGroup { inner in
            for _ in 0..<5 { inner.addTask { ended.increment() } }
          }
        }
      }
    }
    expectEqual(ended.value, 25)
  }

  conformance("SE-0381: thousands of children one after the other, as a server has them") {
    let ended = Counter()
    await withDiscardingTaskGroup { group in
      for number in 0..<2000 {
        group.addTask { ended.increment() }
        if number % 50 == 0 { await Task.yield() }
      }
    }
    expectEqual(ended.value, 2000)
  }

  conformance("SE-0381: a child's priority and task-local values are the group's task's") {
    enum Local { @TaskLocal static var number = 0 }
    let journal = Journal<Int>()
    await Local.$number.withValue(7) {
      await withDiscardingTaskGroup { group in
        group.addTask { journal.append(Local.number) }
        group.addTask(priority: .high) {
          journal.append(withUnsafeCurrentTask { Int($0!.basePriority.rawValue) })
        }
      }
    }
    expect(journal.entries.sorted() == [7, Int(TaskPriority.high.rawValue)])
  }
}
