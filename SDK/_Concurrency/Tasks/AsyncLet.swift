import Builtin
import CRuntime
import Swift
import WebbleAtomics

// `async let`: a child task whose record is in the parent's frame.

/// In the frame's 80 words. Only the parent's thread touches it.
struct AsyncLet {
  /// The child, +1 until the scope ends.
  var child: TaskPointer
  /// The value is in the parent's buffer.
  var isTaken: Bool
}

private func asyncLet(_ frame: UnsafeMutableRawPointer) -> UnsafeMutablePointer<AsyncLet> {
  frame.assumingMemoryBound(to: AsyncLet.self)
}

@_silgen_name("swift_asyncLet_get")
public func _asyncLet_get(_ asyncLet: Builtin.RawPointer, _ result: Builtin.RawPointer) async

@_cdecl("webble_async_let_begin")
func beginAsyncLet(
  _ frame: UnsafeMutableRawPointer, _ options: UnsafeRawPointer?,
  _ function: UnsafePointer<webble_async_function>, _ closure: UnsafeMutableRawPointer?
) {
  // The closure's context is part of the parent's frame, too.
  let flags = TaskFlags.child | TaskFlags.enqueue | TaskFlags.borrowsClosure
  let child = createTask(flags, options, function, closure)
  frame.bindMemory(to: AsyncLet.self, capacity: 1).initialize(
    to: AsyncLet(child: child, isTaken: false))
}

/// Reads the value: waits for it the first time.
@_cdecl("webble_decide_async_let_get")
func decideAsyncLetGet(
  _ context: UnsafeMutableRawPointer, _ frame: UnsafeMutableRawPointer,
  _ result: UnsafeMutableRawPointer?, _ resume: UnsafeMutableRawPointer,
  _ scratch: UnsafeMutableRawPointer
) -> Step {
  if asyncLet(frame).pointee.isTaken { return step(resume, context) }
  asyncLet(frame).pointee.isTaken = true
  return decideFutureWait(result, context, asyncLet(frame).pointee.child, resume, scratch)
}

/// Ends the scope: a child whose value was never asked for is cancelled and waited for.
@_cdecl("webble_decide_async_let_finish")
func decideAsyncLetFinish(
  _ context: UnsafeMutableRawPointer, _ frame: UnsafeMutableRawPointer,
  _ result: UnsafeMutableRawPointer?, _ resume: UnsafeMutableRawPointer,
  _ scratch: UnsafeMutableRawPointer
) -> Step {
  let child = asyncLet(frame).pointee.child
  if asyncLet(frame).pointee.isTaken {
    child.pointee.destroy_result?(result, nil)
  } else {
    cancelTask(child)
  }
  disown(child)
  return decideChildEnd(context, child, resume, scratch)
}
