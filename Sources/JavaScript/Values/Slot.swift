// Values in memory, on their way across the border: 16 bytes each. The kind is at offset 0, an
// index into the thread's table or the length of a text at 4, a number or the address of a text at
// 8. The same constants are in Glue/webble-javascript.js.

enum ValueKind {
  static let undefined: UInt32 = 0
  static let null: UInt32 = 1
  static let `false`: UInt32 = 2
  static let `true`: UInt32 = 3
  static let number: UInt32 = 4
  static let text: UInt32 = 5
  static let object: UInt32 = 6
  static let function: UInt32 = 7
  static let symbol: UInt32 = 8
  static let bigInt: UInt32 = 9
  static let string: UInt32 = 10
  /// A string that the glue takes out of the table when it has read it.
  static let passedString: UInt32 = 11
  /// Set beside a kind: the value was thrown.
  static let thrown: UInt32 = 16
}

let slotSize = 16

/// Writes values to slots.
struct SlotWriter {
  let thread: JavaScriptThreadPointer
  /// The first slot.
  let slots: UnsafeMutableRawPointer
  private(set) var count = 0
  /// Where the next text goes in the scratch memory.
  private var textOffset = Scratch.textOffset

  /// Writes to the slots behind the result's: at most `Scratch.slotCount - 1`.
  @inline(__always)
  init() {
    thread = currentThread()
    slots = thread.pointee.scratch + slotSize
  }

  init(to slots: UnsafeMutableRawPointer) {
    thread = currentThread()
    self.slots = slots
  }

  /// Writes a value, which has to stay alive until the glue has read it.
  @inline(__always)
  mutating func append(_ value: JSValue) {
    let slot = slots + slotSize * count
    count += 1
    if case .number(let number) = value {
      slot.storeBytes(of: ValueKind.number, as: UInt32.self)
      slot.storeBytes(of: number, toByteOffset: 8, as: Double.self)
    } else {
      write(value, to: slot)
    }
  }

  @inline(never)
  private mutating func write(_ value: JSValue, to slot: UnsafeMutableRawPointer) {
    switch value {
    case .undefined: store(ValueKind.undefined, to: slot)
    case .null: store(ValueKind.null, to: slot)
    case .boolean(let flag): store(flag ? ValueKind.true : ValueKind.false, to: slot)
    case .number(let number):
      store(ValueKind.number, to: slot)
      slot.storeBytes(of: number, toByteOffset: 8, as: Double.self)
    case .string(let string):
      switch string.guts {
      case .text(let text): write(text, to: slot)
      case .reference(let reference): store(ValueKind.string, reference, to: slot)
      }
    case .object(let object): store(ValueKind.object, object, to: slot)
    case .symbol(let symbol): store(ValueKind.symbol, symbol, to: slot)
    case .bigInt(let bigInt): store(ValueKind.bigInt, bigInt, to: slot)
    }
  }

  private func store(_ kind: UInt32, to slot: UnsafeMutableRawPointer) {
    slot.storeBytes(of: kind, as: UInt32.self)
  }

  private func store(_ kind: UInt32, _ object: JSObject, to slot: UnsafeMutableRawPointer) {
    object.checkThread()
    slot.storeBytes(of: kind, as: UInt32.self)
    slot.storeBytes(of: object.index, toByteOffset: 4, as: Int32.self)
  }

  /// Copies a text beside the slots if there is room, or else makes a string of it at once.
  private mutating func write(_ text: String, to slot: UnsafeMutableRawPointer) {
    withUTF8(of: text) { bytes in
      if bytes.count <= Scratch.size - textOffset {
        let copy = thread.pointee.scratch + textOffset
        if let start = bytes.baseAddress { copy.copyMemory(from: start, byteCount: bytes.count) }
        textOffset += bytes.count
        slot.storeBytes(of: ValueKind.text, as: UInt32.self)
        slot.storeBytes(of: UInt32(bytes.count), toByteOffset: 4, as: UInt32.self)
        slot.storeBytes(of: UInt32(UInt(bitPattern: copy)), toByteOffset: 8, as: UInt32.self)
      } else {
        slot.storeBytes(of: ValueKind.passedString, as: UInt32.self)
        slot.storeBytes(
          of: jsMakeString(bytes.baseAddress, bytes.count), toByteOffset: 4, as: Int32.self)
      }
    }
  }
}

extension JavaScriptThreadPointer {
  /// What a slot holds. Indices in it become the reader's: each slot is read once.
  func read(_ slot: UnsafeRawPointer) -> JSValue {
    let index = slot.load(fromByteOffset: 4, as: Int32.self)
    switch slot.load(as: UInt32.self) & ~ValueKind.thrown {
    case ValueKind.null: return .null
    case ValueKind.false: return .boolean(false)
    case ValueKind.true: return .boolean(true)
    case ValueKind.number: return .number(slot.load(fromByteOffset: 8, as: Double.self))
    case ValueKind.text:
      let start = UnsafeRawPointer(bitPattern: slot.load(fromByteOffset: 8, as: UInt.self))
      let bytes = UnsafeRawBufferPointer(start: start, count: Int(index))
      return .string(JSString(String(decoding: bytes, as: UTF8.self)))
    case ValueKind.object: return .object(JSObject(index: index, of: self))
    case ValueKind.function: return .object(JSFunction(index: index, of: self))
    case ValueKind.symbol: return .symbol(JSSymbol(index: index, of: self))
    case ValueKind.bigInt: return .bigInt(JSBigInt(index: index, of: self))
    case ValueKind.string:
      return .string(JSString(guts: .reference(JSObject(index: index, of: self))))
    default: return .undefined
    }
  }

  /// The values that the glue has left behind the result's slot, or in memory that it has asked
  /// for.
  func readArguments(_ slots: UnsafeRawPointer, count: Int) -> [JSValue] {
    let values = (0..<count).map { read(slots + slotSize * $0) }
    if slots != pointee.scratch + slotSize { slots.deallocate() }
    return values
  }

  /// The values that the glue has left behind the result's slot.
  func readArguments(count: Int) -> [JSValue] {
    readArguments(pointee.scratch + slotSize, count: count)
  }

  /// What a function of the glue has returned.
  @inline(__always)
  func value(_ number: Double) throws(JSError) -> JSValue {
    if number == number { return .number(number) }
    return try readResult()
  }

  @inline(never)
  private func readResult() throws(JSError) -> JSValue {
    let result = pointee.scratch
    let isThrown = result.load(as: UInt32.self) & ValueKind.thrown != 0
    let value = read(result)
    clearResult()
    if isThrown { throw JSError(value) }
    return value
  }

  /// Has the result slot hold NaN, for results that are: the glue writes others only.
  func clearResult() {
    pointee.scratch.storeBytes(of: ValueKind.number, as: UInt32.self)
    pointee.scratch.storeBytes(of: .nan, toByteOffset: 8, as: Double.self)
  }

  /// The same where nothing may be thrown: an exception stops the program.
  @inline(__always)
  func valueOrStop(_ number: Double) -> JSValue {
    if number == number { return .number(number) }
    return readResultOrStop()
  }

  @inline(never)
  private func readResultOrStop() -> JSValue {
    do throws(JSError) {
      return try readResult()
    } catch {
      stop(error)
    }
  }
}

/// Ends the program with an exception for which nobody has said `try`.
@inline(never)
func stop(_ error: JSError) -> Never {
  fatalError("an exception of JavaScript that nothing catches: \(error.description)")
}

/// The text's UTF-8. In Embedded Swift every string has it at hand; `String.withUTF8` would bring
/// code for those that do not.
@inline(__always)
func withUTF8<R>(of text: String, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
  text.utf8.withContiguousStorageIfAvailable(body).unsafelyUnwrapped
}
