/// A declaration of a function, an initialiser, a property or a subscript, taken apart.
struct Declaration {
  /// What stands before the name: `static`, `mutating` and their like.
  private(set) var modifiers: Set<String> = []
  private(set) var name = ""
  /// The types of the parameters, with `inout` and what else stands before them.
  private(set) var parameters: [String] = []
  private(set) var isSettable = false
  /// Other errors than those of a closure that it calls.
  private(set) var throwsErrors = false

  /// - Parameter text: as a symbol graph spells it.
  init?(_ text: String) {
    var rest = text[...]
    var kind = ""
    while kind.isEmpty {
      let word = rest.prefix { $0.isLetter || $0 == "_" || $0 == "@" }
      if ["func", "init", "subscript", "var", "let"].contains(word) { kind = String(word) }
      rest = rest.dropFirst(word.count).drop { $0 == " " }
      if kind.isEmpty {
        guard !word.isEmpty else { return nil }
        modifiers.insert(String(word))
      }
    }
    if let brace = rest.lastIndex(of: "{") {
      isSettable = rest[brace...].contains("set")
      rest = rest[..<brace]
    }
    if kind == "var" || kind == "let" {
      name = String(rest.prefix { $0 != ":" })
      return
    }
    name = kind
    if kind == "func" {
      let isOperator = rest.first.map { !$0.isLetter && $0 != "_" && $0 != "`" } ?? false
      let ends: Set<Character> = isOperator ? ["(", " "] : ["(", "<"]
      name = String(rest.prefix { !ends.contains($0) })
      rest = rest.dropFirst(name.count).drop { $0 == " " }
    } else {
      rest = rest.drop { $0 == "?" || $0 == "!" }
    }
    if rest.first == "<" { rest = rest[rest.endOfBrackets...] }
    guard rest.first == "(" else { return nil }
    let end = rest.endOfBrackets
    parameters = rest[..<end].dropFirst().dropLast().parts().compactMap { part in
      guard let colon = part.firstIndex(of: ":") else { return nil }
      let type = part[part.index(after: colon)...]
      let value = type.firstRange(of: " = ")?.lowerBound ?? type.endIndex
      return String(type[..<value].drop { $0 == " " })
    }
    let effects = rest[end...]
    throwsErrors =
      effects.hasPrefix(" throws") && !effects.hasPrefix(" throws(E)")
      && !effects.hasPrefix(" throws(Failure)")
  }
}

extension Substring {
  /// Behind the bracket that closes the first one.
  fileprivate var endOfBrackets: Index {
    var depth = 0
    for (index, change) in brackets() {
      depth += change
      if depth == 0 { return self.index(after: index) }
    }
    return endIndex
  }

  /// What stands between commas that are in no brackets.
  fileprivate func parts() -> [Substring] {
    var parts: [Substring] = []
    var depth = 0
    var start = startIndex
    for (index, change) in brackets() {
      depth += change
      if depth == 0, self[index] == "," {
        parts.append(self[start..<index])
        start = self.index(after: index)
      }
    }
    return start < endIndex ? parts + [self[start...]] : parts
  }

  /// Each character's place, and whether it opens (1) or closes (-1) a bracket.
  private func brackets() -> [(Index, Int)] {
    var previous: Character = " "
    return indices.map { index in
      defer { previous = self[index] }
      switch self[index] {
      case "(", "[", "<": return (index, 1)
      case ")", "]": return (index, -1)
      case ">" where previous != "-": return (index, -1)
      default: return (index, 0)
      }
    }
  }
}
