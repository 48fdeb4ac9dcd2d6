#if arch(wasm32)
@_spi(Webble) import _Concurrency

/// Says what the current task is about to wait for, for dumps: in the body of `withUnsafeContinuation`.
@inline(__always)
func willWait(for thing: JavaScriptWait) {
  switch thing {
  case .promise: noteWait(.promise)
  case .event: noteWait(.event)
  case .otherThread: noteWait(.otherThread)
  }
}
#endif
