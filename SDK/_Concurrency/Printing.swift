import CRuntime
import Swift
import Synchronization
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
  if character == 0x0A {
    printLine(stream: .output, thread.pointee.line, thread.pointee.line_length)
    thread.pointee.line_length = 0
    return character
  }
  if thread.pointee.line_length == thread.pointee.line_capacity {
    let capacity = thread.pointee.line_capacity == 0 ? 128 : thread.pointee.line_capacity * 2
    guard
      let line = Allocator.reallocate(
        UnsafeMutableRawPointer(thread.pointee.line), byteCount: UInt(capacity))
    else { return -1 }
    thread.pointee.line = line.assumingMemoryBound(to: CChar.self)
    thread.pointee.line_capacity = capacity
  }
  thread.pointee.line[Int(thread.pointee.line_length)] = CChar(truncatingIfNeeded: character)
  thread.pointee.line_length += 1
  return character
}

func printLine(stream: PrintStream, _ text: UnsafePointer<CChar>?, _ length: UInt32) {
  if isMainThread() {
    writePrintedLines()
    webble_js_print(stream.rawValue, text, length)
    return
  }
  let block = allocateOrStop(UInt(MemoryLayout<PrintedLine>.size) + UInt(length), alignment: 16)
  block.bindMemory(to: PrintedLine.self, capacity: 1).initialize(
    to: PrintedLine(header: JobHeader(), stream: stream.rawValue, length: length))
  if let text {
    (block + MemoryLayout<PrintedLine>.size).copyMemory(from: text, byteCount: Int(length))
  }
  printedLines.push(block.assumingMemoryBound(to: JobHeader.self))
  mainWorker().wake()
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
func isMainThread() -> Bool {
  guard let worker = currentThread().currentWorker else { return false }
  return worker.pointee.pool == nil || worker.pointee.isVirtual
}
