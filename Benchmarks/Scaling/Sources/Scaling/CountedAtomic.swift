import Synchronization

/// What the scheduler and the allocator take for the standard library's `Atomic` when they are
/// compiled into this module: the same words at the same places, each access counted. All orderings
/// are sequentially consistent, as they are in WebAssembly.
public struct Atomic<Value: AtomicRepresentable>: ~Copyable, @unchecked Sendable {
  private let word: Synchronization.Atomic<Value>

  public init(_ value: consuming Value) { word = .init(value) }

  public borrowing func load(
    ordering: AtomicLoadOrdering, file: StaticString = #fileID
  ) -> Value {
    record(.load, at: address, file)
    return decoded(bits())
  }

  public borrowing func store(
    _ value: consuming Value, ordering: AtomicStoreOrdering, file: StaticString = #fileID
  ) {
    record(.store, at: address, file)
    let new = encoded(value)
    _ = update { _ in new }
  }

  public borrowing func exchange(
    _ value: consuming Value, ordering: AtomicUpdateOrdering, file: StaticString = #fileID
  ) -> Value {
    record(.exchange, at: address, file)
    let new = encoded(value)
    return decoded(update { _ in new })
  }

  public borrowing func compareExchange(
    expected: consuming Value, desired: consuming Value, ordering: AtomicUpdateOrdering,
    file: StaticString = #fileID
  ) -> (exchanged: Bool, original: Value) {
    record(.exchange, at: address, file)
    let (exchanged, original) = compareExchange(encoded(expected), encoded(desired))
    if !exchanged { recordFailure() }
    return (exchanged, decoded(original))
  }

  public borrowing func compareExchange(
    expected: consuming Value, desired: consuming Value, successOrdering: AtomicUpdateOrdering,
    failureOrdering: AtomicLoadOrdering, file: StaticString = #fileID
  ) -> (exchanged: Bool, original: Value) {
    compareExchange(
      expected: expected, desired: desired, ordering: .sequentiallyConsistent, file: file)
  }

  public borrowing func weakCompareExchange(
    expected: consuming Value, desired: consuming Value, ordering: AtomicUpdateOrdering,
    file: StaticString = #fileID
  ) -> (exchanged: Bool, original: Value) {
    compareExchange(
      expected: expected, desired: desired, ordering: .sequentiallyConsistent, file: file)
  }

  public borrowing func weakCompareExchange(
    expected: consuming Value, desired: consuming Value, successOrdering: AtomicUpdateOrdering,
    failureOrdering: AtomicLoadOrdering, file: StaticString = #fileID
  ) -> (exchanged: Bool, original: Value) {
    compareExchange(
      expected: expected, desired: desired, ordering: .sequentiallyConsistent, file: file)
  }

  // MARK: Bits, because the library's operations are not generic over the size of the word

  private var pointer: UnsafeRawPointer { withUnsafePointer(to: word) { UnsafeRawPointer($0) } }
  private var address: UInt { UInt(bitPattern: pointer) }

  private func encoded(_ value: consuming Value) -> UInt64 {
    var bits: UInt64 = 0
    let representation = Value.encodeAtomicRepresentation(value)
    withUnsafeMutableBytes(of: &bits) {
      $0.storeBytes(of: representation, as: Value.AtomicRepresentation.self)
    }
    return bits
  }

  private func decoded(_ bits: UInt64) -> Value {
    withUnsafeBytes(of: bits) {
      Value.decodeAtomicRepresentation($0.load(as: Value.AtomicRepresentation.self))
    }
  }

  private func bits() -> UInt64 {
    switch MemoryLayout<Value.AtomicRepresentation>.size {
    case 1: UInt64(atomic(UInt8.self).pointee.load(ordering: .sequentiallyConsistent))
    case 4: UInt64(atomic(UInt32.self).pointee.load(ordering: .sequentiallyConsistent))
    default: atomic(UInt64.self).pointee.load(ordering: .sequentiallyConsistent)
    }
  }

  private func compareExchange(
    _ expected: UInt64, _ desired: UInt64
  ) -> (exchanged: Bool, original: UInt64) {
    switch MemoryLayout<Value.AtomicRepresentation>.size {
    case 1:
      let (exchanged, original) = atomic(UInt8.self).pointee.compareExchange(
        expected: UInt8(expected), desired: UInt8(desired), ordering: .sequentiallyConsistent)
      return (exchanged, UInt64(original))
    case 4:
      let (exchanged, original) = atomic(UInt32.self).pointee.compareExchange(
        expected: UInt32(expected), desired: UInt32(desired), ordering: .sequentiallyConsistent)
      return (exchanged, UInt64(original))
    default:
      return atomic(UInt64.self).pointee.compareExchange(
        expected: expected, desired: desired, ordering: .sequentiallyConsistent)
    }
  }

  private func atomic<Bits>(_ type: Bits.Type) -> UnsafePointer<Synchronization.Atomic<Bits>> {
    pointer.assumingMemoryBound(to: Synchronization.Atomic<Bits>.self)
  }

  /// - Returns: the bits before.
  private func update(_ change: (UInt64) -> UInt64) -> UInt64 {
    var old = bits()
    while true {
      let (exchanged, original) = compareExchange(old, change(old))
      if exchanged { return old }
      old = original
    }
  }
}

extension Atomic where Value: FixedWidthInteger {
  private borrowing func update(
    _ file: StaticString, _ change: (Value) -> Value
  ) -> (oldValue: Value, newValue: Value) {
    record(.exchange, at: address, file)
    let old = decoded(update { encoded(change(decoded($0))) })
    return (old, change(old))
  }

  @discardableResult
  public borrowing func add(
    _ operand: Value, ordering: AtomicUpdateOrdering, file: StaticString = #fileID
  ) -> (oldValue: Value, newValue: Value) { update(file) { $0 + operand } }

  @discardableResult
  public borrowing func wrappingAdd(
    _ operand: Value, ordering: AtomicUpdateOrdering, file: StaticString = #fileID
  ) -> (oldValue: Value, newValue: Value) { update(file) { $0 &+ operand } }

  @discardableResult
  public borrowing func subtract(
    _ operand: Value, ordering: AtomicUpdateOrdering, file: StaticString = #fileID
  ) -> (oldValue: Value, newValue: Value) { update(file) { $0 - operand } }

  @discardableResult
  public borrowing func wrappingSubtract(
    _ operand: Value, ordering: AtomicUpdateOrdering, file: StaticString = #fileID
  ) -> (oldValue: Value, newValue: Value) { update(file) { $0 &- operand } }

  @discardableResult
  public borrowing func bitwiseOr(
    _ operand: Value, ordering: AtomicUpdateOrdering, file: StaticString = #fileID
  ) -> (oldValue: Value, newValue: Value) { update(file) { $0 | operand } }

  @discardableResult
  public borrowing func bitwiseAnd(
    _ operand: Value, ordering: AtomicUpdateOrdering, file: StaticString = #fileID
  ) -> (oldValue: Value, newValue: Value) { update(file) { $0 & operand } }
}
