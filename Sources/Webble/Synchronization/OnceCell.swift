#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

/// A value that is set once, and can be read from then on by any thread without a lock.
public final class OnceCell<Value: Sendable>: @unchecked Sendable {
  private let isSet = Atomic(false)
  /// Written before `isSet`, with the permit held; read after it.
  private var stored: Value?
  private let writer = AsyncSemaphore(permits: 1)

  public init() {}

  /// The value; nil until it is set. Any thread.
  public var value: Value? { isSet.load(ordering: .acquiring) ? stored : nil }

  /// Sets the value. Any thread.
  ///
  /// - Returns: whether this call has set it: it was not set before, and nobody was about to.
  @discardableResult
  public func set(_ value: Value) -> Bool {
    guard writer.tryWait() else { return false }
    defer { writer.signal() }
    if isSet.load(ordering: .relaxed) { return false }
    store(value)
    return true
  }

  /// The value; if it is not set, `makeValue`'s, which then is set. Of several tasks that ask at
  /// once, one makes the value and the others wait for it.
  public func value(
    isolation: isolated (any Actor)? = #isolation, orSet makeValue: () async -> Value
  ) async -> Value {
    if let value { return value }
    await writer.wait()
    defer { writer.signal() }
    if let value { return value }
    let value = await makeValue()
    store(value)
    return value
  }

  /// The same with a `makeValue` that may throw: then the cell stays empty, and the next task makes
  /// the value. `makeValue` is `@isolated(any)`, see Spawning.swift.
  public func value<Failure: Error>(
    isolation: isolated (any Actor)? = #isolation,
    orSet makeValue: @isolated(any) () async throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    if let value { return value }
    await writer.wait()
    defer { writer.signal() }
    if let value { return value }
    let value = try await makeValue()
    store(value)
    return value
  }

  private func store(_ value: Value) {
    stored = value
    isSet.store(true, ordering: .releasing)
  }
}

/// A value that is made when it is first asked for, by one task; others that ask meanwhile wait.
public final class Lazy<Value: Sendable>: Sendable {
  private let cell = OnceCell<Value>()
  private let makeValue: @Sendable () async -> Value

  public init(_ makeValue: @escaping @Sendable () async -> Value) { self.makeValue = makeValue }

  /// The value; made by this task if by none before.
  public var value: Value {
    get async { await cell.value(orSet: makeValue) }
  }

  /// The value if it has been made. Any thread.
  public var valueIfMade: Value? { cell.value }
}
