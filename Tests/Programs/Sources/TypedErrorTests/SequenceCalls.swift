// Of the web alone: natively the operators, and streams that throw, throw `any Error`.
import Webble

#if arch(wasm32)
/// Reads the sequence to its end.
private func drain<S: AsyncSequence>(_ sequence: S) async throws(S.Failure) {
  var iterator = sequence.makeAsyncIterator()
  while let _ = try await iterator.next(isolation: nil) {}
}

/// Never throws: the operators below bring the error.
private func three() -> AsyncStream<Int> {
  AsyncStream { continuation in
    for number in 0..<3 { continuation.yield(number) }
    continuation.finish()
  }
}

let sequenceCalls = [
  Call(throwing: "AsyncThrowingStream(unfolding:)") { _ throws(WideError) in
    try await drain(AsyncThrowingStream(unfolding: {
      () async throws(WideError) -> Int? in throw WideError(number: 4711)
    }))
  },
  Call(throwing: "map") { _ throws(WideError) in
    try await drain(three().map { (_) async throws(WideError) -> Int in throw WideError(number: 4711) })
  },
  Call(throwing: "compactMap") { _ throws(WideError) in
    try await drain(three().compactMap {
      (_) async throws(WideError) -> Int? in throw WideError(number: 4711)
    })
  },
  Call(throwing: "flatMap") { _ throws(WideError) in
    try await drain(three().flatMap {
      (_) async throws(WideError) -> AsyncThrowingStream<Int, WideError> in
      throw WideError(number: 4711)
    })
  },
  Call(throwing: "filter") { _ throws(WideError) in
    try await drain(three().filter {
      (_) async throws(WideError) -> Bool in throw WideError(number: 4711)
    })
  },
  Call(throwing: "prefix(while:)") { _ throws(WideError) in
    try await drain(three().prefix {
      (_) async throws(WideError) -> Bool in throw WideError(number: 4711)
    })
  },
  Call(throwing: "drop(while:)") { _ throws(WideError) in
    try await drain(three().drop {
      (_) async throws(WideError) -> Bool in throw WideError(number: 4711)
    })
  },
  Call(throwing: "reduce") { _ throws(WideError) in
    _ = try await three().reduce(0) {
      (_, _) async throws(WideError) -> Int in throw WideError(number: 4711)
    }
  },
  Call(throwing: "reduce(into:)") { _ throws(WideError) in
    _ = try await three().reduce(into: 0) {
      (_: inout Int, _) async throws(WideError) -> Void in throw WideError(number: 4711)
    }
  },
  Call(throwing: "contains(where:)") { _ throws(WideError) in
    _ = try await three().contains {
      (_) async throws(WideError) -> Bool in throw WideError(number: 4711)
    }
  },
  Call(throwing: "allSatisfy") { _ throws(WideError) in
    _ = try await three().allSatisfy {
      (_) async throws(WideError) -> Bool in throw WideError(number: 4711)
    }
  },
  Call(throwing: "first(where:)") { _ throws(WideError) in
    _ = try await three().first {
      (_) async throws(WideError) -> Bool in throw WideError(number: 4711)
    }
  },
  Call(throwing: "min(by:)") { _ throws(WideError) in
    _ = try await three().min {
      (_, _) async throws(WideError) -> Bool in throw WideError(number: 4711)
    }
  },
  Call(throwing: "max(by:)") { _ throws(WideError) in
    _ = try await three().max {
      (_, _) async throws(WideError) -> Bool in throw WideError(number: 4711)
    }
  },
]
#else
let sequenceCalls: [Call] = []
#endif
