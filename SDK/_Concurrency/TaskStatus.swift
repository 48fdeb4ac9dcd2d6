import Swift

/// The bits of a task's status word. Any thread may read it; every change is a read-modify-write.
///
///     bit 0      cancelled   set once, by anyone; never cleared
///     bit 1      locked      somebody reads or changes the list of cancellation handlers. Held for a
///                            few instructions, never across a call
///     bit 2      taken       the result of a pool's task was taken out of its handle
///     bits 8-15  priority    written when the task is made
enum TaskStatus {
  static let cancelled: UInt = 1
  static let locked: UInt = 2
  static let taken: UInt = 4

  static func initial(priority: UInt) -> UInt { priority << 8 }
  static func priority(of status: UInt) -> UInt { status >> 8 & 0xFF }
}
