/// A task that waits on this thread for something that JavaScript brings: in the thread's list
/// until it is resumed, so that the end of the thread can resume what nothing else will. The thread
/// itself only.
final class WaitingTask {
  private let continuation: UnsafeContinuation<Result<JSValue, JSError>, Never>
  private let thread: JavaScriptThreadPointer
  private var next: WaitingTask?
  private unowned(unsafe) var previous: WaitingTask?

  init(_ continuation: UnsafeContinuation<Result<JSValue, JSError>, Never>) {
    self.continuation = continuation
    thread = currentThread()
    next = thread.pointee.waiting
    next?.previous = self
    thread.pointee.waiting = self
  }

  /// Its name for the glue and other threads; the task must not have been resumed.
  var address: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  static func at(_ address: UnsafeMutableRawPointer) -> WaitingTask {
    Unmanaged<WaitingTask>.fromOpaque(address).takeUnretainedValue()
  }

  /// Once.
  func resume(_ outcome: Result<JSValue, JSError>) {
    if let previous { previous.next = next } else { thread.pointee.waiting = next }
    next?.previous = previous
    next = nil
    // It is read on the thread that resumes.
    nonisolated(unsafe) let outcome = outcome
    continuation.resume(returning: outcome)
  }
}
