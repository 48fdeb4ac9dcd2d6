// Searching collections for collections (SE-0357), natively a part of the library of regular expressions. Texts are
// compared by characters, as `==` does. Where an element would do, as in `text.contains("a")`, that is preferred.

extension Collection where Element: Equatable {
  /// Where `other` begins and ends within this, at or after `start`, if it does.
  private func firstRange<Other: Collection>(of other: Other, from start: Index) -> Range<Index>?
  where Other.Element == Element {
    guard let first = other.first else { return start..<start }
    if let text = asText, let part = other.asText,
      let found = text.firstRange(ofPlain: part, from: unsafeBitCast(start, to: String.Index.self))
    {
      return unsafeBitCast(found, to: Range<Index>?.self)
    }
    var start = start
    while start != endIndex {
      if self[start] == first {
        var end = start
        var position = other.startIndex
        while position != other.endIndex, end != endIndex, self[end] == other[position] {
          formIndex(after: &end)
          other.formIndex(after: &position)
        }
        if position == other.endIndex { return start..<end }
        // Nothing that begins later has room for what did not fit here.
        if end == endIndex { return nil }
      }
      formIndex(after: &start)
    }
    return nil
  }

  /// The first place of `other` in this, or nil. An empty collection is found at the start.
  public func firstRange<Other: Collection>(of other: Other) -> Range<Index>?
  where Other.Element == Element {
    firstRange(of: other, from: startIndex)
  }

  /// Whether the elements of `other` follow each other somewhere in this.
  @_disfavoredOverload
  public func contains<Other: Collection>(_ other: Other) -> Bool where Other.Element == Element {
    firstRange(of: other) != nil
  }

  /// All places of `other` in this that do not overlap, from the start.
  public func ranges<Other: Collection>(of other: Other) -> [Range<Index>]
  where Other.Element == Element {
    var found: [Range<Index>] = []
    var start = startIndex
    while let range = firstRange(of: other, from: start) {
      found.append(range)
      if !range.isEmpty {
        start = range.upperBound
      } else if range.upperBound != endIndex {
        start = index(after: range.upperBound)
      } else {
        break
      }
    }
    return found
  }

  /// The parts between the places of `separator`.
  @_disfavoredOverload
  public func split<Separator: Collection>(
    separator: Separator, maxSplits: Int = .max, omittingEmptySubsequences: Bool = true
  ) -> [SubSequence] where Separator.Element == Element {
    var parts: [SubSequence] = []
    var start = startIndex
    for range in separator.isEmpty ? [] : ranges(of: separator) {
      if parts.count >= maxSplits { break }
      if !omittingEmptySubsequences || start != range.lowerBound {
        parts.append(self[start..<range.lowerBound])
      }
      start = range.upperBound
    }
    if !omittingEmptySubsequences || start != endIndex { parts.append(self[start...]) }
    return parts
  }

  /// This without `prefix`, if it begins with it.
  public func trimmingPrefix<Prefix: Sequence>(_ prefix: Prefix) -> SubSequence
  where Prefix.Element == Element {
    var start = startIndex
    for element in prefix {
      guard start != endIndex, self[start] == element else { return self[...] }
      formIndex(after: &start)
    }
    return self[start...]
  }
}

extension RangeReplaceableCollection where Element: Equatable {
  /// This with `replacement` in all places of `other`, or the first `maxReplacements`.
  public func replacing<Other: Collection, Replacement: Collection>(
    _ other: Other, with replacement: Replacement, maxReplacements: Int = .max
  ) -> Self where Other.Element == Element, Replacement.Element == Element {
    var result = Self()
    var start = startIndex
    for range in ranges(of: other).prefix(maxReplacements) {
      result.append(contentsOf: self[start..<range.lowerBound])
      result.append(contentsOf: replacement)
      start = range.upperBound
    }
    result.append(contentsOf: self[start...])
    return result
  }

  /// Puts `replacement` in all places of `other`, or the first `maxReplacements`.
  public mutating func replace<Other: Collection, Replacement: Collection>(
    _ other: Other, with replacement: Replacement, maxReplacements: Int = .max
  ) where Other.Element == Element, Replacement.Element == Element {
    self = replacing(other, with: replacement, maxReplacements: maxReplacements)
  }
}

extension Collection {
  /// This, if it is a text. The compiler knows the type: one of the ways is left.
  @inline(__always)
  fileprivate var asText: Substring? {
    if Self.self == String.self { return unsafeBitCast(self, to: String.self)[...] }
    if Self.self == Substring.self { return unsafeBitCast(self, to: Substring.self) }
    return nil
  }
}

@_extern(c, "memmem")
private func memmem(
  _ bytes: UnsafeRawPointer?, _ count: Int, _ part: UnsafeRawPointer?, _ partCount: Int
) -> UnsafeRawPointer?

extension Substring {
  /// The same as comparing characters finds, by comparing bytes, which takes a hundredth of the time; nil if that
  /// might be something else.
  ///
  /// Characters of ASCII are equal if their bytes are, but for three that have a twin beyond it: K, the semicolon and
  /// the grave accent. A line's end is one character or two.
  fileprivate func firstRange(
    ofPlain part: Substring, from start: Index
  ) -> Range<Index>?? {
    var hasTwins = false
    for byte in part.utf8 {
      if byte >= 0x80 || byte == 0x0A || byte == 0x0D { return nil }
      if byte == UInt8(ascii: "K") || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "`") { hasTwins = true }
    }
    let first = utf8.distance(from: startIndex, to: start), partCount = part.utf8.count
    var offset = first
    while true {
      let found = utf8.withContiguousStorageIfAvailable { bytes in
        part.utf8.withContiguousStorageIfAvailable { part -> Int? in
          let base = UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped)
          let found = memmem(base + offset, bytes.count - offset, part.baseAddress, part.count)
          return found.map { $0 - base }
        }
      }
      guard case .some(.some(let place)) = found else { return nil }
      let searched = utf8.index(startIndex, offsetBy: place.map { $0 + partCount } ?? utf8.count)
      if hasTwins, !utf8[start..<searched].allSatisfy({ $0 < 0x80 }) { return nil }
      guard let place else { return .some(nil) }
      let lower = utf8.index(startIndex, offsetBy: place)
      if isBoundary(lower), isBoundary(searched) { return lower..<searched }
      offset = place + 1
    }
  }

  /// Whether a character begins there.
  private func isBoundary(_ index: Index) -> Bool {
    if index == startIndex || index == endIndex { return true }
    let before = utf8[utf8.index(before: index)], after = utf8[index]
    if before < 0x80, after < 0x80, after != 0x0A { return true }
    return Index(index, within: self) != nil
  }
}
