// Of the web alone: what the toolchain's library does not have yet.
import Webble

#if arch(wasm32)
let scopeCalls = [
  Call(throwing: "withTaskCancellationShield") { _ throws(WideError) in
    try await withTaskCancellationShield {
      () async throws(WideError) -> Void in throw WideError(number: 4711)
    }
  },
  Call(throwing: "withDeadline") { _ throws(WideError) in
    try await withDeadline(in: .seconds(60)) {
      () async throws(WideError) -> Void in throw WideError(number: 4711)
    }
  },
  Call(throwing: "withDeadline on a clock") { _ throws(WideError) in
    try await withDeadline(in: .seconds(60), clock: SuspendingClock()) {
      () async throws(WideError) -> Void in throw WideError(number: 4711)
    }
  },
  Call(throwing: "an asynchronous Result") { _ throws(WideError) in
    try await Result { () async throws(WideError) -> Void in throw WideError(number: 4711) }.get()
  },
  Call(throwing: "withTaskCancellationHandler that is told the reason") { _ throws(WideError) in
    try await withTaskCancellationHandler {
      () async throws(WideError) -> Void in throw WideError(number: 4711)
    } onCancel: { (_: CancellationError.Reason) in
    }
  },
  Call(throwing: "withContinuation") { _ throws(WideError) in
    try await withContinuation(of: Void.self, throwing: WideError.self) {
      $0.resume(throwing: WideError(number: 4711))
    }
  },
]
#else
let scopeCalls: [Call] = []
#endif
