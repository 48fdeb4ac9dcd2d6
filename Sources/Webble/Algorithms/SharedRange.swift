#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

/// A range of 32-bit numbers, from which its owner takes chunk by chunk at the front, and others
/// from behind.
final class SharedRange: Sendable {
  /// The lower bound and, in the upper half, the upper one. Nothing else is published by it.
  private let bounds: Atomic<UInt64>

  init(_ range: Range<Int>) { bounds = Atomic(Self.packed(range)) }

  private static func packed(_ range: Range<Int>) -> UInt64 {
    UInt64(UInt32(truncatingIfNeeded: range.upperBound)) << 32
      | UInt64(UInt32(truncatingIfNeeded: range.lowerBound))
  }

  private static func unpacked(_ bounds: UInt64) -> Range<Int> {
    let lower = Int(Int32(truncatingIfNeeded: bounds))
    return Range(uncheckedBounds: (lower, Int(Int32(truncatingIfNeeded: bounds >> 32))))
  }

  var count: Int { Self.unpacked(bounds.load(ordering: .relaxed)).count }

  /// What is to be done first of a range: at most `count`, and never so much that there is nothing
  /// left to split, should it take longer than the last.
  static func split(_ range: Range<Int>, _ count: Int) -> (taken: Range<Int>, left: Range<Int>) {
    let middle = range.lowerBound + Swift.min(count, range.count - range.count / 2)
    return (range.lowerBound..<middle, middle..<range.upperBound)
  }

  /// Takes what is to be done first; nil if there is nothing left. Owner only.
  func take(_ count: Int) -> Range<Int>? {
    change { Self.split($0, count) }
  }

  /// Takes the second half, and the last element too; nil if there is nothing left. Any thread.
  func takeHalf() -> Range<Int>? {
    change { range in
      let middle = range.lowerBound + range.count / 2
      return (middle..<range.upperBound, range.lowerBound..<middle)
    }
  }

  @inline(__always)
  private func change(
    _ split: (Range<Int>) -> (taken: Range<Int>, left: Range<Int>)
  ) -> Range<Int>? {
    var seen = bounds.load(ordering: .relaxed)
    while true {
      let range = Self.unpacked(seen)
      if range.isEmpty { return nil }
      let (taken, left) = split(range)
      let (exchanged, original) = bounds.compareExchange(
        expected: seen, desired: Self.packed(left), ordering: .relaxed)
      if exchanged { return taken }
      seen = original
    }
  }

  /// Gives the owner another range, when this one is empty. It is one that has never been here, so
  /// nobody takes it for the old one. Owner only.
  func refill(_ range: Range<Int>) { bounds.store(Self.packed(range), ordering: .relaxed) }
}
