/// The state word of a default actor.
///
///     bit 0   locked   some task runs on the actor, or has been granted it and is in a queue
///     bit 1   zombie   the actor has been deallocated; the task that unlocks it frees its memory
///     rest    line     the newest of the jobs that wait, linked to older ones by `next`
///
///     0 ── lock, join (exchange 0 → locked) ──▶ locked ── join ──▶ locked + line
///     ▲                                           │ ▲                    │
///     └──────────── unlock (exchange) ────────────┘ └─ the holder takes it
///
/// Jobs wait only while it is locked, so the holder finds every one of them: its unlocking exchange fails
/// if one has come. Unlocking is a release, and every way to the lock (the exchange from 0, or the queue that
/// carries a granted task) is an acquire.
struct ActorState: Hashable {
  var word: UInt

  static let locked: UInt = 1
  static let zombie: UInt = 2
  static let flags: UInt = 3

  /// The newest of the jobs that wait; 0 for none.
  var line: UInt { word & ~ActorState.flags }

  /// What a job, an address, makes of the word by a compare-and-exchange.
  ///
  /// - Returns: also the older job to link it to; nil if it has locked the actor instead.
  func joining(_ job: UInt) -> (ActorState, link: UInt?) {
    word == 0
      ? (ActorState(word: ActorState.locked), nil)
      : (ActorState(word: job | word & ActorState.flags), line)
  }

  /// The word when the holder has taken the line; nil if there is none.
  func takingLine() -> ActorState? {
    line == 0 ? nil : ActorState(word: word & ActorState.flags)
  }

  /// What the holder, who knows of nobody that waits, makes of the word.
  enum Unlocking: Hashable {
    case unlocks(ActorState)
    /// Nobody can come to an actor that has been deallocated.
    case frees
    /// Somebody has come.
    case looksAgain
  }

  func unlocking() -> Unlocking {
    switch word {
    case ActorState.locked: .unlocks(ActorState(word: 0))
    case ActorState.locked | ActorState.zombie: .frees
    default: .looksAgain
    }
  }

  /// The word when the object has been deallocated, and whether its memory goes at once.
  func deallocating() -> (ActorState, frees: Bool) {
    (ActorState(word: word | ActorState.zombie), word & ActorState.locked == 0)
  }
}
