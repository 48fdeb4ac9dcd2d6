#if arch(wasm32)
@_spi(Webble) import _Concurrency
#endif

/// Stops the program with a message unless an argument makes sense. In release builds, too, where a failed
/// `precondition` is only a trap.
@inline(__always)
func require(
  _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID,
  line: UInt = #line
) {
  if !condition { fatalError(message(), file: file, line: line) }
}
