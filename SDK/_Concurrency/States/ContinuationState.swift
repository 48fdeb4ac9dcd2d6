/// The states of a continuation, from `init` to the one resumption.
///
///                await                     resume
///     pending ──────────▶ awaited ──────────────────▶ (the resumer enqueues the task)
///        │
///        │ resume                await
///        └──────────▶ resumed ──────────▶ (the task goes on at once)
///
/// `await` takes the task off its thread before it says `awaited`: from then on the resumer's thread
/// may run it. The resumer has stored the value before it says `resumed` (release), and `await` sees
/// that by acquiring; the other way round, the queue carries the value.
enum ContinuationState: UInt {
  case pending = 0
  case awaited = 1
  case resumed = 2

  /// What `await` makes of the state by a compare-and-exchange, once the task is off its thread; nil if the
  /// task goes on instead.
  func awaiting() -> ContinuationState? { self == .pending ? .awaited : nil }

  /// What `resume` makes of the state by an exchange.
  ///
  /// - Returns: also whether the resumer enqueues the task.
  func resuming() -> (ContinuationState, mustEnqueue: Bool) { (.resumed, self == .awaited) }
}
