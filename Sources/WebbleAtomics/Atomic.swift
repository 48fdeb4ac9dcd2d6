// Atomic words for the runtime itself. On the web these are ours: whatever a module that every program
// imports is made of, the compiler sees in every program, and `AtomicRepresentation` of `Synchronization`
// would make a package's own type of that name ambiguous. The names and rules are those of
// `Synchronization`, which it is natively, where the concurrency library is not ours.

#if arch(wasm32) && !NATIVE_ATOMICS
  import Builtin

  /// A word that several threads may use at once. It must not move while they do.
  @frozen
  @_rawLayout(like: Value.AtomicBits)
  public struct Atomic<Value: AtomicWord>: ~Copyable {
    @_transparent
    public init(_ value: consuming Value) {
      address.initializeMemory(as: Value.AtomicBits.self, to: value.atomicBits)
    }

    @_transparent @usableFromInline
    var address: UnsafeMutableRawPointer {
      UnsafeMutableRawPointer(Builtin.unprotectedAddressOfBorrow(self))
    }

    // No `deinit`: the words are numbers.
  }

  extension Atomic: @unchecked Sendable {}

  // MARK: Orderings

  /// Each is the number that C has for it.
  @frozen public struct AtomicLoadOrdering: Sendable {
    @usableFromInline let order: Int32
    @_transparent @usableFromInline init(_ order: Int32) { self.order = order }

    @_transparent public static var relaxed: Self { Self(0) }
    @_transparent public static var acquiring: Self { Self(2) }
    @_transparent public static var sequentiallyConsistent: Self { Self(5) }
  }

  @frozen public struct AtomicStoreOrdering: Sendable {
    @usableFromInline let order: Int32
    @_transparent @usableFromInline init(_ order: Int32) { self.order = order }

    @_transparent public static var relaxed: Self { Self(0) }
    @_transparent public static var releasing: Self { Self(3) }
    @_transparent public static var sequentiallyConsistent: Self { Self(5) }
  }

  @frozen public struct AtomicUpdateOrdering: Sendable {
    @usableFromInline let order: Int32
    @_transparent @usableFromInline init(_ order: Int32) { self.order = order }

    @_transparent public static var relaxed: Self { Self(0) }
    @_transparent public static var acquiring: Self { Self(2) }
    @_transparent public static var releasing: Self { Self(3) }
    @_transparent public static var acquiringAndReleasing: Self { Self(4) }
    @_transparent public static var sequentiallyConsistent: Self { Self(5) }

    /// What the load of an exchange that fails has of this.
    @_transparent @usableFromInline
    var ofLoad: AtomicLoadOrdering {
      AtomicLoadOrdering(order == 3 ? 0 : order == 4 ? 2 : order)
    }
  }

  // MARK: Operations

  extension Atomic {
    @_transparent
    public func load(ordering: AtomicLoadOrdering) -> Value {
      Value(atomicBits: .atomicLoad(address, ordering.order))
    }

    @_transparent
    public func store(_ value: consuming Value, ordering: AtomicStoreOrdering) {
      value.atomicBits.atomicStore(address, ordering.order)
    }

    @_transparent
    public func exchange(_ value: consuming Value, ordering: AtomicUpdateOrdering) -> Value {
      Value(atomicBits: value.atomicBits.atomicExchange(address, ordering.order))
    }

    @_transparent
    public func compareExchange(
      expected: consuming Value, desired: consuming Value, successOrdering: AtomicUpdateOrdering,
      failureOrdering: AtomicLoadOrdering
    ) -> (exchanged: Bool, original: Value) {
      let expected = expected.atomicBits
      let original = desired.atomicBits.atomicCompareExchange(
        address, expected, successOrdering.order, failureOrdering.order)
      return (original == expected, Value(atomicBits: original))
    }

    @_transparent
    public func compareExchange(
      expected: consuming Value, desired: consuming Value, ordering: AtomicUpdateOrdering
    ) -> (exchanged: Bool, original: Value) {
      compareExchange(
        expected: expected, desired: desired, successOrdering: ordering,
        failureOrdering: ordering.ofLoad)
    }

    /// WebAssembly has one instruction for both kinds.
    @_transparent
    public func weakCompareExchange(
      expected: consuming Value, desired: consuming Value, successOrdering: AtomicUpdateOrdering,
      failureOrdering: AtomicLoadOrdering
    ) -> (exchanged: Bool, original: Value) {
      compareExchange(
        expected: expected, desired: desired, successOrdering: successOrdering,
        failureOrdering: failureOrdering)
    }

    @_transparent
    public func weakCompareExchange(
      expected: consuming Value, desired: consuming Value, ordering: AtomicUpdateOrdering
    ) -> (exchanged: Bool, original: Value) {
      compareExchange(expected: expected, desired: desired, ordering: ordering)
    }
  }

  extension Atomic where Value: FixedWidthInteger {
    @discardableResult @_transparent
    public func wrappingAdd(
      _ operand: Value, ordering: AtomicUpdateOrdering
    ) -> (oldValue: Value, newValue: Value) {
      let old = Value(atomicBits: operand.atomicBits.atomicAdd(address, ordering.order))
      return (old, old &+ operand)
    }

    @discardableResult @_transparent
    public func wrappingSubtract(
      _ operand: Value, ordering: AtomicUpdateOrdering
    ) -> (oldValue: Value, newValue: Value) {
      let old = Value(atomicBits: (0 &- operand).atomicBits.atomicAdd(address, ordering.order))
      return (old, old &- operand)
    }

    /// Traps on overflow, after the word has wrapped round.
    @discardableResult @_transparent
    public func add(
      _ operand: Value, ordering: AtomicUpdateOrdering
    ) -> (oldValue: Value, newValue: Value) {
      let old = wrappingAdd(operand, ordering: ordering).oldValue
      return (old, old + operand)
    }

    /// Traps on overflow, after the word has wrapped round.
    @discardableResult @_transparent
    public func subtract(
      _ operand: Value, ordering: AtomicUpdateOrdering
    ) -> (oldValue: Value, newValue: Value) {
      let old = wrappingSubtract(operand, ordering: ordering).oldValue
      return (old, old - operand)
    }

    @discardableResult @_transparent
    public func bitwiseAnd(
      _ operand: Value, ordering: AtomicUpdateOrdering
    ) -> (oldValue: Value, newValue: Value) {
      let old = Value(atomicBits: operand.atomicBits.atomicAnd(address, ordering.order))
      return (old, old & operand)
    }

    @discardableResult @_transparent
    public func bitwiseOr(
      _ operand: Value, ordering: AtomicUpdateOrdering
    ) -> (oldValue: Value, newValue: Value) {
      let old = Value(atomicBits: operand.atomicBits.atomicOr(address, ordering.order))
      return (old, old | operand)
    }

    @discardableResult @inline(__always) @_alwaysEmitIntoClient
    public func min(
      _ operand: Value, ordering: AtomicUpdateOrdering
    ) -> (oldValue: Value, newValue: Value) {
      var old = load(ordering: .relaxed)
      while true {
        let new = Swift.min(old, operand)
        let (exchanged, original) = compareExchange(expected: old, desired: new, ordering: ordering)
        if exchanged { return (old, new) }
        old = original
      }
    }
  }
#else
  @_exported import Synchronization
#endif
