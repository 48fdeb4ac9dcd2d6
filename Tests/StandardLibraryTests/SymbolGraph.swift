import Foundation

/// What `swift-symbolgraph-extract` says of a module: the part of it that says how its functions are called.
struct SymbolGraph: Decodable {
  var symbols: [Symbol]

  struct Symbol: Decodable {
    var kind: Kind
    var identifier: Identifier
    var pathComponents: [String]
    var declarationFragments: [Fragment]
    var swiftGenerics: Generics?
    var swiftExtension: Extension?
    var availability: [Availability]?

    struct Kind: Decodable { var identifier: String }
    struct Identifier: Decodable { var precise: String }
    struct Fragment: Decodable { var spelling: String }
    struct Generics: Decodable {
      var parameters: [Parameter]?
      var constraints: [Constraint]?
    }
    struct Extension: Decodable { var constraints: [Constraint]? }
    struct Parameter: Decodable { var name: String }
    struct Constraint: Decodable {
      var kind: String
      var lhs: String
      var rhs: String
    }
    struct Availability: Decodable {
      var isUnconditionallyUnavailable: Bool?
      var obsoleted: Version?
      struct Version: Decodable {}
    }

    /// Its mangled name, without the type that it is synthesised for.
    var function: String { String(identifier.precise.split(separator: "::")[0]) }
    var declaration: String { declarationFragments.map(\.spelling).joined() }

    /// Of the declaration, which the graph's own list has not all of, of its extension and of its type.
    var constraints: [Constraint] {
      var list = (swiftGenerics?.constraints ?? []) + (swiftExtension?.constraints ?? [])
      let text = declaration
      guard let start = text.firstRange(of: " where ")?.upperBound else { return list }
      for part in text[start...].prefix(while: { $0 != "{" }).split(separator: ",") {
        let words = part.split(separator: " ")
        guard words.count >= 3 else { continue }
        list.append(
          Constraint(
            kind: words[1] == ":" ? "conformance" : "sameType", lhs: String(words[0]),
            rhs: words[2...].joined(separator: " ")))
      }
      return list
    }
    var isUnavailable: Bool {
      availability?.contains { $0.isUnconditionallyUnavailable == true || $0.obsoleted != nil } ?? false
    }
  }
}
