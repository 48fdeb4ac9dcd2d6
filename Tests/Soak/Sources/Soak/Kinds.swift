import JavaScript
import Webble

// What a soak does, a kind each. `seed` is another in each round.

/// Pinned and stealable tasks of all priorities that yield.
@MainActor func tasks(_ pool: ThreadPool, _ seed: Int) async -> Int {
  var handles: [WorkerHandle<Int, Never>] = []
  for i in 0..<200 {
    let work: @Sendable () async -> Int = {
      await Task.yield()
      return i &* seed
    }
    handles.append(
      i % 2 == 0
        ? pool.spawn(work) : pool.spawnStealable(priority: i % 3 == 0 ? .high : .low, work))
  }
  var sum = 0
  for handle in handles { sum = sum &+ (await handle.value) }
  check(sum, 19_900 &* seed, "tasks")
  return 1
}

/// Three senders and three receivers, by a channel of 0 to 4 places.
@MainActor func bounded(_ pool: ThreadPool, _ seed: Int) async -> Int {
  let channel = Channel<Int>(capacity: seed % 5)
  let senders = (0..<3).map { part in
    pool.spawnStealable { for i in 0..<100 { await channel.send(part * 100 + i) } }
  }
  let receivers = (0..<3).map { _ in
    pool.spawnStealable { () -> Int in
      var sum = 0
      for await element in channel { sum += element }
      return sum
    }
  }
  for sender in senders { await sender.value }
  channel.close()
  var sum = 0
  for receiver in receivers { sum += await receiver.value }
  check(sum, 300 * 299 / 2, "bounded")
  return 300
}

/// One receiver that selects from two channels without a bound.
@MainActor func unbounded(_ pool: ThreadPool, _ seed: Int) async -> Int {
  let channel = Channel<[Int]>()
  let other = Channel<[Int]>()
  let sender = pool.spawn {
    for i in 0..<100 {
      await (i % 2 == 0 ? channel : other).send(Array(repeating: i, count: 50))
    }
  }
  let receiver = pool.spawn { () -> Int in
    var sum = 0
    for _ in 0..<100 {
      switch await select(channel, other) {
      case .first(let element)?, .second(let element)?: sum += element.reduce(0, +)
      case nil: fatalError("closed")
      }
    }
    return sum
  }
  await sender.value
  check(await receiver.value, 50 * 4950, "unbounded")
  return 100
}

/// Each kind of lock, by eight tasks.
@MainActor func locks(_ pool: ThreadPool, _ seed: Int) async -> Int {
  let fast = Mutex(0)
  let slow = AsyncMutex(0)
  let semaphore = AsyncSemaphore(permits: 2)
  let both = RwLock(0)
  await pool.scope { scope in
    for _ in 0..<8 {
      scope.spawn {
        for i in 0..<25 {
          fast.withLock { $0 += 1 }
          await slow.withLock { $0 += 1 }
          await semaphore.withPermit { both.withWriteLock { $0 += 1 } }
          if i % 8 == 0 { await Task.yield() }
        }
      }
    }
  }
  check(fast.withLock { $0 }, 200, "Mutex")
  check(await slow.withLock { $0 }, 200, "AsyncMutex")
  check(both.withReadLock { $0 }, 200, "RwLock")
  return 3
}

actor Counter {
  private(set) var count = 0

  func increment() { count += 1 }

  func increment(beside other: Counter) async {
    count += 1
    await other.increment()
  }
}

/// Two actors that call each other, from the pool and from main.
@MainActor func actors(_ pool: ThreadPool, _ seed: Int) async -> Int {
  let (a, b) = (Counter(), Counter())
  await withTaskGroup(of: Void.self) { group in
    for i in 0..<16 {
      group.addTask(executorPreference: i % 2 == 0 ? pool : nil) {
        for _ in 0..<10 { await a.increment(beside: b) }
      }
    }
  }
  check(await a.count, 160, "actor")
  check(await b.count, 160, "actor beside")
  return 2
}

private struct Odd: Error { let count: Int }

/// A group of tasks of which half fail, in a task that throws how many.
@MainActor func groups(_ pool: ThreadPool, _ seed: Int) async -> Int {
  let handle = pool.spawnStealable { () async throws(Odd) -> Void in
    let failed = await withTaskGroup(of: Bool.self) { group in
      for i in 0..<20 {
        group.addTask {
          await Task.yield()
          return i % 2 == 1
        }
      }
      var failed = 0
      for await hasFailed in group where hasFailed { failed += 1 }
      return failed
    }
    throw Odd(count: failed)
  }
  guard case .failure(let odd) = await handle.result else { fatalError("groups: nothing thrown") }
  check(odd.count, 10, "groups")
  return 1
}

/// A stream from one task to another.
@MainActor func streams(_ pool: ThreadPool, _ seed: Int) async -> Int {
  let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
  let sender = pool.spawn {
    for i in 0..<100 {
      continuation.yield(i)
      if i % 10 == 0 { await Task.yield() }
    }
    continuation.finish()
  }
  let sum = await pool.spawnStealable { () -> Int in
    var sum = 0
    for await i in stream { sum += i }
    return sum
  }.value
  await sender.value
  check(sum, 4950, "streams")
  return 100
}

/// Short sleeps, and long ones that are cancelled.
@MainActor func timers(_ pool: ThreadPool, _ seed: Int) async -> Int {
  let cancelled = Mutex(0)
  let sleepers = (0..<20).map { i in
    pool.spawn {
      do throws(CancellationError) {
        try await Task.sleep(for: i % 2 == 0 ? .milliseconds(i % 7) : .seconds(3600))
      } catch {
        cancelled.withLock { $0 += 1 }
      }
    }
  }
  for (i, sleeper) in sleepers.enumerated() where i % 2 == 1 { sleeper.cancel() }
  for sleeper in sleepers { await sleeper.value }
  check(cancelled.withLock { $0 }, 10, "timers")
  return 20
}

/// Objects, callbacks and promises of JavaScript on both workers.
@MainActor func objects(_ pool: ThreadPool, _ seed: Int) async -> Int {
  let sums = (0..<4).map { part in
    pool.spawn { () -> Int in
      var sum = 0
      for i in 0..<20 {
        let object = JSObject.global.Object.function!.new()
        object.value = .number(Double(i))
        let closure = JSClosure { arguments in .number((arguments[0].number ?? 0) + 1) }
        object.add = closure.jsValue
        let promise = JSPromise(resolver: { resolve in resolve(.success(object.jsValue)) })
        let same = try! await promise.value
        sum += Int(same.object!.add(object.value).number!)
        closure.release()
      }
      return sum
    }
  }
  for sum in sums { check(await sum.value, 210, "objects") }
  return 80
}

/// Typed arrays from one worker to the other.
@MainActor func sent(_ pool: ThreadPool, _ seed: Int) async -> Int {
  let bytes = [UInt8](repeating: UInt8(seed & 255), count: 4096)
  let channel = Channel<JSSending>(capacity: 2)
  let receiver = pool.spawn(on: 1) { () -> Int in
    var sum = 0
    while let sending = await channel.receive() {
      let array = JSTypedArray<UInt8>(try! await sending.receive())!
      sum += array.withUnsafeBytes { $0.reduce(0) { $0 + Int($1) } }
    }
    return sum
  }
  await pool.spawn(on: 0) {
    for _ in 0..<4 {
      let array = JSTypedArray<UInt8>(bytes)
      await channel.send(.clone(array.jsObject))
    }
  }.value
  channel.close()
  check(await receiver.value, 4 * 4096 * (seed & 255), "sent")
  return 4
}

/// Loops on all workers.
@MainActor func algorithms(_ pool: ThreadPool, _ seed: Int) async -> Int {
  var numbers = (0..<5_000).map { ($0 &* 7919 &+ seed) % 5_000 }
  let sum = await pool.reduce(numbers, 0, +)
  check(sum, numbers.reduce(0, +), "reduce")
  let twice = await pool.map(numbers) { $0 * 2 }
  check(twice.reduce(0, +), 2 * sum, "map")
  await pool.sort(&numbers)
  check(numbers.first! <= numbers.last! ? 1 : 0, 1, "sort")
  check(zip(numbers, numbers.dropFirst()).allSatisfy { $0 <= $1 } ? 1 : 0, 1, "sorted")
  let (a, b) = await pool.join({ 1 }, { 2 })
  check(a + b, 3, "join")
  return 4
}

/// A pool of its own, that is shut down amid its work.
@MainActor func pools(_ pool: ThreadPool, _ seed: Int) async -> Int {
  let own = try! ThreadPool(workerCount: 2)
  let channel = Channel<Int>(capacity: 1)
  let waits = (0..<10).map { i in
    i % 2 == 0
      ? own.spawn { _ = await channel.receive() } : own.spawnStealable { _ = await channel.receive() }
  }
  let sums = (0..<10).map { i in own.spawnStealable { i } }
  var sum = 0
  for handle in sums { sum += await handle.value }
  check(sum, 45, "pools")
  channel.close()
  for handle in waits { await handle.value }
  // Some of these have begun and ended, the others never begin.
  let late = (0..<50).map { i in own.spawn { i } }
  await own.shutdown()
  for (i, handle) in late.enumerated() {
    switch await handle.result {
    case .success(let value): check(value, i, "late")
    case .abandoned: break
    }
  }
  return 11
}

/// Blocks of all sizes, made on one thread and freed on another.
@MainActor func frees(_ pool: ThreadPool, _ seed: Int) async -> Int {
  var arrays = (0..<64).map {
    Array(repeating: UInt8(truncatingIfNeeded: $0), count: 1 << ($0 % 16))
  }
  for round in 0..<4 {
    let mine = arrays
    arrays = await pool.spawn(on: round % 2) { mine.map { $0.map { $0 &+ 1 } } }.value
  }
  for (i, array) in arrays.enumerated() {
    check(array.allSatisfy { $0 == UInt8(truncatingIfNeeded: i + 4) } ? 1 : 0, 1, "frees")
  }
  return 64
}

/// Three subscribers, each of whom gets everything.
@MainActor func broadcast(_ pool: ThreadPool, _ seed: Int) async -> Int {
  let news = Broadcast<Int>(capacity: 256)
  let subscriptions = (0..<3).map { _ in news.subscribe() }
  let sums = subscriptions.map { subscription in
    pool.spawnStealable { () -> Int in
      var (sum, mine) = (0, subscription)
      while let event = await mine.receive() {
        guard case .element(let element) = event else { fatalError("broadcast: lagged") }
        sum += element
      }
      return sum
    }
  }
  for i in 0..<100 { _ = news.send(i) }
  news.close()
  for sum in sums { check(await sum.value, 4950, "broadcast") }
  return 300
}
