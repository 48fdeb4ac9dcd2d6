import Measuring
import Webble

/// How often each word occurs in 32 MiB of text.
final class WordCount: Kernel, @unchecked Sendable {
  private let text: Memory<UInt8>
  /// Nobody else's while the kernel runs.
  private var table = WordTable()

  init() {
    let size = amount(32 << 20, tiny: 4_096)
    text = Memory(size, space)
    var random = RandomNumbers()
    var end = 0
    // Words of one to six letters, the fewer letters the more often.
    while end + 8 < size {
      var number = random.next()
      number = (number & 0x3fff) >> (number >> 24 & 7)
      repeat {
        text.elements[end] = UInt8(ascii: "a") + UInt8(number % 13)
        number /= 13
        end += 1
      } while number > 0
      end += 1
    }
  }

  func prepare() { table = WordTable() }

  func run() { table.countWords(of: text, 0..<text.elements.count) }

  func run(on pool: ThreadPool) async {
    // Not more: each part has a table to merge with the others.
    let parts = pool.workerCount
    let size = text.elements.count
    let tables = await pool.map(Array(0..<parts)) { [text] part in
      let table = WordTable()
      table.countWords(
        of: text, self.wordStart(part * (size / parts))..<(
          part + 1 == parts ? size : self.wordStart((part + 1) * (size / parts))))
      return table
    }
    table = tables[0]
    for other in tables.dropFirst() { table.add(other, text) }
  }

  /// Where the first word begins that does not begin before `index`.
  private func wordStart(_ index: Int) -> Int {
    var index = index
    while index > 0, index < text.elements.count, text.elements[index - 1] != space { index += 1 }
    return index
  }

  var checksum: UInt32 { table.checksum }
}

private let space = UInt8(ascii: " ")

/// A hash table with open addressing: each word's place in the text, and how often it came.
final class WordTable: @unchecked Sendable {
  private struct Entry: BitwiseCopyable {
    var hash: UInt32 = 0
    var start: UInt32 = 0
    var length: UInt32 = 0
    /// 0: there is no word here.
    var count: UInt32 = 0
  }

  private static let capacity = 1 << 16
  private let entries = Memory(WordTable.capacity, Entry())

  func countWords(of text: Memory<UInt8>, _ range: Range<Int>) {
    let bytes = UnsafePointer(text.elements.baseAddress!)
    var index = range.lowerBound
    while index < range.upperBound {
      if bytes[index] == space {
        index &+= 1
        continue
      }
      let start = index
      // FNV-1a.
      var hash: UInt32 = 2_166_136_261
      while index < range.upperBound, bytes[index] != space {
        hash = (hash ^ UInt32(bytes[index])) &* 16_777_619
        index &+= 1
      }
      add(hash, start, index &- start, 1, bytes)
    }
  }

  func add(_ other: WordTable, _ text: Memory<UInt8>) {
    for entry in other.entries.elements where entry.count > 0 {
      add(
        entry.hash, Int(entry.start), Int(entry.length), entry.count,
        UnsafePointer(text.elements.baseAddress!))
    }
  }

  private func add(
    _ hash: UInt32, _ start: Int, _ length: Int, _ count: UInt32, _ bytes: UnsafePointer<UInt8>
  ) {
    let entries = entries.elements.baseAddress!
    var place = Int(truncatingIfNeeded: hash ^ hash >> 16) & (Self.capacity - 1)
    while entries[place].count > 0 {
      if entries[place].hash == hash, entries[place].length == length,
        isEqual(bytes + Int(entries[place].start), bytes + start, length)
      {
        entries[place].count &+= count
        return
      }
      place = (place &+ 1) & (Self.capacity - 1)
    }
    entries[place] = Entry(
      hash: hash, start: UInt32(truncatingIfNeeded: start),
      length: UInt32(truncatingIfNeeded: length), count: count)
  }

  /// Sums over the words: neither their order nor where they were seen first matters.
  var checksum: UInt32 {
    entries.elements.reduce(0) { $0 &+ $1.hash &* $1.count &+ ($1.count > 0 ? 1 : 0) }
  }
}

@inline(__always)
private func isEqual(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ count: Int) -> Bool {
  for index in 0..<count where a[index] != b[index] { return false }
  return true
}
