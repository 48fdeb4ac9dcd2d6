import Webble

let languageCalls = callsOfTheWeb + [
  Call(throwing: "withTaskCancellationHandler") { _ throws(WideError) in
    try await withTaskCancellationHandler {
      () async throws(WideError) -> Void in throw WideError(number: 4711)
    } onCancel: {}
  },
  Call(throwing: "withTaskPriorityEscalationHandler") { _ throws(WideError) in
    try await withTaskPriorityEscalationHandler {
      () async throws(WideError) -> Void in throw WideError(number: 4711)
    } onPriorityEscalated: { _, _ in }
  },
  Call(throwing: "withTaskExecutorPreference") { pool throws(WideError) in
    try await withTaskExecutorPreference(pool) {
      () async throws(WideError) -> Void in throw WideError(number: 4711)
    }
  },
  Call(throwing: "withTaskExecutorPreference without one") { _ throws(WideError) in
    try await withTaskExecutorPreference(nil) {
      () async throws(WideError) -> Void in throw WideError(number: 4711)
    }
  },
  Call(throwing: "measure") { _ throws(WideError) in
    _ = try await ContinuousClock().measure {
      () async throws(WideError) -> Void in throw WideError(number: 4711)
    }
  },
  Call(throwing: "MainActor.run") { _ throws(WideError) in
    try await MainActor.run { () throws(WideError) -> Void in throw WideError(number: 4711) }
  },
  Call(throwing: "withCheckedThrowingContinuation") { _ throws(WideError) in
    try await withCheckedThrowingContinuation {
      (continuation: CheckedContinuation<Void, WideError>) in
      continuation.resume(throwing: WideError(number: 4711))
    }
  },
  Call(throwing: "withUnsafeThrowingContinuation") { _ throws(WideError) in
    try await withUnsafeThrowingContinuation {
      (continuation: UnsafeContinuation<Void, WideError>) in
      continuation.resume(throwing: WideError(number: 4711))
    }
  },
  Call("Task.init") { _ in
    await Task { () async throws(WideError) -> Int in throw WideError(number: 4711) }.result.thrownNumber
  },
  Call("Task.init with an executor") { pool in
    await Task(executorPreference: pool) {
      () async throws(WideError) -> Int in throw WideError(number: 4711)
    }.result.thrownNumber
  },
  Call("Task.detached") { pool in
    await Task.detached(executorPreference: pool) {
      () async throws(WideError) -> Int in throw WideError(number: 4711)
    }.result.thrownNumber
  },
  Call("Task.immediate") { _ in
    await Task.immediate {
      () async throws(WideError) -> Int in throw WideError(number: 4711)
    }.result.thrownNumber
  },
  Call("Task.immediateDetached") { _ in
    await Task.immediateDetached {
      () async throws(WideError) -> Int in throw WideError(number: 4711)
    }.result.thrownNumber
  },
]

#if arch(wasm32)
private enum Locals { @TaskLocal static var number = 0 }

/// Natively these throw `any Error`.
private let callsOfTheWeb = [
  Call(throwing: "withValue") { _ throws(WideError) in
    try await Locals.$number.withValue(1) {
      () async throws(WideError) -> Void in throw WideError(number: 4711)
    }
  },
  Call(throwing: "withUnsafeCurrentTask") { _ throws(WideError) in
    try await withUnsafeCurrentTask {
      (_) async throws(WideError) -> Void in throw WideError(number: 4711)
    }
  },
]
#else
private let callsOfTheWeb: [Call] = []
#endif
