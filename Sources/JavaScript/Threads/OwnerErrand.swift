/// Runs `body` on the object's thread: at once if this is it, else soon, or not at all if it has
/// ended. Any thread.
func onOwner(of reference: RemoteReference, _ body: @escaping @Sendable (JSObject) -> Void) {
  if reference.owner.isCurrent {
    body(reference.object)
    return
  }
  reference.owner.start { () async in body(reference.object) }
}

/// A value that goes between threads although the compiler cannot see that only one uses it.
struct Handed<Value>: @unchecked Sendable {
  let value: Value
}

/// Waits for what `wait` returns, a task of this thread; if the current task is cancelled
/// meanwhile, runs `cancel` with the object, on this thread, which has to end the wait.
///
/// The wait is a task of its own because the language runs the body of a cancellation handler's
/// scope wherever generic code runs, and the objects must not be touched elsewhere.
nonisolated(nonsending) func waiting<Value>(
  _ object: JSObject, cancel: @escaping @Sendable (JSObject) -> Void,
  _ wait: @escaping () async -> Value
) async -> Value {
  let handle = spawnLocal { () async -> Handed<Value> in Handed(value: await wait()) }
  let reference = RemoteReference(object)
  let result = await withTaskCancellationHandler {
    await handle.result
  } onCancel: {
    onOwner(of: reference, cancel)
  }
  if case .success(let value) = result { return value.value }
  // The thread has ended, and abandons this task too.
  return await withUnsafeContinuation { _ in }
}
