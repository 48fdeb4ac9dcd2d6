#if arch(wasm32)
import CRuntime
@_spi(Webble) import _Concurrency

/// What the program was started with: after `--` on the tool's command line, or in the glue's
/// `start({ arguments })`. Any thread.
public let programArguments: [String] = {
  let count = Int(webble_js_arguments_size())
  let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
  defer { bytes.deallocate() }
  webble_js_arguments_copy(bytes.baseAddress?.assumingMemoryBound(to: CChar.self))
  return bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast()
    .map { String(decoding: $0, as: UTF8.self) }
}()

/// Ends the program, on all its threads, with a status. Any thread. What was printed before is written.
public func exit(_ status: Int32) -> Never {
  flushPrintedLines()
  webble_js_exit(status)
}

/// The same. That there are two matters: when an asynchronous `main` has returned, the compiler calls a
/// function `exit` that it looks up by name, and takes C's, which lets the page's callbacks and workers go
/// on, unless it finds exactly one in Swift.
public func exit(_ status: Int) -> Never { exit(Int32(truncatingIfNeeded: status)) }

/// Suspends the current task for at least `milliseconds`, or until it is cancelled, by a timer of the
/// thread's event loop. Less than 0 counts as 0.
public func sleep(milliseconds: Int) async {
  try? await Task.sleep(nanoseconds: UInt64(Swift.max(0, milliseconds)) * 1_000_000)
}
#endif
