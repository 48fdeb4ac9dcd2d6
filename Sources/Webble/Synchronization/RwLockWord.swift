/// The word of a lock for many readers or one writer, as a pure value: what each step makes of it.
///
///     bits 0 to 29   how many readers are inside; all ones: a writer is
///     bit 30         a writer waits: no reader gets in before it
///     bit 31         somebody sleeps, and is to be woken when the lock may be free for them
///
/// Bit 30 is set by a writer that finds the lock taken, and cleared by the writer that gets in or
/// leaves. So readers that keep coming cannot keep a writer out; and when a writer leaves, readers
/// and writers have the same chance, so that writers that keep coming cannot keep readers out.
struct RwLockWord: Equatable {
  var bits: UInt32 = 0

  private static let writer: UInt32 = 1 << 30 - 1
  private static let writerWaits: UInt32 = 1 << 30
  private static let sleepers: UInt32 = 1 << 31

  private var holders: UInt32 { bits & Self.writer }
  private var isFree: Bool { holders == 0 }

  /// With one more reader; nil if none may get in now.
  var withReader: RwLockWord? {
    if bits & Self.writerWaits != 0 || holders >= Self.writer - 1 { return nil }
    return RwLockWord(bits: bits + 1)
  }

  /// With a writer; nil if none may get in now.
  var withWriter: RwLockWord? {
    isFree ? RwLockWord(bits: bits & Self.sleepers | Self.writer) : nil
  }

  /// With somebody who is about to sleep, or to spin if it must not.
  func withWaiter(isWriter: Bool, sleeps: Bool) -> RwLockWord {
    RwLockWord(
      bits: bits | (isWriter ? Self.writerWaits : 0) | (sleeps ? Self.sleepers : 0))
  }

  /// With one reader less, and whether all who sleep are to be woken.
  var withoutReader: (word: RwLockWord, wakes: Bool) {
    let word = RwLockWord(bits: bits - 1)
    guard word.isFree else { return (word, false) }
    return (
      RwLockWord(bits: word.bits & ~Self.sleepers), word.bits & Self.sleepers != 0
    )
  }

  /// Without the writer, and whether all who sleep are to be woken.
  var withoutWriter: (word: RwLockWord, wakes: Bool) {
    (RwLockWord(), bits & Self.sleepers != 0)
  }
}
