import Support

private actor Tally {
  private(set) var count = 0
  private(set) var lastOfTask: [Int]
  private(set) var isInOrder = true
  init(tasks: Int) { lastOfTask = Array(repeating: -1, count: tasks) }

  func add() { count += 1 }
  /// The steps of one task have to come in its order.
  func add(_ step: Int, of task: Int) {
    count += 1
    if lastOfTask[task] != step - 1 { isInOrder = false }
    lastOfTask[task] = step
  }
}

@Sendable private func fibonacci(_ number: Int) async -> Int {
  if number < 2 { return number }
  async let first = fibonacci(number - 1)
  async let second = fibonacci(number - 2)
  return await first + second
}

/// A tree of tasks in groups; returns how many nodes it has.
@Sendable private func tree(depth: Int, width: Int) async -> Int {
  if depth == 0 { return 1 }
  return await withTaskGroup(of: Int.self) { group in
    for _ in 0..<width { group.addTask { await tree(depth: depth - 1, width: width) } }
    return await total(&group) + 1
  }
}

/// A tree whose leaves wait, in one way or another, until they are cancelled.
@Sendable private func waitingTree(
  depth: Int, random: Randomness, begun: Counter, ended: Counter
) async {
  var random = random
  if depth == 0 {
    begun.increment()
    switch random.next(below: 3) {
    case 0: try? await Task.sleep(for: .seconds(3600))
    case 1: while !Task.isCancelled { await Task.yield() }
    default:
      let gate = Gate()
      await withTaskCancellationHandler {
        await gate.wait()
      } onCancel: {
        gate.open()
      }
    }
    ended.increment()
    return
  }
  let seeds = (0..<3).map { _ in Randomness(seed: UInt64(random.next(below: 1 << 30))) }
  if random.next(below: 2) == 0 {
    async let first: Void = waitingTree(
      depth: depth - 1, random: seeds[0], begun: begun, ended: ended)
    async let second: Void = waitingTree(
      depth: depth - 1, random: seeds[1], begun: begun, ended: ended)
    async let third: Void = waitingTree(
      depth: depth - 1, random: seeds[2], begun: begun, ended: ended)
    _ = await (first, second, third)
  } else {
    await withDiscardingTaskGroup { group in
      for seed in seeds {
        group.addTask {
          await waitingTree(depth: depth - 1, random: seed, begun: begun, ended: ended)
        }
      }
    }
  }
}

/// Runs `body` again and again, and expects that it does not take more memory each time.
///
/// What is measured are whole spans of the allocator, in which blocks that another thread has freed
/// wait for their owner, so that a single round may need more than the one before; a leak needs more
/// always.
@MainActor private func expectNoGrowth(_ body: () async -> Void) async {
  await body()
  await body()
  var peak = usedByteCount
  for _ in 0..<10 {
    await body()
    if usedByteCount <= peak { return }
    peak = usedByteCount
  }
  expect(false, "\(peak) bytes, and more each time")
}

@MainActor func stressTests() {
  conformance("stress, SE-0304: groups of ten thousand children") {
    await expectNoGrowth {
      let sum = await withTaskGroup(of: Int.self) { group in
        for number in 0..<10_000 { group.addTask { number } }
        return await total(&group)
      }
      expectEqual(sum, 49_995_000)
    }
  }

  conformance("stress, SE-0381: ten thousand children of a discarding group") {
    await expectNoGrowth {
      let ended = Counter()
      await withDiscardingTaskGroup { group in
        for _ in 0..<10_000 { group.addTask { ended.increment() } }
      }
      expectEqual(ended.value, 10_000)
    }
  }

  conformance("stress, SE-0304: ten thousand children, half of which throw") {
    await expectNoGrowth {
      let errors = try! await withThrowingTaskGroup(of: Int.self, throwing: TestError.self) {
        group throws(TestError) in
        for number in 0..<10_000 {
          group.addTask { () async throws(TestError) in
            if number % 2 == 0 { throw .expected(number) }
            return number
          }
        }
        var errors = 0
        while let result = await group.nextResult() {
          if case .failure = result { errors += 1 }
        }
        return errors
      }
      expectEqual(errors, 5000)
    }
  }

  conformance("stress, SE-0306: a thousand tasks count in one actor, each in its order") {
    await expectNoGrowth {
      let tally = Tally(tasks: 1000)
      await withDiscardingTaskGroup { group in
        for task in 0..<1000 {
          group.addTask { for step in 0..<10 { await tally.add(step, of: task) } }
        }
      }
      expectEqual(await tally.count, 10_000)
      expect(await tally.isInOrder)
    }
  }

  conformance("stress, SE-0306: tasks wander between fifty actors at random") {
    await expectNoGrowth {
      let tallies = (0..<50).map { _ in Tally(tasks: 0) }
      await withDiscardingTaskGroup { group in
        for task in 0..<200 {
          group.addTask {
            var random = Randomness(seed: UInt64(task))
            for _ in 0..<50 {
              await tallies[random.next(below: 50)].add()
              if random.next(below: 10) == 0 { await Task.yield() }
            }
          }
        }
      }
      var sum = 0
      for tally in tallies { sum += await tally.count }
      expectEqual(sum, 10_000)
    }
  }

  conformance("stress, SE-0317: fibonacci by async let") {
    await expectNoGrowth { expectEqual(await fibonacci(16), 987) }
  }

  conformance("stress, SE-0304: trees of tasks, a million nodes in all, in batches") {
    // With each size of the pool more than a quarter of them: 15 trees of 19,608.
    await expectNoGrowth {
      for _ in 0..<5 { expectEqual(await tree(depth: 5, width: 7), 19_608) }
    }
  }

  conformance("stress, SE-0304: a thousand tasks wait for one") {
    await expectNoGrowth {
      let gate = Gate()
      let task = Task.detached {
        await gate.wait()
        return 3
      }
      let waiters = (0..<1000).map { _ in Task.detached { await task.value } }
      await Task.yield()
      gate.open()
      var sum = 0
      for waiter in waiters { sum += await waiter.value }
      expectEqual(sum, 3000)
    }
  }

  conformance("stress, SE-0304: random trees are cancelled at random moments, from other tasks") {
    for seed in 0..<30 {
      let begun = Counter()
      let ended = Counter()
      let random = Randomness(seed: UInt64(seed))
      let task = Task.detached {
        await waitingTree(depth: 4, random: random, begun: begun, ended: ended)
      }
      // Two cancel at the same time, after some of the leaves have begun.
      let cancellers = (0..<2).map { number in
        Task.detached {
          while begun.value < (seed * 7 + number) % 60 { await Task.yield() }
          task.cancel()
        }
      }
      for canceller in cancellers { await canceller.value }
      await task.value
      expectEqual(begun.value, 81)
      expectEqual(ended.value, 81)
    }
  }

  conformance("stress, SE-0304: children are added while their group is cancelled") {
    for round in 0..<50 {
      let started = Counter()
      let seen = Counter()
      let task = Task.detached {
        await withDiscardingTaskGroup { group in
          for _ in 0..<100 {
            group.addTask {
              started.increment()
              while !Task.isCancelled { await Task.yield() }
              seen.increment()
            }
          }
        }
      }
      while started.value < round { await Task.yield() }
      task.cancel()
      await task.value
      expectEqual(seen.value, 100)
    }
  }

  conformance("stress, SE-0311: bindings of a thousand tasks do not mix, nor leak") {
    enum Local { @TaskLocal static var number = -1 }
    await expectNoGrowth {
      let isRight = await withTaskGroup(of: Bool.self) { group in
        for number in 0..<1000 {
          group.addTask {
            await Local.$number.withValue(number) {
              async let child = Local.number
              await Task.yield()
              return await child == number && Local.number == number
            }
          }
        }
        return await allTrue(&group)
      }
      expect(isRight)
    }
  }

  conformance("stress, SE-0300: ten thousand continuations, resumed from other tasks") {
    await expectNoGrowth {
      let sum = await withTaskGroup(of: Int.self) { group in
        for number in 0..<10_000 {
          group.addTask {
            await withUnsafeContinuation { (continuation: UnsafeContinuation<Int, Never>) in
              Task.detached { continuation.resume(returning: number) }
            }
          }
        }
        return await total(&group)
      }
      expectEqual(sum, 49_995_000)
    }
  }

  conformance("stress, SE-0304: a thousand sleepers wake, or are cancelled") {
    await expectNoGrowth {
      let tasks = (0..<1000).map { number in
        Task.detached {
          do throws(ThrownCancellation) {
            try await Task.sleep(for: .milliseconds(number % 2 == 0 ? 3 : 3_600_000))
            return true
          } catch { return false }
        }
      }
      for number in 0..<1000 where number % 2 == 1 { tasks[number].cancel() }
      var woken = 0
      for task in tasks where await task.value { woken += 1 }
      expectEqual(woken, 500)
    }
  }

  conformance("stress, SE-0304: sleeps that others cancel leave no timers behind") {
    await expectNoGrowth {
      let begun = Counter()
      let tasks = (0..<2000).map { _ in
        Task.detached {
          begun.increment()
          try? await Task.sleep(for: .seconds(3600))
        }
      }
      expect(await eventually { begun.value == 2000 })
      for task in tasks { task.cancel() }
      for task in tasks { await task.value }
    }
  }

  conformance("stress, SE-0371: a thousand isolated deinits come home") {
    let journal = Journal<Bool>()
    @MainActor final class Bound {
      let journal: Journal<Bool>
      nonisolated init(_ journal: Journal<Bool>) { self.journal = journal }
      isolated deinit { journal.append(isOnMainThread) }
    }
    await withDiscardingTaskGroup { group in
      for _ in 0..<1000 { group.addTask { _ = Bound(journal) } }
    }
    expect(await eventually { journal.count == 1000 }, "\(journal.count)")
    expect(journal.entries.allSatisfy { $0 })
  }
}
