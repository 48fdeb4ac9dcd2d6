/// What of JavaScript a task waits for.
enum JavaScriptWait {
  case promise
  case event
  /// An answer of another thread.
  case otherThread
}

#if !arch(wasm32)
/// Natively nobody keeps a record of waits, or explores schedules.
func willWait(for thing: JavaScriptWait) {}
func willAnswer(_ task: WaitingTask) {}
func answer(_ task: WaitingTask, _ outcome: Result<JSValue, JSError>) { task.resume(outcome) }
func noteClosure(_ box: UnsafeMutableRawPointer, madeAt origin: String) {}
func noteCall(_ box: UnsafeMutableRawPointer) {}
#endif
