/// The state word of a task group.
///
/// Of one that keeps results:
///
///     0 ── a child completes ──▶ completed   the newest of the completed children, each linked to the one
///     │                             │        before it; the parent takes them all (exchange)
///     │ the parent waits            └──────▶ 0
///     ▼
///     waiting ── a child completes (exchange to 0): it hands its result over and resumes the parent
///
/// The parent waits only when the word is 0, so there are never both. A child publishes its result by its
/// exchange (release), and the parent acquires it by its own, or by the queue that resumes it.
///
/// Of a discarding group the word counts running children, twice, plus 1 while the parent waits for none.
struct GroupState: Hashable {
  var word: UInt

  static let empty: UInt = 0
  static let waiting: UInt = 1
  static let oneChild: UInt = 2

  /// What becomes of the word when `child`, an address, has completed.
  ///
  /// - Returns: also the child to link it to; nil if the parent waits, which the child then resumes.
  func completing(_ child: UInt) -> (GroupState, link: UInt?) {
    word == GroupState.waiting
      ? (GroupState(word: GroupState.empty), nil) : (GroupState(word: child), word)
  }

  /// What the parent makes of the word by a compare-and-exchange, once it is off its thread; nil if a
  /// child has completed, whose result it takes instead.
  func waiting() -> GroupState? {
    word == GroupState.empty ? GroupState(word: GroupState.waiting) : nil
  }

  /// Discarding groups: the word when a child has ended, and whether that child resumes the parent.
  func endingChild() -> (GroupState, mustResume: Bool) {
    let left = GroupState(word: word - GroupState.oneChild)
    return (left, left.word == GroupState.waiting)
  }

  /// Discarding groups: the word when the parent, off its thread, waits until no child runs, and whether
  /// it goes on because none does.
  func waitingForAll() -> (GroupState, mustResume: Bool) {
    (GroupState(word: word + GroupState.waiting), word == 0)
  }
}
