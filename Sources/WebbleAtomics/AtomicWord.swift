#if arch(wasm32) && !NATIVE_ATOMICS
  import CPlatform

  /// What an `Atomic` can hold.
  public protocol AtomicWord: BitwiseCopyable {
    associatedtype AtomicBits: AtomicBitPattern
    var atomicBits: AtomicBits { get }
    init(atomicBits: AtomicBits)
  }

  /// A number as large as a word on which the machine has atomic operations. The order is C's number.
  public protocol AtomicBitPattern: Equatable, BitwiseCopyable {
    static func atomicLoad(_ word: UnsafeMutableRawPointer, _ order: Int32) -> Self
    func atomicStore(_ word: UnsafeMutableRawPointer, _ order: Int32)
    func atomicExchange(_ word: UnsafeMutableRawPointer, _ order: Int32) -> Self
    /// Puts this in the place of `expected`; returns what was there.
    func atomicCompareExchange(
      _ word: UnsafeMutableRawPointer, _ expected: Self, _ success: Int32, _ failure: Int32
    ) -> Self
    func atomicAdd(_ word: UnsafeMutableRawPointer, _ order: Int32) -> Self
    func atomicAnd(_ word: UnsafeMutableRawPointer, _ order: Int32) -> Self
    func atomicOr(_ word: UnsafeMutableRawPointer, _ order: Int32) -> Self
  }

  extension UInt8: AtomicBitPattern {
    @_transparent
    public static func atomicLoad(_ word: UnsafeMutableRawPointer, _ order: Int32) -> UInt8 {
      webble_atomic_load_8(word, order)
    }
    @_transparent
    public func atomicStore(_ word: UnsafeMutableRawPointer, _ order: Int32) {
      webble_atomic_store_8(word, self, order)
    }
    @_transparent
    public func atomicExchange(_ word: UnsafeMutableRawPointer, _ order: Int32) -> UInt8 {
      webble_atomic_exchange_8(word, self, order)
    }
    @_transparent
    public func atomicCompareExchange(
      _ word: UnsafeMutableRawPointer, _ expected: UInt8, _ success: Int32, _ failure: Int32
    ) -> UInt8 {
      webble_atomic_compare_exchange_8(word, expected, self, success, failure)
    }
    @_transparent
    public func atomicAdd(_ word: UnsafeMutableRawPointer, _ order: Int32) -> UInt8 {
      webble_atomic_add_8(word, self, order)
    }
    @_transparent
    public func atomicAnd(_ word: UnsafeMutableRawPointer, _ order: Int32) -> UInt8 {
      webble_atomic_and_8(word, self, order)
    }
    @_transparent
    public func atomicOr(_ word: UnsafeMutableRawPointer, _ order: Int32) -> UInt8 {
      webble_atomic_or_8(word, self, order)
    }
  }

  extension UInt32: AtomicBitPattern {
    @_transparent
    public static func atomicLoad(_ word: UnsafeMutableRawPointer, _ order: Int32) -> UInt32 {
      webble_atomic_load_32(word, order)
    }
    @_transparent
    public func atomicStore(_ word: UnsafeMutableRawPointer, _ order: Int32) {
      webble_atomic_store_32(word, self, order)
    }
    @_transparent
    public func atomicExchange(_ word: UnsafeMutableRawPointer, _ order: Int32) -> UInt32 {
      webble_atomic_exchange_32(word, self, order)
    }
    @_transparent
    public func atomicCompareExchange(
      _ word: UnsafeMutableRawPointer, _ expected: UInt32, _ success: Int32, _ failure: Int32
    ) -> UInt32 {
      webble_atomic_compare_exchange_32(word, expected, self, success, failure)
    }
    @_transparent
    public func atomicAdd(_ word: UnsafeMutableRawPointer, _ order: Int32) -> UInt32 {
      webble_atomic_add_32(word, self, order)
    }
    @_transparent
    public func atomicAnd(_ word: UnsafeMutableRawPointer, _ order: Int32) -> UInt32 {
      webble_atomic_and_32(word, self, order)
    }
    @_transparent
    public func atomicOr(_ word: UnsafeMutableRawPointer, _ order: Int32) -> UInt32 {
      webble_atomic_or_32(word, self, order)
    }
  }

  extension UInt64: AtomicBitPattern {
    @_transparent
    public static func atomicLoad(_ word: UnsafeMutableRawPointer, _ order: Int32) -> UInt64 {
      webble_atomic_load_64(word, order)
    }
    @_transparent
    public func atomicStore(_ word: UnsafeMutableRawPointer, _ order: Int32) {
      webble_atomic_store_64(word, self, order)
    }
    @_transparent
    public func atomicExchange(_ word: UnsafeMutableRawPointer, _ order: Int32) -> UInt64 {
      webble_atomic_exchange_64(word, self, order)
    }
    @_transparent
    public func atomicCompareExchange(
      _ word: UnsafeMutableRawPointer, _ expected: UInt64, _ success: Int32, _ failure: Int32
    ) -> UInt64 {
      webble_atomic_compare_exchange_64(word, expected, self, success, failure)
    }
    @_transparent
    public func atomicAdd(_ word: UnsafeMutableRawPointer, _ order: Int32) -> UInt64 {
      webble_atomic_add_64(word, self, order)
    }
    @_transparent
    public func atomicAnd(_ word: UnsafeMutableRawPointer, _ order: Int32) -> UInt64 {
      webble_atomic_and_64(word, self, order)
    }
    @_transparent
    public func atomicOr(_ word: UnsafeMutableRawPointer, _ order: Int32) -> UInt64 {
      webble_atomic_or_64(word, self, order)
    }
  }

  // MARK: Values

  extension UInt8: AtomicWord {}
  extension UInt32: AtomicWord {}
  extension UInt64: AtomicWord {}

  extension AtomicWord where Self: AtomicBitPattern, AtomicBits == Self {
    @_transparent public var atomicBits: Self { self }
    @_transparent public init(atomicBits: Self) { self = atomicBits }
  }

  extension Bool: AtomicWord {
    @_transparent public var atomicBits: UInt8 { self ? 1 : 0 }
    @_transparent public init(atomicBits: UInt8) { self = atomicBits & 1 != 0 }
  }

  extension Int: AtomicWord {
    @_transparent public var atomicBits: UInt32 { UInt32(truncatingIfNeeded: self) }
    @_transparent public init(atomicBits: UInt32) { self = Int(truncatingIfNeeded: atomicBits) }
  }

  extension UInt: AtomicWord {
    @_transparent public var atomicBits: UInt32 { UInt32(truncatingIfNeeded: self) }
    @_transparent public init(atomicBits: UInt32) { self = UInt(truncatingIfNeeded: atomicBits) }
  }

  extension Int64: AtomicWord {
    @_transparent public var atomicBits: UInt64 { UInt64(bitPattern: self) }
    @_transparent public init(atomicBits: UInt64) { self.init(bitPattern: atomicBits) }
  }

  extension UnsafeMutablePointer: AtomicWord where Pointee: ~Copyable {
    @_transparent public var atomicBits: UInt32 { UInt32(truncatingIfNeeded: UInt(bitPattern: self)) }
    @_transparent public init(atomicBits: UInt32) {
      self = Self(bitPattern: UInt(truncatingIfNeeded: atomicBits)).unsafelyUnwrapped
    }
  }

  extension UnsafeRawPointer?: AtomicWord {
    @_transparent public var atomicBits: UInt32 { UInt32(truncatingIfNeeded: UInt(bitPattern: self)) }
    @_transparent public init(atomicBits: UInt32) {
      self = UnsafeRawPointer(bitPattern: UInt(truncatingIfNeeded: atomicBits))
    }
  }
#endif
