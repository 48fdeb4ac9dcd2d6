/// What a mangled name says about whether the entity it names is itself asynchronous.
///
/// That `Ya`, the mangling of `async`, occurs in a name says little: it may belong to a closure
/// among the parameters, or to a function around this one. Mangled names are in postfix order, so
/// one pass over their operators suffices: `Ya` belongs to the function type or to the function
/// whose operator comes next, and the last entity of the name is the one named.
/// Grammar: docs/ABI/Mangling.rst of the Swift project.
///
enum MangledEffect {
  /// Not a Swift name, or that of a function, closure, initialiser or thunk that is not `async`.
  case synchronous
  /// The name of an `async` function, closure or initialiser, or of a thunk for one.
  case asynchronous
  /// The name of an accessor, which does not tell: a getter may be `async`.
  case untold

  /// - Parameter name: A name from the name section without suffixes of LLVM's.
  init(of name: UnsafeBufferPointer<UInt8>) {
    // `$s` is the prefix of Swift 5's mangling, `$e` that of Embedded Swift.
    guard name.count > 2, name[0] == UInt8(ascii: "$"),
      name[1] == UInt8(ascii: "e") || name[1] == UInt8(ascii: "s")
    else {
      self = .synchronous
      return
    }
    var scanner = MangledNameScanner(name: name, position: 2)
    self = scanner.effect()
  }
}

private struct MangledNameScanner {
  let name: UnsafeBufferPointer<UInt8>
  var position: Int

  mutating func effect() -> MangledEffect {
    // A `Ya` whose function or function type has not been closed yet.
    var pending = false
    // Whether the function type closed last was asynchronous.
    var type = false
    var entity = MangledEffect.synchronous
    while let operation = next() {
      switch operation {
      case "0"..."9":
        position -= 1
        skipIdentifier()
      case "A": skipSubstitution()
      case "S": skipStandardType()
      case "B": if let kind = next(), kind == "i" || kind == "f" || kind == "v" { skipIndex() }
      case "I": if skipImplementationType() { entity = .asynchronous }
      case "Y": if next() == "a" { pending = true }
      case "X":
        if let kind = next(), isFunctionType(kind) {
          type = pending
          pending = false
        }
      case "c":
        type = pending
        pending = false
      case "F":
        entity = pending ? .asynchronous : .synchronous
        pending = false
      case "f":
        let kind = next()
        if kind == "U" || kind == "u" {
          entity = type ? .asynchronous : .synchronous
          skipIndex()
        } else if kind == "C" || kind == "c" {
          entity = type ? .asynchronous : .synchronous
        } else {
          entity = .synchronous
          if kind == "A" { skipIndex() }
        }
        type = false
        pending = false
      case "v", "i":
        // A variable or a subscript, or an accessor of one.
        _ = next()
        entity = .untold
        pending = false
      case "T":
        // After a specialisation of closures come names that are not in postfix order.
        guard let kind = next(), kind != "f" else { return entity }
        if kind == "Y" || kind == "Q" { skipIndex() }
      case "W":
        // Outlined operations on values.
        if next() == "O" { return .synchronous }
      case "w": return .synchronous
      case "L", "M", "H", "o": _ = next()
      case "q", "Q", "R": skipGenericParameter()
      case "r": skipGenericParameterCounts()
      default: continue
      }
    }
    return entity
  }

  private mutating func next() -> Unicode.Scalar? {
    guard position < name.count else { return nil }
    position += 1
    return Unicode.Scalar(name[position - 1])
  }

  private func peek() -> Unicode.Scalar? {
    position < name.count ? Unicode.Scalar(name[position]) : nil
  }

  private mutating func number() -> Int {
    var value = 0
    while let digit = peek(), "0"..."9" ~= digit {
      value = min(value * 10 + Int(digit.value) - 48, name.count)
      position += 1
    }
    return value
  }

  /// `_`, or a number followed by `_`.
  private mutating func skipIndex() {
    _ = number()
    if peek() == "_" { position += 1 }
  }

  /// A length and as many characters; after a `0`, words of earlier identifiers come between.
  private mutating func skipIdentifier() {
    guard peek() == "0" else {
      let count = number()
      position = min(position + count, name.count)
      return
    }
    position += 1
    if peek() == "0" {
      // Punycode.
      position += 1
      let count = number()
      if peek() == "_" { position += 1 }
      position = min(position + count, name.count)
      return
    }
    while let character = peek() {
      switch character {
      case "a"..."z": position += 1
      case "A"..."Z":
        // The last word, after which literal characters may come, or none: `0`.
        position += 1
        let count = number()
        position = min(position + count, name.count)
        return
      case "0"..."9":
        let count = number()
        position = min(position + count, name.count)
        if count == 0 { return }
      default: return
      }
    }
  }

  /// `A`, then substitutions: lower-case letters, the last one upper-case or an index.
  private mutating func skipSubstitution() {
    while let character = next() {
      switch character {
      case "a"..."z", "0"..."9": continue
      default: return
      }
    }
  }

  /// `S`, perhaps a repeat count, and a letter; types of the concurrency library have two.
  private mutating func skipStandardType() {
    _ = number()
    if next() == "c" { _ = next() }
  }

  /// The type of a function in SIL, up to `_`. Returns whether it is asynchronous.
  private mutating func skipImplementationType() -> Bool {
    var isAsynchronous = false
    while let character = next(), character != "_" {
      if character == "H" { isAsynchronous = true }
    }
    return isAsynchronous
  }

  private mutating func skipGenericParameter() {
    guard let kind = next() else { return }
    switch kind {
    case "d":
      skipIndex()
      skipIndex()
    case "0"..."9": skipIndex()
    default: return
    }
  }

  /// `r`, then for each depth a count (`z` for none), then `l`.
  private mutating func skipGenericParameterCounts() {
    while let character = peek(), character != "l" {
      guard character == "z" || character == "_" || "0"..."9" ~= character else { return }
      position += 1
    }
  }

  /// Whether `X` and this letter end the type of a function.
  private func isFunctionType(_ letter: Unicode.Scalar) -> Bool {
    switch letter {
    case "A", "B", "C", "E", "F", "f", "K", "L", "T", "U": true
    default: false
    }
  }
}
