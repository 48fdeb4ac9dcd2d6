/// Lets asynchronous functions that capture nothing find the address for their typed error.
///
/// A typed error that is not returned directly goes to an address, the last argument. A call through a
/// closure passes the closure's context before it: result, frame, context, address. A function that captures
/// nothing is compiled without a context: result, frame, address. Where contexts travel in a register of
/// their own, that is the same. On WebAssembly LLVM adds the parameters for context and error at the end of
/// those that lack them, so such a function takes the context for the address, and its error is lost.
///
/// All its direct callers agree with it. The others find it in the table, and there this pass puts a function
/// that puts the arguments in order. Such a function is recognised by what it reads, and by what it is: a closure,
/// or a function without parameters that belongs to no type. Of others the last argument stands where a context
/// would be, and may be 0. Some that are in order get such a function, too: it passes a context that is there on as
/// it is, and they do not read one that is not there.
struct TypedErrorPass {
  private let layout: ModuleLayout
  private let module: ByteReader
  /// The functions that are misunderstood when called by way of the table.
  private var targets: [Int] = []

  /// Returns `module` with another function for each such one in its tables. The code section begins as it
  /// did, so that what refers to offsets in it stays right.
  static func applied(
    to module: ByteReader, _ layout: ModuleLayout, report: inout PassReport
  ) throws(WasmError) -> [UInt8] {
    var pass = TypedErrorPass(layout: layout, module: module)
    try pass.findTargets()
    report.errorAddressesMoved = pass.targets.count
    return pass.targets.isEmpty ? module.bytes(0..<module.end) : try pass.rewritten()
  }

  private init(layout: ModuleLayout, module: ByteReader) {
    self.layout = layout
    self.module = module
  }

  // MARK: Finding them

  private mutating func findTargets() throws(WasmError) {
    let functions = AsyncFunctions(layout, module)
    // A closure that captures something takes that as further arguments, from a function named after it that closures
    // refer to in its place: there a null in the third place from the end may be the context of a captured closure.
    var withCaptures: Set<String> = []
    for name in layout.functionNames {
      var base = name
      _ = module.removeSuffixes(&base)
      guard base.count > 2, module.equals(base.upperBound - 2..<base.upperBound, "TA") else { continue }
      withCaptures.insert(module.string(base.lowerBound..<base.upperBound - 2))
    }
    for (index, body) in layout.bodies.enumerated() {
      let function = layout.importedFunctionCount + index
      let name = layout.functionNames[function]
      var base = name
      // The mangling of `throws(…)`; the parts of a function have parameters of another kind.
      guard layout.isReferenced[function], module.contains(name, "YK"),
        functions.kind(function) == .asynchronous, !module.removeSuffixes(&base),
        TypedErrorName(module.string(base)).mayBeCalledAsClosure,
        !withCaptures.contains(module.string(base)),
        try takesAddressLast(try layout.type(ofFunction: function), module.slice(body))
      else { continue }
      targets.append(function)
    }
  }

  /// Whether a function reads the third parameter from the end, and neither of those that LLVM adds.
  private func takesAddressLast(
    _ type: FunctionType, _ body: ByteReader
  ) throws(WasmError) -> Bool {
    let count = type.parameters.count
    guard type.results.isEmpty, count > 3,
      type.parameters[(count - 4)...].allSatisfy({ $0 == FunctionType.i32 })
    else { return false }
    var readsAddress = false
    var reader = body
    try reader.skipLocals()
    while !reader.isAtEnd {
      let opcode = try reader.byte()
      guard opcode == Opcode.localGet else {
        try reader.skipImmediates(of: opcode)
        continue
      }
      switch count - (try reader.u32()) {
      case 1, 2: return false
      case 3: readsAddress = true
      default: break
      }
    }
    return readsAddress
  }

  // MARK: Putting others in their place

  private func rewritten() throws(WasmError) -> [UInt8] {
    var output = module.bytes(0..<8)
    for section in layout.sections {
      switch section.id {
      case 3:
        try appendLonger(section, to: &output) { unsignedLEB(layout.functionTypes[$0]) }
      case 9: try appendElements(section, to: &output)
      case 10:
        try appendLonger(section, to: &output) { function in
          var body: [UInt8] = []
          appendSized(thunk(to: function), to: &body)
          return body
        }
      default: output += module.bytes(section.range)
      }
    }
    return output
  }

  /// Appends a section that is a vector, with one more item for each target.
  private func appendLonger(
    _ section: ModuleLayout.Section, to output: inout [UInt8], _ item: (Int) -> [UInt8]
  ) throws(WasmError) {
    var reader = module.slice(section.content)
    var content = unsignedLEB(try reader.u32() + targets.count)
    content += module.bytes(reader.position..<reader.end)
    for target in targets { content += item(target) }
    output.append(section.id)
    appendSized(content, to: &output)
  }

  /// Passes everything on, with the address where the context should be if there is none.
  private func thunk(to function: Int) -> [UInt8] {
    let context = layout.types[layout.functionTypes[function]].parameters.count - 3
    var code: [UInt8] = [0]
    func get(_ local: Int) { code += [Opcode.localGet] + unsignedLEB(local) }
    for parameter in 0...context { get(parameter) }
    get(context + 1)
    get(context)
    code.append(Opcode.select)
    get(context + 1)
    get(context + 2)
    code += [Opcode.returnCall] + unsignedLEB(function) + [Opcode.end]
    return code
  }

  /// Appends the element section. The linker makes segments of plain indices only.
  private func appendElements(
    _ section: ModuleLayout.Section, to output: inout [UInt8]
  ) throws(WasmError) {
    let firstThunk = layout.functionTypes.count
    let thunks = Dictionary(
      uniqueKeysWithValues: targets.enumerated().map { ($1, firstThunk + $0) })
    var content: [UInt8] = []
    var copied = section.content.lowerBound
    for entry in layout.tableEntries {
      content += module.bytes(copied..<entry.index.lowerBound)
      content += unsignedLEB(thunks[entry.function] ?? entry.function)
      copied = entry.index.upperBound
    }
    content += module.bytes(copied..<section.content.upperBound)
    output.append(section.id)
    appendSized(content, to: &output)
  }
}
