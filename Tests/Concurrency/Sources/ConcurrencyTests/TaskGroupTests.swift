import Support

@MainActor func taskGroupTests() {
  conformance("SE-0304: a group gives every child's result once") {
    let numbers = await withTaskGroup(of: Int.self) { group in
      for number in 0..<10 { group.addTask { number } }
      var numbers: [Int] = []
      for await number in group { numbers.append(number) }
      return numbers
    }
    expect(numbers.sorted() == Array(0..<10))
  }

  conformance("SE-0304: withTaskGroup returns what its body returns") {
    let text = await withTaskGroup(of: Void.self, returning: String.self) { _ in "done" }
    expectEqual(text, "done")
  }

  conformance("SE-0442: the type of the children is inferred") {
    let sum = await withTaskGroup { group in
      for number in 1...3 { group.addTask { number } }
      return await total(&group)
    }
    expectEqual(sum, 6)
  }

  conformance("SE-0304: results come in the order of completion") {
    let gates = (0..<4).map { _ in Gate() }
    let order = await withTaskGroup(of: Int.self) { group in
      for number in 0..<4 {
        group.addTask {
          await gates[number].wait()
          return number
        }
      }
      var order: [Int] = []
      for number in [2, 0, 3, 1] {
        gates[number].open()
        if let next = await group.next() { order.append(next) }
      }
      return order
    }
    expect(order == [2, 0, 3, 1])
  }

  conformance("SE-0304: next gives nil for an empty group, and again") {
    await withTaskGroup(of: Int.self) { group in
      expect(await group.next() == nil)
      group.addTask { 1 }
      expect(await group.next() == 1)
      expect(await group.next() == nil)
      expect(await group.next() == nil)
    }
  }

  conformance("SE-0304: children that are not awaited are waited for at the end") {
    let ended = Counter()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<5 {
        group.addTask {
          for _ in 0..<10 { await Task.yield() }
          ended.increment()
        }
      }
    }
    expectEqual(ended.value, 5)
  }

  conformance("SE-0304: a group that is left is not cancelled by itself") {
    let cancelled = Counter()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<5 {
        group.addTask {
          for _ in 0..<10 { await Task.yield() }
          if Task.isCancelled { cancelled.increment() }
        }
      }
    }
    expectEqual(cancelled.value, 0)
  }

  conformance("SE-0304: cancelAll cancels the children that run") {
    let begun = Counter()
    let seen = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<4 {
        group.addTask {
          begun.increment()
          while !Task.isCancelled { await Task.yield() }
          return Task.isCancelled
        }
      }
      expect(await eventually { begun.value == 4 })
      group.cancelAll()
      return await allTrue(&group)
    }
    expect(seen)
  }

  conformance("SE-0304: children added after cancelAll are cancelled from the start") {
    await withTaskGroup(of: Bool.self) { group in
      group.cancelAll()
      expect(group.isCancelled)
      group.addTask { Task.isCancelled }
      expect(await group.next() == true)
    }
  }

  conformance("SE-0304: cancelAll does not cancel the group's own task") {
    await withTaskGroup(of: Void.self) { group in
      group.cancelAll()
      expect(!Task.isCancelled)
    }
  }

  conformance("SE-0304: a group of a cancelled task is cancelled") {
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await withTaskGroup(of: Bool.self) { group in
        let isCancelled = group.isCancelled
        group.addTask { Task.isCancelled }
        let isChildCancelled = await group.next()
        return isCancelled && isChildCancelled == true
      }
    }
    expect(await task.value)
  }

  conformance("SE-0304: addTaskUnlessCancelled adds while the group is not cancelled") {
    await withTaskGroup(of: Int.self) { group in
      expect(group.addTaskUnlessCancelled { 1 })
      group.cancelAll()
      expect(!group.addTaskUnlessCancelled { 2 })
      expect(await group.next() == 1)
      expect(await group.next() == nil)
    }
  }

  conformance("SE-0304: cancelling the task cancels the group's children") {
    let begun = Gate()
    let task = Task {
      await withTaskGroup(of: Bool.self) { group in
        group.addTask {
          begun.open()
          while !Task.isCancelled { await Task.yield() }
          return true
        }
        return await group.next() == true && group.isCancelled
      }
    }
    await begun.wait()
    task.cancel()
    expect(await task.value)
  }

  conformance("SE-0304: isEmpty tells whether results are left to take") {
    await withTaskGroup(of: Int.self) { group in
      expect(group.isEmpty)
      group.addTask { 1 }
      expect(!group.isEmpty)
      _ = await group.next()
      expect(group.isEmpty)
    }
  }

  conformance("SE-0304: waitForAll empties the group") {
    let ended = Counter()
    await withTaskGroup(of: Int.self) { group in
      for _ in 0..<6 { group.addTask { ended.increment() } }
      await group.waitForAll()
      expectEqual(ended.value, 6)
      expect(group.isEmpty)
      expect(await group.next() == nil)
    }
  }

  conformance("SE-0304: a group is used again after waitForAll") {
    await withTaskGroup(of: Int.self) { group in
      for round in 1...3 {
        for _ in 0..<round { group.addTask { round } }
        var sum = 0
        for await number in group { sum += number }
        expectEqual(sum, round * round)
      }
    }
  }

  conformance("SE-0304: children are added while results are taken") {
    let taken = await withTaskGroup(of: Int.self) { group in
      group.addTask { 8 }
      var taken = 0
      while let number = await group.next() {
        taken += 1
        if number > 0 { group.addTask { number - 1 } }
      }
      return taken
    }
    expectEqual(taken, 9)
  }

  conformance("SE-0304: a window of running children is kept by next") {
    let running = Counter()
    let overflow = Counter()
    let sum = await withTaskGroup(of: Int.self) { group in
      func add(_ number: Int) {
        group.addTask {
          if running.increment() > 3 { overflow.increment() }
          await Task.yield()
          running.increment(by: -1)
          return number
        }
      }
      var sum = 0
      for number in 0..<30 {
        if number >= 3 { sum += await group.next() ?? 0 }
        add(number)
      }
      return await total(&group) + sum
    }
    expectEqual(sum, 435)
    expectEqual(overflow.value, 0)
  }

  conformance("SE-0304: groups nest") {
    let sum = await withTaskGroup(of: Int.self) { outer in
      for number in 0..<4 {
        outer.addTask {
          await withTaskGroup(of: Int.self) { inner in
            for other in 0..<4 { inner.addTask { number * 4 + other } }
            return await total(&inner)
          }
        }
      }
      return await total(&outer)
    }
    expectEqual(sum, 120)
  }

  conformance("SE-0304: an inner group's cancellation leaves the outer one alone") {
    await withTaskGroup(of: Bool.self) { outer in
      outer.addTask {
        await withTaskGroup(of: Void.self) { inner in inner.cancelAll() }
        return Task.isCancelled
      }
      await withTaskGroup(of: Void.self) { inner in inner.cancelAll() }
      expect(!outer.isCancelled)
      expect(await outer.next() == false)
    }
  }

  conformance("SE-0304: an outer group's cancellation reaches the inner groups") {
    let begun = Gate()
    await withTaskGroup(of: Bool.self) { outer in
      outer.addTask {
        await withTaskGroup(of: Bool.self) { inner in
          inner.addTask {
            begun.open()
            while !Task.isCancelled { await Task.yield() }
            return true
          }
          return await inner.next() == true && inner.isCancelled
        }
      }
      await begun.wait()
      outer.cancelAll()
      expect(await outer.next() == true)
    }
  }

  conformance("SE-0304: children in groups run concurrently") {
    let first = Gate()
    let second = Gate()
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        first.open()
        await second.wait()
      }
      group.addTask {
        await first.wait()
        second.open()
      }
    }
    expect(first.isOpen && second.isOpen)
  }

  conformance("SE-0304: a child inherits the priority of the group's task") {
    let priorities = await Task(priority: .low) {
      await withTaskGroup(of: TaskPriority.self) { group in
        group.addTask { Task.currentPriority }
        return [await group.next()!, Task.currentPriority]
      }
    }.value
    expect(priorities[0] >= .low && priorities[1] >= .low)
  }

  conformance("SE-0304: a child may have a priority of its own") {
    let priority = await Task(priority: .low) {
      await withTaskGroup(of: TaskPriority.self) { group in
        group.addTask(priority: .high) { withUnsafeCurrentTask { $0!.basePriority } }
        return await group.next()!
      }
    }.value
    expect(priority == .high)
  }

  conformance("SE-0304: a child is not isolated to the actor that adds it") {
    await withTaskGroup(of: Bool.self) { group in
      group.addTask { #isolation == nil }
      expect(await group.next() == true)
    }
  }

  conformance("SE-0431: a child's closure that is isolated starts on its actor") {
    let operation: @MainActor @Sendable () async -> Bool = { isOnMainThread }
    let isThere = await Task.detached {
      await withTaskGroup(of: Bool.self) { group in
        group.addTask(operation: operation)
        group.addTask { @MainActor in isOnMainThread }
        return await allTrue(&group)
      }
    }.value
    expect(isThere)
  }

  conformance("SE-0304: results that are not taken are released") {
    let alive = Counter()
    await withTaskGroup(of: Tracked.self) { group in
      for number in 0..<10 { group.addTask { Tracked(number, in: alive) } }
      _ = await group.next()
    }
    expectEqual(alive.value, 0)
  }

  conformance("SE-0304: captures of children are released") {
    let alive = Counter()
    do {
      let captured = Tracked(3, in: alive)
      await withTaskGroup(of: Int.self) { group in
        for _ in 0..<5 { group.addTask { captured.number } }
        expectEqual(await total(&group), 15)
      }
    }
    expect(await eventually { alive.value == 0 })
  }

  conformance("SE-0304: breaking out of the loop leaves the rest to the end of the group") {
    let ended = Counter()
    await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 { group.addTask { ended.increment() } }
      for await _ in group { break }
    }
    expectEqual(ended.value, 8)
  }

  conformance("SE-0304: a group may have thousands of children") {
    let sum = await withTaskGroup(of: Int.self) { group in
      for number in 0..<2000 { group.addTask { number } }
      return await total(&group)
    }
    expectEqual(sum, 1_999_000)
  }

  conformance("SE-0304: values of many words come over whole") {
    let texts = await withTaskGroup(of: (Int, [String], Int?).self) { group in
      for number in 0..<5 { group.addTask { (number, ["text", "\(number)"], nil) } }
      var texts = [String](repeating: "", count: 5)
      for await (number, parts, nothing) in group where nothing == nil {
        texts[number] = parts[0] + parts[1]
      }
      return texts
    }
    expect(texts == ["text0", "text1", "text2", "text3", "text4"])
  }

  conformance("SE-0420: a group's body keeps the isolation of its caller") {
    await withTaskGroup(of: Void.self) { _ in
      expect(isOnMainThread)
      await Task.yield()
      expect(isOnMainThread)
    }
    actor Place {
      var count = 0
      func fill() async -> Int {
        await withTaskGroup(of: Int.self) { group in
          for number in 0..<10 { group.addTask { number } }
          for await number in group { count += number }
        }
        return count
      }
    }
    expectEqual(await Place().fill(), 45)
  }
}
