/// The longest a turn may hold the event loop, but for one job that runs longer, in nanoseconds: short enough
/// for timers and messages to be on time, long enough to make the round of the event loop (5 to 20 µs)
/// negligible.
let timeSlice: Int64 = 4_000_000

/// How many jobs a turn runs between two looks at the clock.
///
/// A batch grows while it takes a small part of the slice, so that short jobs do not pay for the clock. It
/// collapses when it takes more, so that long ones do not add up.
struct BatchPacer {
  /// A power of two, at most 64.
  private(set) var size = 1

  /// A batch has run and has taken `elapsed` nanoseconds.
  mutating func adapt(to elapsed: Int64) {
    if elapsed > timeSlice / 16 {
      size = 1
    } else if elapsed < timeSlice / 64 {
      size = Swift.min(64, size * 2)
    }
  }
}
