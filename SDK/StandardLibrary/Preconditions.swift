// Preconditions that tell their text in release builds, too, where the standard library's forget it. Only in an SDK for
// `webble build --checks`.

#if WEBBLE_KEEPS_CHECKS
  /// Stops the program, with the text, if a condition does not hold.
  @inlinable
  @inline(__always)
  public func precondition(
    _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> StaticString = StaticString(),
    file: StaticString = #fileID, line: UInt = #line
  ) {
    if !condition() { failPrecondition(message(), file, line) }
  }

  /// Stops the program, with the text, where it must not come.
  @inlinable
  @inline(__always)
  public func preconditionFailure(
    _ message: @autoclosure () -> StaticString = StaticString(), file: StaticString = #fileID, line: UInt = #line
  ) -> Never {
    failPrecondition(message(), file, line)
  }

  /// In the concurrency library, which knows how to stop: this one imports nothing.
  @usableFromInline
  @_silgen_name("webble_fail_precondition")
  func failPrecondition(_ message: StaticString, _ file: StaticString, _ line: UInt) -> Never
#endif
