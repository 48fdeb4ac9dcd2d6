#if !arch(wasm32)
#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What the program was started with, without the program's own name. Any thread.
public let programArguments: [String] = Array(CommandLine.arguments.dropFirst())

/// Ends the program, on all its threads, with a status. Any thread. What was printed before is written.
public func exit(_ status: Int32) -> Never { leave(status) }

/// The same, for a status that is an `Int`.
public func exit(_ status: Int) -> Never { leave(Int32(truncatingIfNeeded: status)) }

/// C's function, which in a function of its name cannot be called by it.
@_silgen_name("exit") private func leave(_ status: Int32) -> Never

/// Suspends the current task for at least `milliseconds`, or until it is cancelled.
public func sleep(milliseconds: Int) async {
  try? await Task.sleep(nanoseconds: UInt64(Swift.max(0, milliseconds)) * 1_000_000)
}
#endif
