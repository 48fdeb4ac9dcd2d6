/// Cuts a stream of bytes at its newlines.
struct LineSplitter {
  private var partial: [UInt8] = []

  /// The lines that `bytes` completes.
  mutating func add(_ bytes: some Sequence<UInt8>) -> [String] {
    var lines: [String] = []
    for byte in bytes {
      if byte == UInt8(ascii: "\n") {
        lines.append(String(decoding: partial, as: UTF8.self))
        partial.removeAll(keepingCapacity: true)
      } else {
        partial.append(byte)
      }
    }
    return lines
  }

  /// What follows the last newline, if anything does.
  mutating func finish() -> String? {
    guard !partial.isEmpty else { return nil }
    defer { partial = [] }
    return String(decoding: partial, as: UTF8.self)
  }
}
