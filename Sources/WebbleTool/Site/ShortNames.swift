/// Short names for what the scripts of the glue declare and nobody else can see: variables, functions, classes and
/// private members. A name that is also a property's, or that a template has in it, stays.
///
/// Reads tokens, not JavaScript, and counts on what `shortened` counts on, and besides: what a script declares under a
/// name it also means wherever it says that name; declarations are separated by commas only within one statement.
struct ShortNames {
  /// A name, with its `#` if it is private, a literal, or punctuation.
  private struct Token {
    var text: Substring
    var isName = false
    var startsLine = false
  }

  private enum Bracket {
    /// Round or square.
    case list
    case block
    /// An object's, or a pattern's.
    case object
    /// A class's.
    case members
  }

  private var names: [Substring: String] = [:]

  init(for script: String) {
    let tokens = Self.tokens(of: script)
    var counts: [Substring: Int] = [:]
    var declared: Set<Substring> = [], fixed: Set<Substring> = Self.reserved
    var brackets: [Bracket] = []
    /// Where the brackets that are open were opened.
    var opened: [Int] = []
    func text(_ index: Int) -> Substring { tokens.indices.contains(index) ? tokens[index].text : "" }

    for (index, token) in tokens.enumerated() {
      let previous = text(index - 1), next = text(index + 1)
      switch token.text {
      case "(", "[":
        brackets.append(.list)
        opened.append(index)
      case "{":
        brackets.append(Self.bracket(after: tokens[..<index]))
        opened.append(index)
      case ")":
        // Parameters of a function, whose body follows.
        if let start = opened.last, next == "=>" || next == "{", !Self.controls.contains(text(start - 1)) {
          for inner in start..<index where ["(", ",", "..."].contains(text(inner)) { declared.insert(text(inner + 1)) }
        }
        brackets.removeLast()
        opened.removeLast()
      case "]", "}":
        brackets.removeLast()
        opened.removeLast()
      case let literal where literal.hasPrefix("`"):
        // What is computed there, and what is called in code that is a text.
        for part in literal.matches(of: /\$\{[^}]*\}|[\w$]+\(/) {
          for name in part.output.matches(of: /#?[\w$]+/) { fixed.insert(name.output) }
        }
      default: break
      }
      guard token.isName else { continue }
      counts[token.text, default: 0] += 1
      let isAfterSeparator = ["{", "}", ",", ";"].contains(previous)
      let isMember = switch brackets.last {
      case .object: isAfterSeparator && ["}", ",", "=", ":", "("].contains(next) || Self.modifiers.contains(previous)
      case .members: isAfterSeparator || token.startsLine || Self.modifiers.contains(previous)
      default: false
      }
      let isExported = previous == "export" || text(index - 2) == "export" || text(index - 3) == "export"
      let isSeen = isMember || isExported || previous == "." || previous == "?."
      if isSeen, !token.text.hasPrefix("#") { fixed.insert(token.text) }
      let isDeclarator = previous == "," && next == "=" && [.block, nil].contains(brackets.last)
      if Self.declarations.contains(previous) || isDeclarator { declared.insert(token.text) }
    }

    let shortest = counts.keys
      .filter { ($0.hasPrefix("#") || declared.contains($0)) && !fixed.contains($0) }
      .sorted { (counts[$0]!, $1) > (counts[$1]!, $0) }
    var number = 0
    for name in shortest {
      var short = Self.name(number)
      while fixed.contains(short[...]) || counts[short[...]] != nil {
        number += 1
        short = Self.name(number)
      }
      number += 1
      names[name] = name.hasPrefix("#") ? "#\(short)" : short
    }
  }

  /// The script under these names.
  func applied(to script: String) -> String {
    var result = ""
    var rest = script.startIndex
    for token in Self.tokens(of: script) where token.isName {
      guard let name = names[token.text] else { continue }
      result += script[rest..<token.text.startIndex] + name
      rest = token.text.endIndex
    }
    return result + script[rest...]
  }

  private static let declarations: Set<Substring> = ["const", "let", "var", "function", "class"]
  private static let controls: Set<Substring> = ["if", "for", "while", "switch"]
  private static let modifiers: Set<Substring> = ["async", "get", "set", "static"]
  private static let reserved: Set<Substring> = [
    "as", "async", "await", "const", "do", "export", "false", "function", "get", "if", "in", "is", "let", "new",
    "null", "of", "set", "static", "this", "true", "undefined",
  ]

  /// What a curly bracket opens there.
  private static func bracket(after tokens: ArraySlice<Token>) -> Bracket {
    let previous = tokens.last?.text ?? ""
    if ["(", "[", ",", "=", ":", "?", "&&", "||", "??", "...", "return", "const", "let"].contains(previous) {
      return .object
    }
    // `class A extends B {`, with a name or none.
    return tokens.suffix(4).contains { $0.text == "class" } && !tokens.suffix(4).contains { $0.text == "{" }
      ? .members : .block
  }

  private static func tokens(of script: String) -> [Token] {
    let pattern =
      #/(?<literal>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|/(?![ *])(?:[^/\\\[\n]|\\.|\[[^\]\n]*\])+/|\d[\w.]*)|(?<name>#?[A-Za-z_$][\w$]*)|\.\.\.|\?\.|=>|&&|\|\||\?\?|\S|\n/#
    var tokens: [Token] = []
    var startsLine = true
    for match in script.matches(of: pattern) {
      if match.output.0 == "\n" {
        startsLine = true
      } else {
        tokens.append(Token(text: match.output.0, isName: match.output.name != nil, startsLine: startsLine))
        startsLine = false
      }
    }
    return tokens
  }

  /// a, b … z, A … Z, aa, ab …
  private static func name(_ number: Int) -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    let last = String(letters[number % letters.count])
    return number < letters.count ? last : name(number / letters.count - 1) + last
  }
}
