import Webble
import WebbleTesting

/// Typed errors out of closures and functions that capture nothing, through everything that takes such.
///
/// The compiler puts the address for the error elsewhere in those than their callers expect; see
/// TypedErrorPass.swift. Natively they show that the functions which Webble adds to the toolchain's library are
/// taken where an error is named (`Sources/Webble/Native/TypedErrors.swift`). A native test, `TypedErrorSurfaceTests`, sees to it that no function is left out.
@main struct TypedErrorTests {
  @MainActor static func main() async {
    await runTests {
      let calls = languageCalls + groupCalls + sequenceCalls + webbleCalls + ownCalls + scopeCalls
      for call in calls {
        test("a typed error through \(call.name)", timeLimit: .seconds(20)) {
          let pool = try! ThreadPool(workerCount: 2)
          expectEqual(await call.run(pool), thrown, "on main")
          let run = call.run
          expectEqual(await pool.spawnStealable { await run(pool) }.value, thrown, "on a worker")
          await pool.shutdown()
        }
      }
    }
  }
}

/// An error too large to be returned in registers.
struct WideError: Error, Equatable {
  var number: Int
  var text = "a text long enough to be on the heap"
  var others = [1, 2, 3]
}

let thrown = 4711

/// The number of an error that has arrived in good order; −1 otherwise.
func check(_ error: WideError) -> Int {
  error == WideError(number: error.number) ? error.number : -1
}

struct Call: Sendable {
  var name: String
  /// Gives the number that the error has brought.
  var run: @Sendable (ThreadPool) async -> Int

  init(_ name: String, _ run: @escaping @Sendable (ThreadPool) async -> Int) {
    self.name = name
    self.run = run
  }

  /// With a body that throws the error.
  init(throwing name: String, _ run: @escaping @Sendable (ThreadPool) async throws(WideError) -> Void) {
    self.name = name
    self.run = { pool in
      do throws(WideError) {
        try await run(pool)
        return 0
      } catch {
        return check(error)
      }
    }
  }
}

extension Result where Failure == WideError {
  var thrownNumber: Int {
    switch self {
    case .success: 0
    case .failure(let error): check(error)
    }
  }
}
