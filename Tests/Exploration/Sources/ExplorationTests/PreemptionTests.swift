import Webble
import WebbleTesting

/// Faults between two accesses to what threads share, without any `await` between them.
@MainActor func preemptionTests(_ isMended: Bool) {
  program("two locks in a row, and no await between them", isMended) {
    await withPool { pool in
      let items = Mutex<[Int]>([])
      let handles = (0..<2).map { number in
        pool.spawn(on: number) {
          if isMended {
            items.withLock { if !$0.contains(7) { $0.append(7) } }
          } else {
            let isThere = items.withLock { $0.contains(7) }
            if !isThere { items.withLock { $0.append(7) } }
          }
        }
      }
      for handle in handles { await handle.value }
      expectEqual(items.withLock { $0.count }, 1)
    }
  }

  program("a value is read with one lock and written with the next", isMended) {
    await withPool { pool in
      let total = RwLock(0)
      let handles = (1...2).map { number in
        pool.spawnStealable {
          if isMended {
            total.withWriteLock { $0 += number }
          } else {
            let seen = total.withReadLock { $0 }
            total.withWriteLock { $0 = seen + number }
          }
        }
      }
      for handle in handles { await handle.value }
      expectEqual(total.withReadLock { $0 }, 3)
    }
  }

  program("a channel is asked whether it has an element before one is taken", isMended) {
    await withPool { pool in
      let channel = Channel<Int>(capacity: 4)
      channel.trySend(1)
      let handles = (0..<2).map { number in
        pool.spawn(on: number) {
          if isMended {
            return channel.tryReceive() != nil
          } else {
            if channel.count == 0 { return false }
            expect(channel.tryReceive() != nil, "another has taken the element")
            return true
          }
        }
      }
      var count = 0
      for handle in handles where await handle.value { count += 1 }
      expect(count == 1 || !isMended)
    }
  }

  program("a task that has looked whether it is cancelled goes on all the same", isMended) {
    await withPool { pool in
      let isClosed = Mutex(false)
      let work = pool.spawn(on: 0) {
        if isMended {
          return isClosed.withLock { isClosed in !Task.isCancelled && isClosed }
        } else {
          return !Task.isCancelled && isClosed.withLock { $0 }
        }
      }
      await pool.spawn(on: 1) {
        isClosed.withLock { isClosed in
          work.cancel()
          isClosed = true
        }
      }.value
      expect(await !work.value, "it uses what is closed")
    }
  }

  // Three workers, of which the last has to come between two others that are both halfway.
  program("a slot is taken by whoever saw it free", isMended) {
    await withPool(of: 3) { pool in
      let owners = Mutex<[Int]>([])
      let free = Mutex(1)
      let handles = (0..<3).map { number in
        pool.spawn(on: number) {
          let isMine =
            isMended
            ? free.withLock { free in
              defer { free = 0 }
              return free > 0
            }
            : free.withLock { $0 } > 0
          if isMine {
            owners.withLock { $0.append(number) }
            free.withLock { $0 = 0 }
          }
        }
      }
      for handle in handles { await handle.value }
      expect(owners.withLock { $0.count } < (isMended ? 2 : 3), "three have it")
    }
  }
}
