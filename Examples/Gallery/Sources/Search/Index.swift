import Webble

/// Which documents have which words. Each shard knows some of the documents, so that workers build shards, and look into
/// them, at the same time.
public struct Index: Sendable {
  public let documents: [[Document]]
  private let shards: [Shard]

  /// - Parameter tell: is told how many shards are done, on any worker.
  public static func build(
    documentCount: Int, on pool: ThreadPool, tell: @escaping @Sendable (String) -> Void = { _ in }
  ) async -> Index {
    let size = 2000
    let starts = Array(stride(from: 0, to: documentCount, by: size))
    tell("Writing \(documentCount) documents…")
    let documents = await pool.map(starts) { start in
      (start..<min(start + size, documentCount)).map { document($0) }
    }
    tell("Building the index…")
    return Index(documents: documents, shards: await pool.map(documents) { Shard($0) })
  }

  /// Finds the documents that have, for each word of the query, one that begins with it. The best come first.
  ///
  /// - Returns: nil if the task was cancelled, as by the next key.
  public func search(_ query: String, on pool: ThreadPool) async -> Answer? {
    let words = wordsOf(query)
    if words.isEmpty { return Answer() }
    let shards = shards
    let found = await pool.map(Array(shards.indices)) { shard in
      Task.isCancelled ? [] : shards[shard].search(words).map { Hit(shard: shard, document: $0.document, score: $0.score) }
    }
    if Task.isCancelled { return nil }
    var hits = Array(found.joined())
    let count = hits.count
    await pool.sort(&hits) { $0.score > $1.score }
    return Task.isCancelled ? nil : Answer(count: count, best: Array(hits.prefix(20)))
  }

  public subscript(hit: Hit) -> Document { documents[hit.shard][hit.document] }

  public var wordCount: Int { shards.reduce(0) { $0 + $1.wordCount } }
}

public struct Hit: Sendable {
  let shard, document: Int
  /// How often the words are in the document; the rarer a word, the more it counts.
  public let score: Float
}

public struct Answer: Sendable {
  public var count = 0
  public var best: [Hit] = []
}

struct Shard: Sendable {
  /// In order, so that those with the same beginning stand together.
  private let words: [String]
  /// For each word the documents that have it, as often as they do, in order.
  private let places: [[Int32]]
  private let documentCount: Int
  let wordCount: Int

  init(_ documents: [Document]) {
    var numbers: [String: Int] = [:]
    var places: [[Int32]] = []
    var wordCount = 0
    for (document, content) in documents.enumerated() {
      for text in [content.title, content.text] {
        forEachWord(in: text) { word in
          wordCount += 1
          if let number = numbers[word] {
            places[number].append(Int32(document))
          } else {
            numbers[word] = places.count
            places.append([Int32(document)])
          }
        }
      }
    }
    words = numbers.keys.sorted()
    self.places = words.map { places[numbers[$0]!] }
    (documentCount, self.wordCount) = (documents.count, wordCount)
  }

  func search(_ beginnings: [String]) -> [(document: Int, score: Float)] {
    var scores = [Float](repeating: 0, count: documentCount)
    // How many of the first beginnings a document has words for.
    var matches = [Int](repeating: 0, count: documentCount)
    for (turn, beginning) in beginnings.enumerated() {
      for number in numbers(beginningWith: beginning) {
        let weight = log(Float(documentCount) / Float(places[number].count) + 1)
        for document in places[number] where matches[Int(document)] >= turn {
          matches[Int(document)] = turn + 1
          scores[Int(document)] += weight
        }
      }
    }
    return scores.indices.filter { matches[$0] == beginnings.count }.map { ($0, scores[$0]) }
  }

  private func numbers(beginningWith beginning: String) -> Range<Int> {
    let start = firstWord { $0 >= beginning }
    return start..<firstWord { $0 >= beginning && !$0.hasPrefix(beginning) }
  }

  /// The first word that fits; all after it do.
  private func firstWord(_ fits: (String) -> Bool) -> Int {
    var (low, high) = (0, words.count)
    while low < high {
      let middle = (low + high) / 2
      if fits(words[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// The words of a text, in small letters.
func wordsOf(_ text: String) -> [String] {
  var words: [String] = []
  forEachWord(in: text) { words.append($0) }
  return words
}

private func forEachWord(in text: String, _ body: (String) -> Void) {
  var word: [UInt8] = []
  func end() {
    if !word.isEmpty { body(String(decoding: word, as: UTF8.self)) }
    word.removeAll(keepingCapacity: true)
  }
  for byte in text.utf8 {
    if isInWord(byte) { word.append((65...90).contains(byte) ? byte + 32 : byte) } else { end() }
  }
  end()
}

/// Letters and digits of ASCII, and whatever is beyond it.
private func isInWord(_ byte: UInt8) -> Bool {
  switch byte {
  case 48...57, 65...90, 97...122, 128...: true
  default: false
  }
}
