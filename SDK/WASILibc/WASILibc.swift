// The C library for Swift code that asks for one: `#if canImport(WASILibc)`, `import WASILibc`.
@_exported import CLibrary
@_exported import Mathematics

/// The last error of the calling thread, of C's functions.
public var errno: Int32 {
  get { __errno_location().pointee }
  set { __errno_location().pointee = newValue }
}

/// Ends the program, on all its threads, with a status, after what `atexit` was given has run. `Webble` has one,
/// too, which wins where both are imported.
@_disfavoredOverload
public func exit(_ status: Int32) -> Never { __webble_exit(status) }

/// The same. That there are two matters: the compiler calls a function of this name when an asynchronous `main`
/// has returned, and takes C's, which lets callbacks and workers go on, unless a module has exactly one.
@_disfavoredOverload
public func exit(_ status: Int) -> Never { __webble_exit(Int32(truncatingIfNeeded: status)) }
