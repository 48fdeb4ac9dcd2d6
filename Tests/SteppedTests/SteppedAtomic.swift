import Synchronization

/// What the scheduler's and the allocator's sources take for `Atomic` when they are compiled into this module: the same
/// words at the same places, and before each access another thread of an `Interleaver`'s may come. All of them run on
/// one thread of the system's, and in one order that all see, as they do in WebAssembly.
public struct Atomic<Value: AtomicRepresentable>: ~Copyable, @unchecked Sendable {
  private typealias Bits = Value.AtomicRepresentation
  private let word: Synchronization.Atomic<Value>

  public init(_ value: consuming Value) { word = .init(value) }

  private var place: UnsafeMutablePointer<Bits> {
    withUnsafePointer(to: word) {
      UnsafeMutableRawPointer(mutating: $0).assumingMemoryBound(to: Bits.self)
    }
  }

  private func value() -> Value { Value.decodeAtomicRepresentation(place.pointee) }

  private func set(_ value: consuming Value) { place.pointee = Value.encodeAtomicRepresentation(value) }

  private func willAccess(writes: Bool) {
    Interleaver.current?.willAccess(.init(address: UInt(bitPattern: place), writes: writes))
  }

  /// Between the read and the write of what is one access, unless it is torn.
  private func willWrite() {
    if Interleaver.current?.tears(UInt(bitPattern: place)) ?? false { willAccess(writes: true) }
  }

  public borrowing func load(ordering: AtomicLoadOrdering) -> Value {
    willAccess(writes: false)
    return value()
  }

  public borrowing func store(_ value: consuming Value, ordering: AtomicStoreOrdering) {
    willAccess(writes: true)
    set(value)
  }

  public borrowing func exchange(_ value: consuming Value, ordering: AtomicUpdateOrdering) -> Value {
    willAccess(writes: true)
    let old = self.value()
    willWrite()
    set(value)
    return old
  }

  public borrowing func compareExchange(
    expected: consuming Value, desired: consuming Value, ordering: AtomicUpdateOrdering
  ) -> (exchanged: Bool, original: Value) {
    willAccess(writes: true)
    var expected = Value.encodeAtomicRepresentation(expected)
    let isThere = withUnsafeBytes(of: &expected) { expected in
      UnsafeRawBufferPointer(start: place, count: expected.count).elementsEqual(expected)
    }
    let original = value()
    if isThere {
      willWrite()
      set(desired)
    }
    return (isThere, original)
  }

  public borrowing func compareExchange(
    expected: consuming Value, desired: consuming Value, successOrdering: AtomicUpdateOrdering,
    failureOrdering: AtomicLoadOrdering
  ) -> (exchanged: Bool, original: Value) {
    compareExchange(expected: expected, desired: desired, ordering: .sequentiallyConsistent)
  }

  public borrowing func weakCompareExchange(
    expected: consuming Value, desired: consuming Value, ordering: AtomicUpdateOrdering
  ) -> (exchanged: Bool, original: Value) {
    compareExchange(expected: expected, desired: desired, ordering: ordering)
  }

  public borrowing func weakCompareExchange(
    expected: consuming Value, desired: consuming Value, successOrdering: AtomicUpdateOrdering,
    failureOrdering: AtomicLoadOrdering
  ) -> (exchanged: Bool, original: Value) {
    compareExchange(expected: expected, desired: desired, ordering: successOrdering)
  }
}

extension Atomic where Value: FixedWidthInteger {
  private borrowing func update(_ change: (Value) -> Value) -> (oldValue: Value, newValue: Value) {
    willAccess(writes: true)
    let old = value()
    let new = change(old)
    willWrite()
    set(new)
    return (old, new)
  }

  @discardableResult
  public borrowing func wrappingAdd(
    _ operand: Value, ordering: AtomicUpdateOrdering
  ) -> (oldValue: Value, newValue: Value) { update { $0 &+ operand } }

  @discardableResult
  public borrowing func bitwiseOr(
    _ operand: Value, ordering: AtomicUpdateOrdering
  ) -> (oldValue: Value, newValue: Value) { update { $0 | operand } }

  @discardableResult
  public borrowing func bitwiseAnd(
    _ operand: Value, ordering: AtomicUpdateOrdering
  ) -> (oldValue: Value, newValue: Value) { update { $0 & operand } }
}
