import Webble

/// A file of bytes, as the browser's private file system has them, or memory.
public protocol LogFile: AnyObject {
  var size: Int { get }
  func read(_ count: Int, at offset: Int) -> [UInt8]
  func write(_ bytes: [UInt8], at offset: Int)
  func truncate(to size: Int)
  /// Returns when what was written is safe.
  func flush()
}

/// Values by their keys, in a file to which every change is appended. Opening reads the changes again; one that was cut
/// off, as by a crash, is dropped with what follows it.
///
/// A change is the length of the key, that of the value or `removed`, a checksum of both texts, and the texts.
public struct LogStore<File: LogFile> {
  public let file: File
  /// Where values lie in the file.
  private var places: [String: Range<Int>] = [:]
  private var end = 0

  private var headSize: Int { 12 }
  private var removed: UInt32 { .max }

  public init(_ file: File) {
    self.file = file
    let bytes = file.read(file.size, at: 0)
    while let next = change(in: bytes, at: end) {
      places[next.key] = next.value
      end = next.end
    }
    if end < bytes.count { file.truncate(to: end) }
  }

  public var keys: [String] { places.keys.sorted() }
  public var count: Int { places.count }
  public var fileSize: Int { end }

  /// How many bytes of the file nobody needs any more.
  public var deadSize: Int {
    end - places.reduce(0) { $0 + headSize + $1.key.utf8.count + $1.value.count }
  }

  public subscript(key: String) -> String? {
    get { places[key].map { String(decoding: file.read($0.count, at: $0.lowerBound), as: UTF8.self) } }
    set { append([(key, newValue)]) }
  }

  /// Many changes with one write.
  public mutating func append(_ changes: [(key: String, value: String?)]) {
    var bytes: [UInt8] = []
    for (key, value) in changes {
      let start = bytes.count
      add(UInt32(key.utf8.count), to: &bytes)
      add(value.map { UInt32($0.utf8.count) } ?? removed, to: &bytes)
      add(checksum(key.utf8, value?.utf8), to: &bytes)
      bytes += key.utf8
      bytes += value.map { Array($0.utf8) } ?? []
      let texts = end + start + headSize
      places[key] = value.map { texts + key.utf8.count..<texts + key.utf8.count + $0.utf8.count }
    }
    file.write(bytes, at: end)
    end += bytes.count
  }

  /// Writes the file anew, with what is still needed. It is not safe from a crash meanwhile: a second file would be.
  public mutating func compact() {
    let values = keys.map { (key: $0, value: self[$0]) }
    file.truncate(to: 0)
    (places, end) = ([:], 0)
    append(values)
    file.flush()
  }

  private func change(in bytes: [UInt8], at start: Int) -> (key: String, value: Range<Int>?, end: Int)? {
    guard bytes.count - start >= headSize else { return nil }
    let keyLength = number(in: bytes, at: start), valueLength = number(in: bytes, at: start + 4)
    let hasValue = valueLength != removed
    let texts = start + headSize
    // Lengths that lead out of the file are of something that was not written to its end.
    let rest = UInt32(bytes.count - texts)
    guard keyLength <= rest, !hasValue || valueLength <= rest - keyLength else { return nil }
    let key = texts..<texts + Int(keyLength)
    let value = key.upperBound..<key.upperBound + (hasValue ? Int(valueLength) : 0)
    guard checksum(bytes[key], hasValue ? bytes[value] : nil) == number(in: bytes, at: start + 8) else { return nil }
    return (String(decoding: bytes[key], as: UTF8.self), hasValue ? value : nil, value.upperBound)
  }
}

private func add(_ number: UInt32, to bytes: inout [UInt8]) {
  for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
}

private func number(in bytes: [UInt8], at start: Int) -> UInt32 {
  (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
}

/// FNV-1a, by Fowler, Noll and Vo; of a change without a value another than of one with an empty one.
private func checksum(_ key: some Sequence<UInt8>, _ value: (some Sequence<UInt8>)?) -> UInt32 {
  var sum: UInt32 = value == nil ? 2_166_136_261 : 2_166_136_262
  for byte in key { sum = (sum ^ UInt32(byte)) &* 16_777_619 }
  if let value { for byte in value { sum = (sum ^ UInt32(byte)) &* 16_777_619 } }
  return sum
}
