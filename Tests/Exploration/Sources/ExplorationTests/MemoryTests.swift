import Webble
import WebbleTesting

/// Faults between two accesses to memory, with nothing at all that keeps threads apart: only `--preempt` shows them.
@MainActor func memoryTests(_ isMended: Bool) {
  func program(_ name: String, _ body: @escaping @MainActor () async -> Void) {
    test("\(isMended ? "mended" : "faulty") memory: \(name)", body)
  }

  program("a global number is counted up by two threads") {
    await withPool { pool in
      visits = 0
      let lock = Mutex(())
      let handles = (0..<2).map { number in
        pool.spawn(on: number) {
          if isMended { lock.withLock { _ in visits += 1 } } else { visits += 1 }
        }
      }
      for handle in handles { await handle.value }
      expectEqual(visits, 2)
    }
  }

  program("a number behind a pointer is counted up by two threads") {
    await withPool { pool in
      let numbers = Numbers()
      let lock = Mutex(())
      let handles = (0..<2).map { number in
        pool.spawnStealable {
          if isMended { lock.withLock { _ in numbers.all[1] += 1 } } else { numbers.all[1] += 1 }
        }
      }
      for handle in handles { await handle.value }
      expectEqual(numbers.all[1], 2)
    }
  }

  program("what is made at its first use is made twice") {
    await withPool { pool in
      let settings = Settings()
      let lock = Mutex(())
      let handles = (0..<2).map { number in
        pool.spawn(on: number) {
          if isMended { lock.withLock { _ in settings.prepare() } } else { settings.prepare() }
        }
      }
      for handle in handles { await handle.value }
      expectEqual(settings.makeCount, 1)
    }
  }
}

nonisolated(unsafe) private var visits = 0

private final class Numbers: @unchecked Sendable {
  let all = UnsafeMutablePointer<Int>.allocate(capacity: 2)
  init() { all.initialize(repeating: 0, count: 2) }
  deinit { all.deallocate() }
}

private final class Settings: @unchecked Sendable {
  private var isReady = false
  private(set) var makeCount = 0

  func prepare() {
    if isReady { return }
    makeCount += 1
    isReady = true
  }
}
