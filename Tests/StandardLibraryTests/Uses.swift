/// Uses of all functions of the standard library that Embedded Swift can call: each on every type that has it, with up
/// to three types for its own generic parameters.
struct Uses {
  private(set) var all: [Use] = []

  init(of graph: SymbolGraph) {
    let generics = graph.genericParameters
    let protocols = Set(
      graph.symbols.lazy.filter { $0.kind.identifier == "swift.protocol" }.map { $0.pathComponents[...] })
    var known: Set<String> = []
    var used: Set<String> = []
    func use(_ symbol: SymbolGraph.Symbol) {
      guard let declaration = Declaration(symbol.declaration) else { return }
      let owner = Array(symbol.pathComponents.dropLast())
      for variant in 0..<3 {
        let types = Instantiation(of: symbol, owner: owner, generics: generics, variant: variant)
        guard types.isPossible,
          let use = Use(of: symbol, declaration, types: types, owner: owner.isEmpty ? nil : types.owner)
        else { continue }
        used.insert(symbol.function)
        if known.insert(use.code).inserted { all.append(use) }
      }
    }
    // The graph has what a protocol's extension gives once more for each type that has it by that.
    let callable = graph.symbols.filter(Self.canBeCalled)
    let isOfProtocol = callable.map { protocols.contains($0.pathComponents.dropLast()) }
    for (symbol, isOfProtocol) in zip(callable, isOfProtocol) where !isOfProtocol { use(symbol) }
    for (symbol, isOfProtocol) in zip(callable, isOfProtocol)
    where isOfProtocol && symbol.swiftExtension != nil && !used.contains(symbol.function) {
      use(symbol)
    }
  }

  /// Each function on the first type that has it only.
  var onOneType: [Use] {
    var known: Set<String> = []
    return all.filter { known.insert($0.function).inserted }
  }

  private static func canBeCalled(_ symbol: SymbolGraph.Symbol) -> Bool {
    guard kinds.contains(symbol.kind.identifier), !symbol.isUnavailable,
      !(symbol.pathComponents[0].hasSuffix("KeyPath")),
      !uncallable.contains(symbol.pathComponents.joined(separator: "."))
    else { return false }
    let words = symbol.declaration.split { !($0.isLetter || $0 == "_") }
    return absent.isDisjoint(with: words)
  }

  private static let kinds: Set = [
    "swift.method", "swift.func.op", "swift.property", "swift.init", "swift.subscript",
    "swift.type.property", "swift.type.method", "swift.func", "swift.type.subscript",
  ]

  /// Embedded Swift refuses what has these in its declaration; `Builtin` is for the library alone.
  private static let absent: Set<Substring> = [
    "any", "Any", "AnyClass", "AnyKeyPath", "KeyPath", "WritableKeyPath", "ReferenceWritableKeyPath",
    "Builtin",
  ]

  /// A function cannot hand its parameter on to the first two; the others are refused.
  private static let uncallable: Set = [
    "withoutActuallyEscaping(_:do:)", "swift_once(predicate:fn:context:)",
    "UnboundedRange_....(_:)", "ObjectIdentifier.init(_:)",
  ]
}

extension SymbolGraph {
  /// The generic parameters of the types at the top of the module, by the types' names.
  fileprivate var genericParameters: [String: [String]] {
    var found: [String: [String]] = [:]
    for symbol in symbols where symbol.pathComponents.count == 1 {
      guard ["swift.struct", "swift.enum", "swift.class"].contains(symbol.kind.identifier),
        let parameters = symbol.swiftGenerics?.parameters
      else { continue }
      found[symbol.pathComponents[0]] = parameters.map(\.name)
    }
    return found
  }
}
