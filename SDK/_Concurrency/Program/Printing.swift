import CRuntime
import Swift
import WebbleAtomics
import WebbleAllocator
import WebbleScheduler

// `print` from any thread: whole lines, in the order in which they were completed.
//
// Only the main thread writes to the console. Other threads push their lines to one queue, which the
// main thread empties before it writes a line of its own, takes a turn, or ends the program. So what a
// worker printed before it delivered a result comes before what main prints after it received it.

enum PrintStream: UInt32 {
  case output = 1
  case error = 2
}

/// A line on its way to the main thread. The text follows. The first four words are a `JobHeader`.
private struct PrintedLine {
  var header: JobHeader
  var stream: UInt32
  var length: UInt32
}

private let printedLines = Mailbox()

/// One character of standard output: what Embedded Swift's `print` calls.
@_cdecl("putchar")
func putCharacter(_ character: Int32) -> Int32 {
  let thread = currentThread()
  if thread.pointee.line_is_report != 0 { endLine(thread) }
  if character == 0x0A {
    // What a failed check of the standard library prints before it traps goes with the trap's report. If
    // none follows, it was an ordinary line, and comes before the next.
    if isFailureReport(thread) { thread.pointee.line_is_report = 1 } else { endLine(thread) }
    return character
  }
  if thread.pointee.line_length == thread.pointee.line_capacity {
    let capacity = thread.pointee.line_capacity == 0 ? 128 : thread.pointee.line_capacity * 2
    guard
      let line = Allocator.reallocate(
        UnsafeMutableRawPointer(thread.pointee.line), byteCount: UInt(capacity))
    else { stopForMemory(UInt(capacity)) }
    thread.pointee.line = line.assumingMemoryBound(to: CChar.self)
    thread.pointee.line_capacity = capacity
  }
  thread.pointee.line[Int(thread.pointee.line_length)] = CChar(truncatingIfNeeded: character)
  thread.pointee.line_length += 1
  return character
}

private func endLine(_ thread: ThreadPointer, mayStop: Bool = true) {
  let length = thread.pointee.line_length
  // Before it is written: the page's callback may call what prints in its turn.
  thread.pointee.line_is_report = 0
  thread.pointee.line_length = 0
  printLine(stream: .output, thread.pointee.line, length, mayStop: mayStop)
}

/// Whether the line reads like `File.swift:1: Fatal error: …`.
private func isFailureReport(_ thread: ThreadPointer) -> Bool {
  let line = UnsafeBufferPointer(start: thread.pointee.line, count: Int(thread.pointee.line_length))
  return line.contains("Fatal error") || line.contains("recondition failed")
    || line.contains("Assertion failed")
}

extension UnsafeBufferPointer<CChar> {
  fileprivate func contains(_ part: StaticString) -> Bool {
    let length = part.utf8CodeUnitCount
    guard count >= length else { return false }
    return (0...count - length).contains { start in
      (0..<length).allSatisfy { UInt8(bitPattern: self[start + $0]) == part.utf8Start[$0] }
    }
  }
}

/// After a trap, on its thread: the line that reported it, held back by `putCharacter`.
///
/// - Returns: its address in the upper half, its length in the lower; 0 if there is none.
@_cdecl("webble_trap_report")
func trapReport() -> UInt64 {
  #if WEBBLE_EXPLORES
    printSchedule()
  #endif
  let thread = currentThread()
  guard thread.pointee.line_is_report != 0 else {
    endPartialLine(thread, mayStop: false)
    return 0
  }
  let length = thread.pointee.line_length
  // Told once: it is no line of the program's output.
  thread.pointee.line_is_report = 0
  thread.pointee.line_length = 0
  return UInt64(UInt(bitPattern: thread.pointee.line)) << 32 | UInt64(length)
}

/// Prints a report that was not followed by a trap. At the end of a turn.
func releaseReport() {
  let thread = currentThread()
  if thread.pointee.line_is_report != 0 { endLine(thread) }
}

/// Prints what this thread has printed without a newline. At the end of the program.
func endPartialLine(_ thread: ThreadPointer, mayStop: Bool = true) {
  if thread.pointee.line_length != 0 { endLine(thread, mayStop: mayStop) }
}

/// - Parameter mayStop: whether the program stops if there is no memory for the line; else it is lost.
func printLine(
  stream: PrintStream, _ text: UnsafePointer<CChar>?, _ length: UInt32, mayStop: Bool = true
) {
  if isMainThread() {
    writePrintedLines()
    webble_js_print(stream.rawValue, text, length)
    return
  }
  let byteCount = UInt(MemoryLayout<PrintedLine>.size) + UInt(length)
  guard let block = Allocator.allocate(byteCount: byteCount) else {
    if mayStop { stopForMemory(byteCount) }
    return
  }
  block.bindMemory(to: PrintedLine.self, capacity: 1).initialize(
    to: PrintedLine(header: JobHeader(), stream: stream.rawValue, length: length))
  if let text {
    (block + MemoryLayout<PrintedLine>.size).copyMemory(from: text, byteCount: Int(length))
  }
  printedLines.push(block.assumingMemoryBound(to: JobHeader.self))
  mainWorker().wake()
}

/// A line that C code has written to its error stream.
@_cdecl("webble_print_error_line")
func printErrorLine(_ text: UnsafePointer<CChar>?, _ length: UInt) {
  printLine(stream: .error, text, UInt32(length))
}

/// Writes what other threads have printed. Main thread only.
func writePrintedLines() {
  if printedLines.isEmpty { return }
  var lines = printedLines.takeAll()
  while let job = lines.popFirst() {
    let block = UnsafeMutableRawPointer(job)
    let line = block.assumingMemoryBound(to: PrintedLine.self)
    webble_js_print(
      line.pointee.stream,
      (block + MemoryLayout<PrintedLine>.size).assumingMemoryBound(to: CChar.self),
      line.pointee.length)
    Allocator.deallocate(block)
  }
}

/// Whether this is the thread of the page, whichever worker's turn it takes.
@_cdecl("webble_is_main_thread")
func isMainThread() -> Bool {
  guard let worker = currentThread().currentWorker else { return false }
  return worker.pointee.pool == nil || worker.pointee.isVirtual
}
