import CRuntime
import Swift
import WebbleScheduler

// Randomised schedules, for tests of concurrent code: `webble test --schedule-seed N` builds an SDK in which
// WEBBLE_SCHEDULE_SEED is not negative. In all others these decisions are constants.

/// Whether to take the longer way this once: to suspend where the task could go on in place, or to let another
/// worker have it.
@inline(__always)
func isDisturbed() -> Bool {
  #if WEBBLE_EXPLORES
    choosesDetour()
  #else
    WEBBLE_SCHEDULE >= 0 && drawDisturbance()
  #endif
}

/// Marsaglia's xorshift ("Xorshift RNGs", 2003), a sequence for each worker.
private func drawDisturbance() -> Bool {
  let thread = currentThread()
  if thread.pointee.random == 0 {
    let index = thread.currentWorker?.pointee.index ?? -2
    thread.pointee.random =
      UInt32(truncatingIfNeeded: Int(WEBBLE_SCHEDULE) &* 64 &+ index &+ 3) &* 0x9E37_79B9 | 1
  }
  thread.pointee.random ^= thread.pointee.random << 13
  thread.pointee.random ^= thread.pointee.random >> 17
  thread.pointee.random ^= thread.pointee.random << 5
  return thread.pointee.random >> 16 & 1 != 0
}
