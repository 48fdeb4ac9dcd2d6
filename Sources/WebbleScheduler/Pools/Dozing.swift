#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

// How the main thread collects. While it awaits the results of many short jobs it would be woken for nearly
// each: a notification on the worker, and on main a round of the event loop, in place of what it waits for
// if there are as many workers as processors. There, where mail has come fast and main has handed nothing
// over in return, it dozes: it sleeps as ever, but comes back by itself after `dozeTime`, and says so. A
// worker that has more jobs at hand then puts off the notification until it has none, blocks, or ends its
// turn.
//
// Why nothing waits for longer than a doze, where timers are on time. Senders and main pair up as for the
// futex word (Parking.swift), all sequentially consistent:
//
//     sender: push the job (store mailbox)   then   load `isDozing`
//     main:   store `isDozing`               then   look at the mailbox, before each sleep
//
// A sender that puts off has read true. If main has stored false since, main's look comes after that store,
// the store after the sender's load, and the load after the push: main sees the job. If it has not, it is
// awake and will look, or it sleeps and has asked its event loop for a turn when the doze ends.
//
// A page in the background gets its timers late, by seconds. So one late end of a doze is the last: until
// main next hands work over, it is woken at once.

extension WorkerPointer {
  /// Workers with threads of their own have begun or, if fewer than none, ended. The main thread's worker,
  /// on its thread.
  public func countThreads(_ change: Int, processors: Int) {
    pointee.doze.countThreads(change, processors: processors)
  }

  /// The main thread is about to sleep. Owner only, before it announces that and looks at its mailbox.
  func decideToDoze(_ time: Int64) {
    let dozes = pointee.doze.decide(at: time, jobsRun: pointee.jobsRun)
    if dozes != pointee.isDozing.load(ordering: .relaxed) {
      pointee.isDozing.store(dozes, ordering: .sequentiallyConsistent)
    }
  }

  /// When its event loop is to give it a turn: the next timer, or the end of a doze. Owner only.
  public var nextDeadline: Int64? {
    guard let doze = pointee.doze.end else { return pointee.timers.nextDeadline }
    return Swift.min(doze, pointee.timers.nextDeadline ?? .max)
  }

  /// Puts off waking the main thread, this worker, if it dozes and the sender has more to run. After the push.
  func putsOffWake(by sender: WorkerPointer) -> Bool {
    guard sender.pointee.isInTurn, pointee.isDozing.load(ordering: .sequentiallyConsistent),
      !sender.pointee.pinned.isEmpty || !sender.pointee.stealable.isEmpty
    else { return false }
    sender.pointee.putOffWake = self
    return true
  }

  /// Wakes whom this worker has put off to wake, if it has not come back meanwhile. Owner only.
  func wakePutOff() {
    guard let sleeper = pointee.putOffWake else { return }
    pointee.putOffWake = nil
    if !sleeper.pointee.mailbox.isEmpty { sleeper.wake() }
  }
}
