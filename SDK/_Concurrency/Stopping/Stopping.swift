import CRuntime
import Swift
import WebbleAllocator

/// Ends the program with a message: on the error stream, with the thread's name and a stack.
func stop(_ message: StaticString) -> Never {
  var text = FixedText()
  text.append(message)
  text.stop()
}

/// Stops the program with a message, the thread's name and a stack.
///
/// In place of the standard library's function of this name, which in Embedded Swift prints nothing in
/// release builds and prints to the standard output in others. Has a symbol of its own because this module's
/// names are mangled as the standard library's.
@_silgen_name("webble_fatal_error")
public func fatalError(
  _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) -> Never {
  let text = message()
  var report = FixedText()
  report.append(file)
  report.append(":")
  report.append(line)
  report.append(": ")
  // The message is as long as it likes; only the place is bounded.
  let place = report.byteCount
  let count = place + text.utf8.count
  guard let whole = Allocator.allocate(byteCount: UInt(count)) else {
    // As much of the message as there is room for.
    withUTF8(of: text) { for byte in $0 { report.append(byte) } }
    report.stop()
  }
  report.copy(to: whole)
  withUTF8(of: text) { bytes in
    if let start = bytes.baseAddress {
      (whole + place).copyMemory(from: start, byteCount: bytes.count)
    }
  }
  stopProgram(whole, count)
}

/// Stops the program, with the place, the thread's name and a stack.
///
/// A function of its own: with a default for the message, a call without one would be as good a match for
/// the standard library's.
@_silgen_name("webble_fatal_error_without_message")
public func fatalError(file: StaticString = #fileID, line: UInt = #line) -> Never {
  fatalError("fatalError()", file: file, line: line)
}

#if WEBBLE_KEEPS_CHECKS
  /// For the preconditions of SDK/StandardLibrary/Preconditions.swift.
  @_silgen_name("webble_fail_precondition")
  public func failPrecondition(_ message: StaticString, _ file: StaticString, _ line: UInt) -> Never {
    var text = FixedText()
    text.append(file)
    text.append(":")
    text.append(line)
    text.append(": Precondition failed")
    if message.utf8CodeUnitCount > 0 { text.append(": ") }
    text.append(message)
    text.stop()
  }
#endif

@inline(never)
@usableFromInline
func stopProgram(_ text: UnsafeMutableRawPointer, _ byteCount: Int) -> Never {
  webble_js_fatal(text.assumingMemoryBound(to: CChar.self), UInt32(byteCount))
}

/// Text of bounded length on the stack, for messages of code that must not allocate. Not inlined: every
/// program has its messages, and none is in a hurry.
struct FixedText {
  private var bytes = InlineArray<512, UInt8>(repeating: 0)
  private var count = 0

  init() {}

  @inline(never)
  mutating func append(_ text: StaticString) {
    for index in 0..<text.utf8CodeUnitCount { append(text.utf8Start[index]) }
  }

  @inline(never)
  mutating func append(_ value: UInt) {
    if value >= 10 { append(value / 10) }
    append(UInt8(truncatingIfNeeded: value % 10) + 0x30)
  }

  /// Bytes up to the terminating zero.
  mutating func append(cString: UnsafePointer<CChar>) {
    var next = cString
    while next.pointee != 0 {
      append(UInt8(bitPattern: next.pointee))
      next += 1
    }
  }

  mutating func append(_ byte: UInt8) {
    guard count < bytes.count else { return }
    bytes[count] = byte
    count += 1
  }

  @inline(never)
  func stop() -> Never {
    // From where it lies: there may be no memory for a copy.
    withBytes(webble_js_fatal)
  }

  var byteCount: Int { count }

  func copy(to destination: UnsafeMutableRawPointer) {
    for index in 0..<count { destination.storeBytes(of: bytes[index], toByteOffset: index, as: UInt8.self) }
  }

  /// Prints the text as a line of the error stream.
  func print() {
    withBytes { printLine(stream: .error, $0, $1) }
  }

  private func withBytes<T>(_ body: (UnsafePointer<CChar>, UInt32) -> T) -> T {
    withUnsafePointer(to: bytes) {
      body(UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self), UInt32(count))
    }
  }
}

/// The text's UTF-8. In Embedded Swift every string has it at hand; `String.withUTF8` prepares for those
/// that do not, by some 20 KB of code.
@inline(__always)
func withUTF8(of text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
  text.utf8.withContiguousStorageIfAvailable(body)
}
