/// The code of a function that calls one function of the standard library, with all that it needs as parameters.
struct Use {
  /// The called function with the types for its own generic parameters, whatever type it is called on.
  let function: String
  /// The path of the called function in the symbol graph.
  let name: String
  /// Parameters and body.
  let code: String

  /// - Parameters:
  ///   - types: what stands for the generic parameters.
  ///   - owner: the type that the function belongs to; nil for one of the module.
  init?(of symbol: SymbolGraph.Symbol, _ declaration: Declaration, types: Instantiation, owner: String?) {
    let kind = symbol.kind.identifier
    let isOperator = kind == "swift.func.op"
    let title = symbol.pathComponents.last!
    let labels = title.drop { $0 != "(" }.dropFirst().dropLast().split(separator: ":")
    var parameters: [String] = []
    var arguments: [String] = []
    for (index, text) in declaration.parameters.enumerated() {
      var type = types.replace(text)
      var value = "p\(index)"
      if type.hasPrefix("@autoclosure ") {
        type.removeFirst("@autoclosure ".count)
        value += "()"
      }
      if type.hasPrefix("inout "), !isOperator { value = "&" + value }
      if type.hasSuffix("...") { type.removeLast(3) }
      if type.hasPrefix("("), type.contains("->") { type = "@escaping " + type }
      parameters.append("_ p\(index): \(type)")
      let isLabelled = !isOperator && index < labels.count && labels[index] != "_"
      arguments.append(isLabelled ? "\(labels[index]): \(value)" : value)
    }
    let isStatic = !declaration.modifiers.isDisjoint(with: ["static", "class"])
    let isOnValue = owner != nil && !isStatic && !isOperator && declaration.name != "init"
    if isOnValue, let owner {
      parameters.insert("_ s: \(Self.ownership(symbol, declaration))\(owner)", at: 0)
    }

    let target = owner.map { isOnValue ? "s" : $0 } ?? "Swift"
    let list = arguments.joined(separator: ", ")
    var call: String
    switch kind {
    case "swift.func.op" where arguments.count == 2:
      call = "(\(arguments[0]) \(declaration.name) \(arguments[1]))"
    case "swift.func.op":
      call =
        declaration.modifiers.contains("postfix")
        ? arguments[0] + declaration.name : declaration.name + arguments[0]
    case "swift.property", "swift.type.property": call = "\(target).\(declaration.name)"
    case "swift.subscript", "swift.type.subscript": call = "\(target)[\(list)]"
    case "swift.init": call = "\(target)(\(list))"
    case "swift.method", "swift.type.method", "swift.func":
      // Only the result says what the type is.
      let result = title == "numericCast(_:)" ? " as Int32" : ""
      call = "\(target).\(declaration.name)(\(list))\(result)"
    default: return nil
    }
    let change = declaration.isSettable ? "; \(call) = \(call)" : ""
    function = symbol.function + types.own.joined(separator: ",")
    name = symbol.pathComponents.joined(separator: ".")
    let body = declaration.throwsErrors ? "do { _ = try \(call) } catch {}" : "_ = \(call)\(change)"
    code = "(\(parameters.joined(separator: ", "))) { \(body) }"
  }

  private static func ownership(_ symbol: SymbolGraph.Symbol, _ declaration: Declaration) -> String {
    let consumes = !declaration.modifiers.isDisjoint(with: ["consuming", "__consuming"])
    if noncopyable.contains(symbol.pathComponents[0]) { return consumes ? "consuming " : "inout " }
    let changes =
      declaration.isSettable || declaration.modifiers.contains("mutating")
      || symbol.declaration.contains("mutating get")
    return changes ? "inout " : ""
  }

  /// The types whose values cannot be copied, or may not be.
  private static let noncopyable: Set = [
    "InlineArray", "MutableSpan", "MutableRawSpan", "OutputSpan", "OutputRawSpan",
  ]
}
