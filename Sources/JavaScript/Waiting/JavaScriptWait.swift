/// What of JavaScript a task waits for.
enum JavaScriptWait {
  case promise
  case event
  /// An answer of another thread.
  case otherThread
}

#if !arch(wasm32)
/// Natively nobody keeps a record of waits.
func willWait(for thing: JavaScriptWait) {}
#endif
