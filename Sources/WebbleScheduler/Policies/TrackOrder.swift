/// Where a worker looks for its next job first. Counts the looks: the tracks take turns, and now and then what
/// usually comes last comes first, so that nothing waits forever behind work that keeps coming.
struct TrackOrder {
  /// One look in this many serves the lowest class, or the injector, first.
  static let interval: UInt32 = 64

  private var tick: UInt32 = 0

  /// The next look begins.
  mutating func advance() { tick &+= 1 }

  /// Pinned jobs come before stealable ones.
  var isPinnedFirst: Bool { tick & 1 == 0 }

  /// Whether to look at the mailbox while there are pinned jobs at hand. Each look fetches the cache line that
  /// senders write. So where jobs are short, one look in a batch does, and what has come shares its transfer.
  ///
  /// - Parameter batch: the batch's size, a power of two.
  func looksAtMailbox(batch: Int) -> Bool { tick & UInt32(batch - 1) < 2 }

  /// The lowest class of pinned jobs comes first. Two looks in a row, since one of two is for stealable jobs.
  var isLowestPinnedFirst: Bool { tick % Self.interval < 2 }

  /// The oldest stealable job of the lowest class comes first.
  var isLowestStealableFirst: Bool { tick % Self.interval == 1 }

  /// What lies in the injector comes first. Half an interval from the lowest class, and odd, as looks at
  /// stealable jobs are.
  var isInjectorFirst: Bool { tick % Self.interval == 33 }
}
