/// The longest the main thread, which must not spin, comes back round its event loop before it parks, in
/// nanoseconds.
let lingerTime: Int64 = 100_000

/// Whether the main thread, with nothing to do at the moment, comes back after one round of its event loop: so
/// far it is awake, and nobody needs to notify it.
///
/// It does where it has handed work to other threads, since answers may follow soon. Where it has not, as when it
/// collects results, that would only take a processor from the threads that it waits for (`Doze`): row 7b was
/// 1.77–1.81 times as fast as on one worker, 1.79–1.89 since. `scheduler.postTask` for the round of the event loop,
/// instead of a `MessageChannel`, made no difference there.
struct Linger {
  private var isUnderWay = false
  private var end: Int64 = 0
  private var backoff = SpinBackoff()

  /// Main has run jobs.
  ///
  /// - Parameter hasHandedOver: these, or others since the last time, have given work to other threads.
  mutating func hasBeenBusy(at time: Int64, hasHandedOver: Bool) {
    if isUnderWay {
      isUnderWay = false
      backoff.hasPaid()
    }
    end = hasHandedOver ? time + lingerTime : time
  }

  /// Main has nothing to do.
  ///
  /// - Returns: whether it comes back, instead of going to sleep.
  mutating func comesBack(at time: Int64) -> Bool {
    if isUnderWay {
      if time >= end {
        isUnderWay = false
        backoff.hasFailed()
      }
    } else if time < end {
      isUnderWay = backoff.mayTry()
    }
    return isUnderWay
  }
}
