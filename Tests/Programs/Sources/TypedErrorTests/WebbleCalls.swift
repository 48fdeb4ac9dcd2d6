import Webble

extension WorkerHandle where Success == Int, Failure == WideError {
  fileprivate var thrownNumber: Int {
    get async {
      switch await result {
      case .success: 0
      case .failure(let error): check(error)
      case .abandoned: -2
      }
    }
  }
}

let webbleCalls = [
  Call("spawn") { pool in
    await pool.spawn {
      () async throws(WideError) -> Int in throw WideError(number: 4711)
    }.thrownNumber
  },
  Call("spawn(on:)") { pool in
    await pool.spawn(on: 1) {
      () async throws(WideError) -> Int in throw WideError(number: 4711)
    }.thrownNumber
  },
  Call("spawnStealable") { pool in
    await pool.spawnStealable {
      () async throws(WideError) -> Int in throw WideError(number: 4711)
    }.thrownNumber
  },
  Call("spawnLocal") { _ in
    await spawnLocal { () async throws(WideError) -> Int in throw WideError(number: 4711) }.thrownNumber
  },
  Call("onMain") { _ in
    await onMain { () async throws(WideError) -> Int in throw WideError(number: 4711) }.thrownNumber
  },
  Call(throwing: "forEach") { pool throws(WideError) in
    try await pool.forEach(0..<3) {
      (_: Int) async throws(WideError) -> Void in throw WideError(number: 4711)
    }
  },
  Call(throwing: "forEach of an array") { pool throws(WideError) in
    try await pool.forEach([1, 2, 3]) {
      (_: Int) async throws(WideError) -> Void in throw WideError(number: 4711)
    }
  },
  Call(throwing: "map of a pool") { pool throws(WideError) in
    _ = try await pool.map([1, 2, 3]) {
      (_: Int) async throws(WideError) -> Int in throw WideError(number: 4711)
    }
  },
  Call(throwing: "compactMap of a pool") { pool throws(WideError) in
    _ = try await pool.compactMap([1, 2, 3]) {
      (_: Int) async throws(WideError) -> Int? in throw WideError(number: 4711)
    }
  },
  Call(throwing: "filter of a pool") { pool throws(WideError) in
    _ = try await pool.filter([1, 2, 3]) {
      (_: Int) async throws(WideError) -> Bool in throw WideError(number: 4711)
    }
  },
  Call(throwing: "join") { pool throws(WideError) in
    _ = try await pool.join(
      { () async throws(WideError) -> Int in throw WideError(number: 4711) },
      { () async throws(WideError) -> Int in throw WideError(number: 4711) })
  },
  Call(throwing: "the body of a scope") { pool throws(WideError) in
    try await pool.scope(throwing: WideError.self) {
      (_) async throws(WideError) -> Void in throw WideError(number: 4711)
    }
  },
  Call(throwing: "spawn of a scope") { pool throws(WideError) in
    try await pool.scope(throwing: WideError.self) { (scope) async throws(WideError) -> Void in
      scope.spawn { () async throws(WideError) -> Void in throw WideError(number: 4711) }
    }
  },
  Call(throwing: "the body of a scope that borrows") { pool throws(WideError) in
    var numbers = [1, 2, 3]
    try await pool.scope(borrowing: &numbers, throwing: WideError.self) {
      (_, _) async throws(WideError) -> Void in throw WideError(number: 4711)
    }
  },
  Call(throwing: "OnceCell.value(orSet:)") { _ throws(WideError) in
    _ = try await OnceCell<Int>().value(orSet: {
      () async throws(WideError) -> Int in throw WideError(number: 4711)
    })
  },
  Call(throwing: "AsyncMutex.withLock") { _ throws(WideError) in
    try await AsyncMutex(0).withLock {
      (_) async throws(WideError) -> Void in throw WideError(number: 4711)
    }
  },
  Call(throwing: "AsyncMutex.withLockIfAvailable") { _ throws(WideError) in
    _ = try await AsyncMutex(0).withLockIfAvailable {
      (_) async throws(WideError) -> Void in throw WideError(number: 4711)
    }
  },
  Call(throwing: "AsyncRwLock.withReadLock") { _ throws(WideError) in
    try await AsyncRwLock(0).withReadLock {
      (_) async throws(WideError) -> Void in throw WideError(number: 4711)
    }
  },
  Call(throwing: "AsyncRwLock.withWriteLock") { _ throws(WideError) in
    try await AsyncRwLock(0).withWriteLock {
      (_) async throws(WideError) -> Void in throw WideError(number: 4711)
    }
  },
  Call(throwing: "AsyncSemaphore.withPermit") { _ throws(WideError) in
    try await AsyncSemaphore(permits: 1).withPermit {
      () async throws(WideError) -> Void in throw WideError(number: 4711)
    }
  },
  Call(throwing: "blocking") { pool throws(WideError) in
    try await pool.blocking { () throws(WideError) -> Void in throw WideError(number: 4711) }
  },
]
