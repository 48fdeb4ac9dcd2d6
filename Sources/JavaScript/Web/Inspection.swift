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

// What explored schedules know of JavaScript's answers: see LateAnswers.swift of the SDK.

/// The task waits for a promise.
@inline(__always)
func willAnswer(_ task: WaitingTask) {
  if isExploring { Exploration.willAnswer(task.address) }
}

@inline(__always)
func answer(_ task: WaitingTask, _ outcome: Result<JSValue, JSError>) {
  if isExploring { Exploration.answer(task.address) { task.resume(outcome) } } else { task.resume(outcome) }
}

/// Where closures were made that JavaScript may call. The main thread only, which is all that there is then.
nonisolated(unsafe) private var origins: [(box: UnsafeMutableRawPointer, text: String)] = []

@inline(__always)
func noteClosure(_ box: UnsafeMutableRawPointer, madeAt origin: String) {
  if isExploring { origins.append((box, origin)) }
}

/// The closure is called, perhaps by the event loop.
@inline(__always)
func noteCall(_ box: UnsafeMutableRawPointer) {
  if isExploring, !Exploration.isDriving {
    let origin = origins.last { $0.box == box }?.text ?? "an unknown place"
    Exploration.noteUncontrolled("when JavaScript calls the closure made at \(origin)")
  }
}
#endif
