// Functions of the standard library that Embedded Swift refuses, for what they do inside: these catch or throw
// `any Error`, or make the compiler never end. A declaration here hides the standard library's of the same type.

extension Dictionary {
  /// A dictionary of the pairs; `combine` decides where a key comes again.
  public init<Pairs: Sequence>(
    _ keysAndValues: __owned Pairs, uniquingKeysWith combine: (Value, Value) throws -> Value
  ) rethrows where Pairs.Element == (Key, Value) {
    self.init()
    try merge(keysAndValues, uniquingKeysWith: combine)
  }

  /// Takes in the pairs; `combine` decides where a key is there already.
  public mutating func merge<Pairs: Sequence>(
    _ other: __owned Pairs, uniquingKeysWith combine: (Value, Value) throws -> Value
  ) rethrows where Pairs.Element == (Key, Value) {
    for (key, value) in other {
      if let index = index(forKey: key) {
        values[index] = try combine(values[index], value)
      } else {
        self[key] = value
      }
    }
  }

  /// Takes in another dictionary; `combine` decides where a key is there already.
  public mutating func merge(
    _ other: __owned [Key: Value], uniquingKeysWith combine: (Value, Value) throws -> Value
  ) rethrows {
    for (key, value) in other {
      if let index = index(forKey: key) {
        values[index] = try combine(values[index], value)
      } else {
        self[key] = value
      }
    }
  }

  /// This dictionary with the pairs; `combine` decides where a key is in both.
  public __consuming func merging<Pairs: Sequence>(
    _ other: __owned Pairs, uniquingKeysWith combine: (Value, Value) throws -> Value
  ) rethrows -> [Key: Value] where Pairs.Element == (Key, Value) {
    var result = self
    try result.merge(other, uniquingKeysWith: combine)
    return result
  }

  /// This dictionary with another; `combine` decides where a key is in both.
  public __consuming func merging(
    _ other: __owned [Key: Value], uniquingKeysWith combine: (Value, Value) throws -> Value
  ) rethrows -> [Key: Value] {
    var result = self
    try result.merge(other, uniquingKeysWith: combine)
    return result
  }
}

extension RangeReplaceableCollection {
  /// This with a difference's changes, or nil if they do not fit.
  public func applying(_ difference: CollectionDifference<Element>) -> Self? {
    var elements = Array(self)
    // Removals come first, from the end; then insertions, from the start.
    for change in difference {
      switch change {
      case .remove(let offset, _, _):
        guard offset < elements.count else { return nil }
        elements.remove(at: offset)
      case .insert(let offset, let element, _):
        guard offset <= elements.count else { return nil }
        elements.insert(element, at: offset)
      }
    }
    return Self(elements)
  }
}

/// A sequence whose own type is not seen.
public struct AnySequence<Element>: Sequence {
  private let make: () -> AnyIterator<Element>
  private let leastCount: () -> Int

  /// A sequence that begins with a new iterator each time.
  public init<Iterator: IteratorProtocol>(_ makeUnderlyingIterator: @escaping () -> Iterator)
  where Iterator.Element == Element {
    make = { AnyIterator(makeUnderlyingIterator()) }
    leastCount = { 0 }
  }

  public init<Base: Sequence>(_ base: Base) where Base.Element == Element {
    make = { AnyIterator(base.makeIterator()) }
    leastCount = { base.underestimatedCount }
  }

  public func makeIterator() -> AnyIterator<Element> { make() }

  public var underestimatedCount: Int { leastCount() }
}

/// The types of literals, as in the standard library, where Embedded Swift marks these as unavailable.
public typealias StringLiteralType = String
public typealias ExtendedGraphemeClusterType = String
public typealias UnicodeScalarType = String
