import Synchronization
import Webble
import WebbleTesting

/// Faults between two accesses to atomic values, without any lock.
@MainActor func atomicTests(_ isMended: Bool) {
  program("a number is looked at, and then set", isMended) {
    await withPool { pool in
      let count = Shared()
      let handles = (0..<2).map { number in
        pool.spawn(on: number) {
          if isMended {
            count.value.wrappingAdd(1, ordering: .relaxed)
          } else {
            let seen = count.value.load(ordering: .sequentiallyConsistent)
            count.value.store(seen + 1, ordering: .sequentiallyConsistent)
          }
        }
      }
      for handle in handles { await handle.value }
      expectEqual(count.value.load(ordering: .relaxed), 2)
    }
  }

  program("a flag is looked at before the work that it is to be set by", isMended) {
    await withPool { pool in
      let flag = Shared()
      let runs = Mutex(0)
      let handles = (0..<2).map { number in
        pool.spawnStealable {
          let isMine: Bool
          if isMended {
            isMine = flag.value.compareExchange(expected: 0, desired: 1, ordering: .acquiring).exchanged
          } else {
            isMine = flag.value.load(ordering: .acquiring) == 0
          }
          guard isMine else { return }
          flag.value.store(1, ordering: .releasing)
          runs.withLock { $0 += 1 }
        }
      }
      for handle in handles { await handle.value }
      expectEqual(runs.withLock { $0 }, 1)
    }
  }

  // Dekker's algorithm, without the flag that says whose turn it is: the flag has to go up before the look.
  program("the other's flag is looked at before the own one is up", isMended) {
    await withPool { pool in
      let flags = (Shared(), Shared())
      func enters(_ own: Shared, _ other: Shared) -> Bool {
        if isMended { own.value.store(1, ordering: .sequentiallyConsistent) }
        let isFree = other.value.load(ordering: .sequentiallyConsistent) == 0
        if !isMended { own.value.store(1, ordering: .sequentiallyConsistent) }
        return isFree
      }
      let first = pool.spawn(on: 0) { enters(flags.0, flags.1) }
      let second = pool.spawn(on: 1) { enters(flags.1, flags.0) }
      let (isFirstIn, isSecondIn) = (await first.value, await second.value)
      expect(!(isFirstIn && isSecondIn), "both are in")
    }
  }

  // The spinner never suspends: it has to be left where it looks.
  program("a task spins for another's flag, which it forgets to set if it comes first", isMended) {
    await withPool { pool in
      let isReady = Shared(), seen = Shared()
      let spinner = pool.spawn(on: 0) {
        seen.value.store(1, ordering: .releasing)
        while isReady.value.load(ordering: .acquiring) == 0 {}
      }
      let setter = pool.spawn(on: 1) {
        let isFirst = seen.value.load(ordering: .acquiring) == 0
        expect(isMended || !isFirst, "nobody is there yet")
        isReady.value.store(1, ordering: .releasing)
      }
      await spinner.value
      await setter.value
    }
  }

  program("calls of an actor come in the order in which they were made", isMended) {
    let log = Log()
    let calls = [1, 2, 3].map { number in Task.immediate { await log.append(number) } }
    for call in calls { await call.value }
    let numbers = await log.numbers
    expectEqual(isMended ? numbers.sorted() : numbers, [1, 2, 3])
  }
}

private final class Shared: Sendable {
  let value = Atomic(0)
}

private actor Log {
  private(set) var numbers: [Int] = []
  func append(_ number: Int) { numbers.append(number) }
}
