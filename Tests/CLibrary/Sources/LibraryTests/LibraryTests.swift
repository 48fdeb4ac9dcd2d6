import CChecks
import CxxChecks
import WASILibc
@_spi(Webble) import _Concurrency
import Webble
import WebbleTesting

@main struct LibraryTests {
  @MainActor static func main() async {
    await runTests {
      checkTests()
      threadTests()
    }
  }
}

/// C functions as values of Swift closures: the compiler (6.3) cannot share their thunks between modules.
private let checks: [(String, @Sendable () -> Int32)] = [
  ("strings and characters", { check_strings() }), ("numbers from text", { check_numbers() }),
  ("sorting and searching", { check_sorting() }), ("the printf family", { check_printf() }),
  ("clocks and calendar", { check_time() }), ("errors, memory, environment", { check_errors() }),
  ("the scanf family", { check_scanning() }), ("edges of what C allows", { check_edges() }),
  ("locks, conditions, keys", { check_locks() }), ("C++", { check_cxx() }),
]

@MainActor private func checkTests() {
  for (name, check) in checks {
    test("\(name), on the main thread") { expectEqual(check(), 0, "the line that failed") }
    test("\(name), on a worker") {
      let pool = try! ThreadPool(workerCount: 1)
      expectEqual(await pool.spawn { check() }.value, 0, "the line that failed")
      await pool.shutdown()
    }
  }
}

@MainActor private func threadTests() {
  test("errno belongs to its thread") {
    let pool = try! ThreadPool(workerCount: 1)
    guard isIsolated() else { return await pool.shutdown() }
    errno = ENOENT
    expectEqual(await pool.spawn { () -> Int32 in
      let before = errno
      errno = EINVAL
      return before
    }.value, 0)
    expectEqual(errno, ENOENT)
    await pool.shutdown()
  }

  test("a mutex of C keeps threads apart, main among them") {
    let pool = try! ThreadPool(workerCount: 3)
    let parts = (0..<3).map { _ in pool.spawn { add_under_lock(20_000) } }
    add_under_lock(2_000)
    for part in parts { await part.value }
    expectEqual(locked_counter(), 62_000)
    await pool.shutdown()
  }

  test("a mutex of C is unlocked by its holder only") {
    let pool = try! ThreadPool(workerCount: 1)
    guard isIsolated() else { return await pool.shutdown() }
    expectEqual(await pool.spawn { lock_elsewhere() }.value, 0)
    expectEqual(unlock_elsewhere(), EPERM)
    expectEqual(await pool.spawn { unlock_elsewhere() }.value, 0)
    expectEqual(lock_elsewhere(), 0)
    expectEqual(unlock_elsewhere(), 0)
    await pool.shutdown()
  }

  test("a condition of C wakes all who wait") {
    guard isIsolated() else { return }
    let pool = try! ThreadPool(workerCount: 3)
    let waiting = (0..<3).map { _ in pool.spawn { wait_at_gate() } }
    open_gate()
    for part in waiting { await part.value }
    await pool.shutdown()
  }

  test("what is done once is done once, and static locals of C++ are made once") {
    let pool = try! ThreadPool(workerCount: 3)
    let parts = (0..<3).map { _ in pool.spawn { initialise_once() * 10 + static_local_count() } }
    for part in parts { expectEqual(await part.value, 11) }
    await pool.shutdown()
  }

  test("text that C prints is text") { print_lines() }
}
