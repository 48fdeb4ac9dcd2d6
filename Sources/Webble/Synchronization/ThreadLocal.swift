/// One value for each worker, and one for the main thread, made there when it is first used. It
/// never leaves its thread, so it need not be Sendable; save that the last reference to the
/// `ThreadLocal` ends the values of all threads where it goes. A worker that leaves its pool ends its own.
public final class ThreadLocal<Value>: @unchecked Sendable {
  private let values = Values<Value>()
  private let makeValue: @Sendable () -> Value

  /// - Parameter makeValue: called on each thread that uses the value, once.
  public init(_ makeValue: @escaping @Sendable () -> Value) { self.makeValue = makeValue }

  deinit {
    unlist(values)
    values.endAll()
  }

  /// Calls `body` with this thread's value. It cannot suspend: the task might wake on another
  /// thread. Not to be called again for the same value from within.
  public func withValue<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let thread = threadKey()
    if let value = values.of(thread) { return try body(&value.pointee) }
    let value = UnsafeMutablePointer<Value>.allocate(capacity: 1)
    value.initialize(to: makeValue())
    values.add(value, of: thread)
    if isOnPoolWorker() { list(values) }
    return try body(&value.pointee)
  }
}

/// The values of one `ThreadLocal`.
private class ValuesOfWorkers {
  /// Ends the value of a worker, if it has one. On its thread.
  ///
  /// - Returns: whether it had one.
  func end(of thread: UInt) -> Bool { false }
}

private final class Values<Value>: ValuesOfWorkers, @unchecked Sendable {
  /// By worker. Each value is its own thread's alone; the dictionary is everyone's. A thread that takes a value out of
  /// it ends that value: the worker that leaves, or the last reference to the `ThreadLocal`.
  private let values = Mutex<[UInt: UnsafeMutablePointer<Value>]>([:])

  func of(_ thread: UInt) -> UnsafeMutablePointer<Value>? {
    values.withLockBriefly { $0[thread] }
  }

  func add(_ value: UnsafeMutablePointer<Value>, of thread: UInt) {
    values.withLockBriefly { $0[thread] = value }
  }

  override func end(of thread: UInt) -> Bool {
    guard let value = values.withLockBriefly({ $0.removeValue(forKey: thread) }) else { return false }
    end(value)
    return true
  }

  func endAll() {
    let all = values.withLockBriefly { values in
      defer { values = [:] }
      return values
    }
    for value in all.values { end(value) }
  }

  private func end(_ value: UnsafeMutablePointer<Value>) {
    value.deinitialize(count: 1)
    value.deallocate()
  }
}

/// Those that have a value of some worker of a pool.
private let listed = Mutex<[ObjectIdentifier: ValuesOfWorkers]>([:])

private func list(_ values: ValuesOfWorkers) {
  listed.withLockBriefly { $0[ObjectIdentifier(values)] = values }
  callWhenWorkersLeave { endValues(of: UInt(bitPattern: $0)) }
}

private func unlist(_ values: ValuesOfWorkers) {
  let unlisted = listed.withLockBriefly { $0.removeValue(forKey: ObjectIdentifier(values)) }
  _ = unlisted
}

/// On the thread of a worker that leaves. The end of one value may make another, as it may with threads of
/// the operating system, which give up after a few rounds, too.
private func endValues(of thread: UInt) {
  for _ in 0..<4 {
    let all = listed.withLockBriefly { Array($0.values) }
    var hasEnded = false
    for values in all where values.end(of: thread) { hasEnded = true }
    if !hasEnded { return }
  }
}
