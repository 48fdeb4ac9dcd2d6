/// Where instructions have gone that a pass has moved: by it, what is known of the code's addresses stays right.
///
/// Addresses count from the beginning of the code section's content.
public struct CodeMoves: Sendable {
  /// From this old address on, up to the next one, code has moved by the same distance.
  private var moves: [(old: Int, new: Int)] = []

  public init() {}

  /// Notes a move; in the order of addresses.
  mutating func add(old: Int, new: Int) {
    if let last = moves.last, last.new - last.old == new - old { return }
    moves.append((old, new))
  }

  /// Where code is now. The address of an instruction that is gone leads to what has followed it.
  public func newAddress(of old: Int) -> Int {
    var low = 0, high = moves.count
    while low < high {
      let middle = (low + high) / 2
      if moves[middle].old <= old { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return old }
    let moved = old - moves[low - 1].old + moves[low - 1].new
    return low < moves.count ? Swift.min(moved, moves[low].new) : moved
  }
}

extension [CodeMoves] {
  /// Where code is after one pass after another.
  public func newAddress(of old: Int) -> Int { reduce(old) { $1.newAddress(of: $0) } }
}
