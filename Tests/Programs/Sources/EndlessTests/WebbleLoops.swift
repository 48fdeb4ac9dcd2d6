import TestSupport
import Webble

let webbleLoops = [
  EndlessLoop("the value of a handle") { rounds in
    while true {
      require(await spawnLocal { opaque(1) }.value, 1)
      await rounds.tickOrRest()
    }
  },
  EndlessLoop("the result of a handle") { rounds in
    while true {
      let handle = spawnLocal { () async throws(TestError) -> Int in throw .expected(opaque(2)) }
      if case .failure(.expected(2)) = await handle.result { await rounds.tickOrRest() }
    }
  },
  EndlessLoop("onMain") { rounds in
    while true {
      require(await onMain { opaque(1) }.value, 1)
      await rounds.tickOrRest()
    }
  },
  EndlessLoop("sleep(milliseconds:)") { rounds in
    while true {
      await sleep(milliseconds: 0)
      await rounds.tickOrRest()
    }
  },
  EndlessLoop("a channel with room") { rounds in
    let channel = Channel<Int>(capacity: 1)
    while true {
      await channel.send(opaque(1))
      require(await channel.receive(), 1)
      await rounds.tickOrRest()
    }
  },
  EndlessLoop("a channel without room: send") { rounds in
    let channel = Channel<Int>(capacity: 1)
    let other = Channel<Int>(capacity: 1)
    Task.detached { while true { _ = await channel.receive(); await other.send(1) } }
    while true {
      await channel.send(1)
      require(await other.receive(), 1)
      await rounds.tickOrRest()
    }
  },
  EndlessLoop("a rendezvous channel: receive") { rounds in
    let channel = Channel<Int>(capacity: 0)
    Task.detached { while true { await channel.send(opaque(1)) } }
    while true {
      require(await channel.receive(), 1)
      await rounds.tickOrRest()
    }
  },
  EndlessLoop("AsyncMutex") { rounds in
    let mutex = AsyncMutex(0)
    Task.detached { while !rounds.isDone { await mutex.withLock { _ in await Task.yield() } } }
    while true {
      await mutex.withLock { $0 = opaque($0) &+ 1 }
      await rounds.tickOrRest()
    }
  },
  EndlessLoop("AsyncRwLock") { rounds in
    let lock = AsyncRwLock(0)
    while true {
      await lock.withWriteLock { $0 = opaque($0) &+ 1 }
      _ = await lock.withReadLock { $0 }
      await rounds.tickOrRest()
    }
  },
  EndlessLoop("AsyncSemaphore") { rounds in
    let semaphore = AsyncSemaphore(permits: 1)
    while true {
      await semaphore.wait()
      semaphore.signal()
      await semaphore.withPermit { await Task.yield() }
      await rounds.tickOrRest()
    }
  },
  EndlessLoop("Barrier") { rounds in
    let barrier = Barrier(count: 2)
    Task.detached { while true { _ = await barrier.wait() } }
    while true {
      _ = await barrier.wait()
      await rounds.tickOrRest()
    }
  },
  EndlessLoop("CountdownLatch") { rounds in
    while true {
      let latch = CountdownLatch(count: 1)
      Task.detached { latch.countDown() }
      await latch.wait()
      await rounds.tickOrRest()
    }
  },
  EndlessLoop("OnceCell") { rounds in
    while true {
      let cell = OnceCell<Int>()
      require(await cell.value(orSet: { await Task.yield(); return opaque(1) }), 1)
      await rounds.tickOrRest()
    }
  },
  EndlessLoop("map, forEach, reduce, sort, join, scope of a pool") { rounds in
    let pool = try! ThreadPool(workerCount: 1)
    while true {
      require(await pool.map([1, 2, 3]) { opaque($0) }, [1, 2, 3])
      await pool.forEach(0..<3) { _ = opaque($0) }
      require(await pool.reduce([1, 2, 3], 0, { opaque($0) + $1 }), 6)
      var numbers = [3, 1, 2]
      await pool.sort(&numbers)
      precondition(numbers == [1, 2, 3])
      require(await pool.join({ opaque(1) }, { opaque(2) }).1, 2)
      await pool.scope { scope in scope.spawn { _ = opaque(1) } }
      await rounds.tickOrRest()
    }
  },
]
