import Webble

let groupCalls = [
  Call(throwing: "the body of withThrowingTaskGroup") { _ throws(WideError) in
    try await withThrowingTaskGroup(of: Int.self, throwing: WideError.self) {
      (_) throws(WideError) -> Void in throw WideError(number: 4711)
    }
  },
  Call(throwing: "the body of withThrowingDiscardingTaskGroup") { _ throws(WideError) in
    try await withThrowingDiscardingTaskGroup(throwing: WideError.self) {
      (_) throws(WideError) -> Void in throw WideError(number: 4711)
    }
  },
  Call(throwing: "addTask of a group") { _ throws(WideError) in
    try await withThrowingTaskGroup(of: Int.self, throwing: WideError.self) {
      (group) throws(WideError) -> Void in
      group.addTask { () async throws(WideError) -> Int in throw WideError(number: 4711) }
      _ = try await group.next()
    }
  },
  Call(throwing: "addTaskUnlessCancelled of a group") { _ throws(WideError) in
    try await withThrowingTaskGroup(of: Int.self, throwing: WideError.self) {
      (group) throws(WideError) -> Void in
      _ = group.addTaskUnlessCancelled {
        () async throws(WideError) -> Int in throw WideError(number: 4711)
      }
      try await group.waitForAll()
    }
  },
  Call(throwing: "addImmediateTask of a group") { _ throws(WideError) in
    try await withThrowingTaskGroup(of: Int.self, throwing: WideError.self) {
      (group) throws(WideError) -> Void in
      group.addImmediateTask { () async throws(WideError) -> Int in throw WideError(number: 4711) }
      _ = try await group.next()
    }
  },
  Call(throwing: "addImmediateTaskUnlessCancelled of a group") { _ throws(WideError) in
    try await withThrowingTaskGroup(of: Int.self, throwing: WideError.self) {
      (group) throws(WideError) -> Void in
      _ = group.addImmediateTaskUnlessCancelled {
        () async throws(WideError) -> Int in throw WideError(number: 4711)
      }
      _ = try await group.next()
    }
  },
  Call(throwing: "addTask of a discarding group") { _ throws(WideError) in
    try await withThrowingDiscardingTaskGroup(throwing: WideError.self) {
      (group) throws(WideError) -> Void in
      group.addTask { () async throws(WideError) -> Void in throw WideError(number: 4711) }
    }
  },
  Call(throwing: "addTaskUnlessCancelled of a discarding group") { _ throws(WideError) in
    try await withThrowingDiscardingTaskGroup(throwing: WideError.self) {
      (group) throws(WideError) -> Void in
      _ = group.addTaskUnlessCancelled {
        () async throws(WideError) -> Void in throw WideError(number: 4711)
      }
    }
  },
  Call(throwing: "addImmediateTask of a discarding group") { _ throws(WideError) in
    try await withThrowingDiscardingTaskGroup(throwing: WideError.self) {
      (group) throws(WideError) -> Void in
      group.addImmediateTask { () async throws(WideError) -> Void in throw WideError(number: 4711) }
    }
  },
  Call(throwing: "addImmediateTaskUnlessCancelled of a discarding group") { _ throws(WideError) in
    try await withThrowingDiscardingTaskGroup(throwing: WideError.self) {
      (group) throws(WideError) -> Void in
      _ = group.addImmediateTaskUnlessCancelled {
        () async throws(WideError) -> Void in throw WideError(number: 4711)
      }
    }
  },
]
