import Foundation

/// A 64-bit FNV-1a hash (Fowler, Noll, Vo) of a sequence of values. It tells versions of the same
/// sources apart; it is no protection against somebody who looks for collisions.
struct Fingerprint: Hashable, CustomStringConvertible {
  private var state: UInt64 = 0xcbf2_9ce4_8422_2325

  /// The length goes in first, so that ("ab", "c") and ("a", "bc") differ.
  mutating func add(_ bytes: some Collection<UInt8>) {
    withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { mix($0) }
    mix(bytes)
  }

  mutating func add(_ text: String) { add(text.utf8) }

  private mutating func mix(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  var description: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
