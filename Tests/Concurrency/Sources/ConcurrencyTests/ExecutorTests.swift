import Support

/// Hands its jobs to a task that runs them one after the other, and counts them.
private final class Queue: SerialExecutor {
  let jobs = Counter()
  let checks = Counter()
  private let waiting = Locked<[UnownedJob]>([])
  private let isDraining = Locked(false)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.increment()
    waiting.withLock { $0.append(job) }
    let mustStart = isDraining.withLock { isDraining in
      let mustStart = !isDraining
      isDraining = true
      return mustStart
    }
    if mustStart { Task.detached { self.drain() } }
  }

  private func drain() {
    while true {
      let next = waiting.withLock { $0.isEmpty ? nil : $0.removeFirst() }
      if let next {
        next.runSynchronously(on: asUnownedSerialExecutor())
        continue
      }
      isDraining.withLock { $0 = false }
      if waiting.withLock({ $0.isEmpty }) { return }
      let mayGoOn = isDraining.withLock { isDraining in
        let mayGoOn = !isDraining
        isDraining = true
        return mayGoOn
      }
      if !mayGoOn { return }
    }
  }
}

private actor Guest {
  func checkQueue(_ queue: Queue) {
    queue.preconditionIsolated()
    queue.assertIsolated()
  }

  nonisolated let queue: Queue
  nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }
  var count = 0
  init(_ queue: Queue) { self.queue = queue }

  func add() { count += 1 }
  func addTwice() async {
    count += 1
    await Task.yield()
    count += 1
  }
  func check() -> Bool {
    preconditionIsolated()
    return true
  }
  func readNeighbour(_ other: Guest) -> Int { other.assumeIsolated { $0.count } }
}

/// Passes its jobs on to detached tasks, and counts them.
private final class Preference: TaskExecutor {
  let jobs = Counter()
  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.increment()
    Task.detached { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// How many jobs of `executor` the work takes: none if it runs elsewhere.
private func jobs(
  _ executor: Preference, isolation: isolated (any Actor)? = #isolation, _ body: () async -> Void
) async -> Int {
  let before = executor.jobs.value
  await body()
  return executor.jobs.value - before
}

/// Not empty, or the compiler would leave out the hop.
@concurrent private func anywhere() async { work() }

private actor Ordinary {
  var count = 0
  func touch() { count += 1 }
}

@MainActor func executorTests() {
  conformance("SE-0392: an actor's jobs go to its own executor") {
    let queue = Queue()
    let guest = Guest(queue)
    await guest.add()
    expectEqual(queue.jobs.value, 1)
    await guest.addTwice()
    expect(queue.jobs.value >= 3, "\(queue.jobs.value) jobs")
    expectEqual(await guest.count, 3)
  }

  conformance("SE-0392: an actor on its own executor is mutually exclusive") {
    let guest = Guest(Queue())
    await withDiscardingTaskGroup { group in
      for _ in 0..<30 { group.addTask { for _ in 0..<10 { await guest.addTwice() } } }
    }
    expectEqual(await guest.count, 600)
  }

  conformance("SE-0392: two actors may share an executor, and are isolated to both") {
    let queue = Queue()
    let first = Guest(queue)
    let second = Guest(queue)
    await second.addTwice()
    expectEqual(await first.readNeighbour(second), 2)
  }

  conformance("SE-0392: preconditionIsolated knows the actor's own executor") {
    expect(await Guest(Queue()).check())
  }

  conformance("SE-0392: an actor's own executor may be the main actor's") {
    actor Onlooker {
      nonisolated var unownedExecutor: UnownedSerialExecutor { MainActor.sharedUnownedExecutor }
      func place() -> Bool { isOnMainThread }
    }
    expect(await Task.detached { await Onlooker().place() }.value)
    expect(await Onlooker().place())
  }

  conformance("SE-0392: code of the main actor and of an actor on its executor may be mixed") {
    actor Onlooker {
      nonisolated var unownedExecutor: UnownedSerialExecutor { MainActor.sharedUnownedExecutor }
      func check() -> Bool {
        MainActor.preconditionIsolated()
        return true
      }
    }
    expect(await Task.detached { await Onlooker().check() }.value)
  }

  conformance("SE-0392: jobs tell their priority") {
    final class Noting: SerialExecutor {
      let priorities = Journal<UInt8>()
      func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        priorities.append(job.priority.rawValue)
        Task.detached { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
      }
    }
    actor Noted {
      nonisolated let noting = Noting()
      nonisolated var unownedExecutor: UnownedSerialExecutor { noting.asUnownedSerialExecutor() }
      var count = 0
      func touch() { count += 1 }
    }
    let noted = Noted()
    await Task.detached(priority: .high) { await noted.touch() }.value
    expect(noted.noting.priorities.entries.contains { $0 >= TaskPriority.high.rawValue })
  }

  conformance("SE-0417: a task with a preference starts on its executor") {
    let executor = Preference()
    let task = Task(executorPreference: executor) { 5 }
    expectEqual(await task.value, 5)
    expect(executor.jobs.value >= 1)
  }

  conformance("SE-0417: a detached task may have a preference") {
    let executor = Preference()
    expectEqual(await Task.detached(executorPreference: executor) { 6 }.value, 6)
    expect(executor.jobs.value >= 1)
  }

  conformance("SE-0417: withTaskExecutorPreference moves nonisolated functions") {
    let executor = Preference()
    let inside = await jobs(executor) {
      await withTaskExecutorPreference(executor) { await anywhere() }
    }
    expect(inside >= 1, "\(inside) jobs")
    expectEqual(await jobs(executor) { await anywhere() }, 0)
  }

  conformance("SE-0417: the innermost preference counts") {
    let outer = Preference()
    let inner = Preference()
    await withTaskExecutorPreference(outer) {
      await withTaskExecutorPreference(inner) {
        let outerCount = outer.jobs.value
        expect(await jobs(inner) { await anywhere() } >= 1)
        expectEqual(outer.jobs.value, outerCount)
      }
    }
  }

  conformance("SE-0417: async let children inherit the preference") {
    let executor = Preference()
    await withTaskExecutorPreference(executor) {
      let count = await jobs(executor) {
        async let child: Void = anywhere()
        await child
      }
      expect(count >= 1, "\(count) jobs")
    }
  }

  conformance("SE-0417: children of groups inherit the preference") {
    let executor = Preference()
    await withTaskExecutorPreference(executor) {
      let count = await jobs(executor) {
        await withTaskGroup(of: Void.self) { group in
          for _ in 0..<5 { group.addTask { await anywhere() } }
        }
      }
      expect(count >= 5, "\(count) jobs")
    }
  }

  conformance("SE-0417: children of discarding groups inherit the preference") {
    let executor = Preference()
    await withTaskExecutorPreference(executor) {
      let count = await jobs(executor) {
        await withDiscardingTaskGroup { group in
          for _ in 0..<5 { group.addTask { await anywhere() } }
        }
      }
      expect(count >= 5, "\(count) jobs")
    }
  }

  conformance("SE-0417: a child of a group may have a preference of its own") {
    let outer = Preference()
    let inner = Preference()
    await withTaskExecutorPreference(outer) {
      await withTaskGroup(of: Void.self) { group in
        group.addTask(executorPreference: inner) { await anywhere() }
      }
    }
    expect(inner.jobs.value >= 1)
  }

  conformance("SE-0417: children added unless cancelled may have a preference, in every group") {
    let executor = Preference()
    let count = await jobs(executor) {
      await withTaskGroup(of: Void.self) { group in
        let wasAdded = group.addTaskUnlessCancelled(executorPreference: executor) { await anywhere() }
        expect(wasAdded)
      }
      await withDiscardingTaskGroup { group in
        let wasAdded = group.addTaskUnlessCancelled(executorPreference: executor) { await anywhere() }
        expect(wasAdded)
        group.cancelAll()
        let wasAddedLater = group.addTaskUnlessCancelled(executorPreference: executor) {}
        expect(!wasAddedLater)
      }
    }
    expect(count >= 2, "\(count) jobs")
  }

  conformance("SE-0417: children of throwing groups may have a preference") {
    let executor = Preference()
    let count = await jobs(executor) {
      do throws(Thrown) {
        try await withThrowingTaskGroup(of: Void.self, throwing: TestError.self) {
          (group) throws(TestError) in
          group.addTask(executorPreference: executor) { () async throws(TestError) in
            await anywhere()
          }
          let wasAdded = group.addTaskUnlessCancelled(executorPreference: executor) {
            () async throws(TestError) in await anywhere()
          }
          expect(wasAdded)
          while try await group.next() != nil {}
        }
        try await withThrowingDiscardingTaskGroup(throwing: TestError.self) {
          (group) throws(TestError) in
          group.addTask(executorPreference: executor) { () async throws(TestError) in
            await anywhere()
          }
          let wasAdded = group.addTaskUnlessCancelled(executorPreference: executor) {
            () async throws(TestError) in await anywhere()
          }
          expect(wasAdded)
        }
      } catch {
        expect(false)
      }
    }
    expect(count >= 4, "\(count) jobs")
  }

  conformance("SE-0417: a preference may be any task executor, or none") {
    let executor = Preference()
    let preferences: [(any TaskExecutor)?] = [executor, nil]
    for (index, preference) in preferences.enumerated() {
      let before = executor.jobs.value
      expectEqual(await Task(executorPreference: preference) { 1 }.value, 1)
      expectEqual(await Task.detached(executorPreference: preference) { 2 }.value, 2)
      await withTaskExecutorPreference(preference) { await anywhere() }
      expectEqual(executor.jobs.value > before, index == 0)
    }
    expectEqual(await Task(executorPreference: nil) { 3 }.value, 3)
  }

  conformance("SE-0417: a preference for the global executor ends an inherited one") {
    let executor = Preference()
    await withTaskExecutorPreference(executor) {
      await withTaskGroup(of: Int.self) { group in
        group.addTask(executorPreference: globalConcurrentExecutor) {
          let before = executor.jobs.value
          await anywhere()
          await Task.yield()
          return executor.jobs.value - before
        }
        expectEqual(await group.next() ?? -1, 0)
      }
    }
  }

  conformance("SE-0417: a task tells the executor that it prefers") {
    let executor = Preference()
    let preferred = await Task(executorPreference: executor) {
      withUnsafeCurrentTask { $0!.unownedTaskExecutor } == executor.asUnownedTaskExecutor()
    }.value
    expect(preferred)
    expect(await Task.detached { withUnsafeCurrentTask { $0!.unownedTaskExecutor == nil } }.value)
  }

  conformance("SE-0392: a serial executor can check that it runs the caller") {
    let queue = Queue()
    let guest = Guest(queue)
    await guest.checkQueue(queue)
  }

  conformance("SE-0417: unstructured tasks do not inherit the preference") {
    let executor = Preference()
    await withTaskExecutorPreference(executor) {
      let before = executor.jobs.value
      let plain = Task.detached {
        await anywhere()
        return executor.jobs.value
      }
      expectEqual(await plain.value, before)
    }
    let outside = await Task(executorPreference: executor) {
      let before = executor.jobs.value
      let task = Task { executor.jobs.value }
      return await task.value - before
    }.value
    expectEqual(outside, 0)
  }

  conformance("SE-0417: default actors run on the preferred executor") {
    let executor = Preference()
    let actor = Ordinary()
    let count = await Task(executorPreference: executor) {
      let before = executor.jobs.value
      for _ in 0..<5 {
        await actor.touch()
        await Task.yield()
      }
      return executor.jobs.value - before
    }.value
    expect(count >= 5, "\(count) jobs")
  }

  conformance("SE-0417: code of the main actor stays on the main thread under a preference") {
    let executor = Preference()
    let isThere = await Task(executorPreference: executor) {
      await MainActor.run { isOnMainThread }
    }.value
    expect(isThere)
    expect(await withTaskExecutorPreference(executor) { isOnMainThread })
  }

  conformance("SE-0417: actors with executors of their own stay there under a preference") {
    let executor = Preference()
    let queue = Queue()
    let guest = Guest(queue)
    await Task(executorPreference: executor) { await guest.addTwice() }.value
    expect(queue.jobs.value >= 2)
  }

  conformance("SE-0417: a nil preference is none") {
    let nothing: Preference? = nil
    expectEqual(await withTaskExecutorPreference(nothing) { 7 }, 7)
    expectEqual(await Task(executorPreference: nothing) { 8 }.value, 8)
  }

  conformance("SE-0417: withTaskExecutorPreference returns and throws what its operation does") {
    let executor = Preference()
    let code = 9
    expectEqual(await withTaskExecutorPreference(executor) { code }, 9)
    do throws(TestError) {
      _ = try await withTaskExecutorPreference(executor) { () async throws(TestError) -> Int in
        if code == 9 { throw .expected(code) }
        return 0
      }
      expect(false, "nothing thrown")
    } catch { expect(error == .expected(9)) }
  }

  conformance("SE-0424: checkIsolated is asked when the runtime cannot tell") {
    final class Trusting: SerialExecutor {
      let checks = Counter()
      func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        Task.detached { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
      }
      func checkIsolated() { checks.increment() }
    }
    actor Trusted {
      nonisolated let executor = Trusting()
      nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    }
    let trusted = Trusted()
    trusted.preconditionIsolated()
    expectEqual(trusted.executor.checks.value, 1)
  }

  conformance("SE-0471: isIsolatingCurrentContext answers in place of checkIsolated") {
    final class Knowing: SerialExecutor {
      let questions = Counter()
      func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        Task.detached { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
      }
      func isIsolatingCurrentContext() -> Bool? {
        questions.increment()
        return true
      }
    }
    actor Known {
      nonisolated let executor = Knowing()
      nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    }
    let known = Known()
    known.preconditionIsolated()
    expectEqual(known.executor.questions.value, 1)
  }

  conformance("SE-0392: executors of complex equality are compared by their own function") {
    final class Numbered: SerialExecutor {
      let number: Int
      let queue: Queue
      init(_ number: Int, _ queue: Queue) {
        self.number = number
        self.queue = queue
      }
      func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        Task.detached { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
      }
      func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(complexEquality: self)
      }
      func isSameExclusiveExecutionContext(other: Numbered) -> Bool { number == other.number }
    }
    actor Tenant {
      nonisolated let executor: Numbered
      nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
      init(_ executor: Numbered) { self.executor = executor }
      func check(_ other: Tenant) -> Bool {
        other.preconditionIsolated()
        return true
      }
    }
    let queue = Queue()
    expect(await Tenant(Numbered(1, queue)).check(Tenant(Numbered(1, queue))))
  }
}
