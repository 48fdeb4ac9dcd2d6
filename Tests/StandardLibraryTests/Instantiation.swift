/// Which types stand for the generic parameters of a function and of the type that it belongs to.
struct Instantiation {
  private var types: [String: String] = [:]
  /// Those of the function's own parameters.
  private(set) var own: [String] = []

  /// - Parameters:
  ///   - owner: the path of the type that the function belongs to; empty for a function of the module.
  ///   - generics: the names of the generic parameters of each type.
  ///   - variant: which of the types that suit, say, a number.
  init(
    of symbol: SymbolGraph.Symbol, owner: [String], generics: [String: [String]], variant: Int
  ) {
    let constraints = symbol.constraints
    func conformances(of name: String) -> [String] {
      constraints.filter { $0.kind == "conformance" && $0.lhs == name }.map(\.rhs)
    }
    func equal(_ name: String) -> String? {
      for constraint in constraints where constraint.kind == "sameType" {
        if constraint.lhs == name { return constraint.rhs }
        if constraint.rhs == name { return constraint.lhs }
      }
      return nil
    }
    func pick(_ types: [String]) -> String { types[variant % types.count] }
    let ofOwner = owner.first.flatMap { generics[$0] } ?? []
    let names = (symbol.swiftGenerics?.parameters ?? []).map(\.name).filter { !ofOwner.contains($0) }
    /// What a parameter of the owner has to be, if that is no parameter of the function.
    func given(_ name: String) -> String? {
      guard var same = equal(name), !same.contains("Self"), !same.hasPrefix("(") else { return nil }
      for parameter in names {
        for member in ["Element", "Index"] { same = same.replacing("\(parameter).\(member)", with: "Int") }
      }
      return names.contains(same) ? nil : same
    }

    // What the owner's elements are.
    var element = "Int"
    for name in ["Self.Element", "Base.Element", "Element"] {
      let protocols = conformances(of: name)
      if protocols.contains("StringProtocol") || equal(name) == "String" { element = "String" }
      if protocols.contains(where: Self.sequences.contains) { element = "[Int]" }
    }
    var scalar = "Int32"
    for name in ["Self.Scalar", "Scalar", "T.Scalar"] {
      let protocols = conformances(of: name)
      if protocols.contains(where: { $0.contains("FloatingPoint") }) {
        scalar = pick(["Float", "Double"])
      } else if protocols.contains("FixedWidthInteger") {
        scalar = pick(["Int32", "UInt64"])
      }
      if let same = given(name), !same.contains(".") { scalar = same }
    }
    types = [
      "Element": element, "Base": "[\(element)]", "Elements": "[\(element)]", "Bound": "Int",
      "Key": element, "Value": element, "Header": "Int", "Pointee": "Int", "Instance": "Object",
      "Wrapped": "Int", "Success": "Int", "Failure": "Never", "Storage": "SIMD4<Int32>",
      "Scalar": scalar, "count": "4", "State": "Int", "ChangeElement": "Int",
      "T": "Int", "Root": "Int", "Sequence1": "[\(element)]", "Sequence2": "[\(element)]",
    ]
    if ["JoinedSequence", "FlattenSequence"].contains(owner.first) {
      types["Base"] = "[[\(element)]]"
    }
    if owner.first == "IteratorSequence" { types["Base"] = "IndexingIterator<[\(element)]>" }
    for name in ["Base", "Storage", "Element", "Scalar", "Bound", "Value"] {
      if let same = given(name) { types[name] = replace(same) }
    }
    let needsLazy = symbol.declaration.contains("Self.Elements") || symbol.pathComponents.last == "elements"
    if needsLazy, owner == ["Slice"] || owner == ["ReversedCollection"] {
      types["Base"] = "LazySequence<[\(element)]>"
    }
    types["Self"] = Self.conforming[owner].map(replace) ?? owner.enumerated().map { index, part in
      guard index == 0, !ofOwner.isEmpty else { return part }
      return "\(part)<\(ofOwner.map { types[$0] ?? "Int" }.joined(separator: ", "))>"
    }.joined(separator: ".")

    let encodings = names.filter { conformances(of: $0).contains("_UnicodeEncoding") }
    for name in encodings + names.filter({ !encodings.contains($0) }) {
      types[name] = type(
        name, protocols: conformances(of: name), same: equal(name), element: equal("\(name).Element"),
        bound: equal("\(name).Bound"), variant: equal("\(name).CodeUnit") == "UInt8" ? 0 : variant)
    }
    own = names.map { types[$0]! }
  }

  /// For functions of protocols that no type of the library has, or that its types have their own instead of.
  private static let conforming = [
    ["OptionSet"]: "Bits", ["SetAlgebra"]: "Bits", ["Identifiable"]: "Object",
    ["LazyCollectionProtocol"]: "LazySequence<[Int]>", ["SIMD"]: "SIMD4<Scalar>",
    ["SIMDStorage"]: "SIMD4<Int32>",
  ]

  private static let sequences: Set = [
    "Sequence", "Collection", "BidirectionalCollection", "RandomAccessCollection",
    "MutableCollection", "RangeReplaceableCollection",
  ]

  private func type(
    _ name: String, protocols: [String], same: String?, element: String?, bound: String?, variant: Int
  ) -> String {
    func pick(_ types: [String]) -> String { types[variant % types.count] }
    let protocols = protocols.contains("SIMDScalar") ? ["SIMDScalar"] + protocols : protocols
    if let same { return replace(same) }
    if protocols.contains("UnsignedInteger") { return pick(["UInt", "UInt64", "UInt128"]) }
    for kind in protocols {
      switch kind {
      case "SIMDScalar" where protocols.contains("BinaryFloatingPoint"): return pick(["Double", "Float", "Float16"])
      case "SIMDScalar": return pick(["Int32", "UInt64", "Int8"])
      case "Error": return "Never"
      case _ where Self.sequences.contains(kind):
        return "[\(element.map(replace) ?? "Int")]"
      case "IteratorProtocol": return "IndexingIterator<[\(element.map(replace) ?? "Int")]>"
      case "RangeExpression": return "Range<\(bound.map(replace) ?? "Int")>"
      case "StringProtocol": return pick(["String", "Substring"])
      case "RandomNumberGenerator": return "SystemRandomNumberGenerator"
      case "BinaryFloatingPoint", "FloatingPoint": return pick(["Double", "Float", "Float16"])
      case "BinaryInteger", "FixedWidthInteger", "SignedInteger", "SignedNumeric":
        return pick(["Int", "Int64", "Int128"])
      case "_UnicodeEncoding": return pick(["Unicode.UTF8", "Unicode.UTF16", "Unicode.UTF32"])
      case "TextOutputStream", "TextOutputStreamable", "CustomStringConvertible", "LosslessStringConvertible":
        return "String"
      case "_Pointer": return "UnsafePointer<Int>"
      case "SIMD": return "SIMD4<\(types["Scalar"] ?? "Int32")>"
      case "RawRepresentable": return "Raw"
      case "AnyObject": return "Object"
      default: continue
      }
    }
    return "Int"
  }

  /// The type that the function belongs to, with its generic arguments.
  var owner: String { types["Self"]! }

  /// Whether there is such a type: strides and indices have no texts for elements.
  var isPossible: Bool {
    let counts = ["StrideTo<", "StrideThrough<", "DefaultIndices<"].contains { owner.hasPrefix($0) }
    return !counts || types["Element"] == "Int"
  }

  /// The type of a parameter with types in place of the names of generic parameters.
  func replace(_ text: String) -> String {
    var text = text
    if text.contains("some ") {
      for (some, type) in Self.opaque { text = text.replacing(some, with: type) }
    }
    var result = ""
    var word = ""
    var isMember = false
    for character in text + " " {
      if character.isLetter || character.isNumber || character == "_" {
        word.append(character)
        continue
      }
      result += isMember ? word : types[word] ?? word
      word = ""
      isMember = character == "."
      result.append(character)
    }
    result.removeLast()
    // What such closures throw would be `any Error`.
    return result.contains("throws")
      ? result.replacing(" throws(Never)", with: "").replacing(" throws", with: "") : result
  }

  /// In the order in which they are looked for.
  private static let opaque = [
    ("some RangeExpression<Int>", "Range<Int>"), ("some StringProtocol", "String"),
    ("some Collection<Element>", "[Element]"), ("some Collection", "[Int]"),
    ("some Sequence<Range<Bound>>", "[Range<Bound>]"), ("some Sequence<Int8>", "[Int8]"),
    ("some Sequence<UInt8>", "[UInt8]"), ("some Sequence<Unicode.Scalar>", "[Unicode.Scalar]"),
    ("some Sequence", "[Encoding.CodeUnit]"), ("some CustomStringConvertible", "String"),
    ("some BinaryInteger", "Int"),
  ]
}
