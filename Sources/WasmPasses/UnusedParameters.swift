/// Drops the parameters that a function never reads, and the arguments for them.
///
/// Functions of Swift's convention end in a self and an error parameter, which most of them ignore,
/// and LLVM passes them something all the same.
///
/// A function's type may change if all its callers are known: it is not imported, exported, in a
/// table or the start function, nor is its address taken otherwise. Then a parameter goes
/// - if no instruction can read the value that the caller passed, save those that hand it on as an
///   argument which goes as well: one that a function only calls itself with is not used;
/// - and if it is known for each call which instruction produced the argument. A constant, or what
///   reads a variable, goes, too; whatever else may have an effect is followed by a `drop`. Between
///   it and the call nothing can have used the operand, or the call would not have found it.
struct UnusedParameters {
  /// An operand on the stack.
  private struct Operand {
    /// The instruction that put it there, or nil if that one put several.
    var producer: Range<Int>?
    /// If this is the value that a parameter had at the start: its number among all parameters.
    var parameter: Int?
  }

  private struct Control {
    /// How many operands are below those of the block.
    var height = 0
    /// How many values the block takes and leaves, and how many a branch to it carries.
    var parameters = 0
    var results: Int
    var branched: Int
    /// How many parameters had been overwritten before it.
    var overwritten = 0
    /// Whether the instructions that follow are never reached, and find all operands they want.
    var isUnreachable = false
  }

  /// An argument of a direct call.
  private struct Argument {
    /// The number of the callee's parameter among all.
    var parameter: Int
    var producer: Range<Int>
  }

  private let layout: ModuleLayout
  /// The number of each function's first parameter among all parameters of all functions.
  private var firstParameters: [Int] = []
  /// For each parameter whether it has to stay.
  private var isUsed: [Bool] = []
  /// For each parameter how many instructions read its value and do more than hand it on.
  private var reads: [Int] = []
  /// For each parameter whether the function overwrites it somewhere.
  private var isOverwritten: [Bool] = []
  /// Which parameters are handed on: for each that gets them a list, linked by `next`.
  private var sources: [(parameter: Int, next: Int)] = []
  private var newestSource: [Int] = []
  /// What is passed to parameters that may be unused, body after body.
  private var arguments: [Argument] = []
  private var firstArguments: [Int] = []

  // Of the body that is being read.
  private var operands: [Operand] = []
  private var controls: [Control] = []
  /// The parameters that have been overwritten on every path to here, in this order.
  private var overwritten: [Int] = []

  /// Returns `module` without the parameters that it does not use.
  static func removed(
    from module: ByteReader, _ layout: ModuleLayout, report: inout PassReport, moves: inout CodeMoves
  ) throws(WasmError) -> [UInt8] {
    var pass = UnusedParameters(layout)
    for (index, body) in layout.bodies.enumerated() {
      pass.firstArguments.append(pass.arguments.count)
      try pass.read(module.slice(body), of: layout.importedFunctionCount + index)
    }
    pass.firstArguments.append(pass.arguments.count)
    pass.spreadUse()
    report.parametersDropped = pass.isUsed.count { !$0 }
    return try pass.rewritten(module, &moves)
  }

  private init(_ layout: ModuleLayout) {
    self.layout = layout
    for (function, type) in layout.functionTypes.enumerated() {
      firstParameters.append(isUsed.count)
      isUsed += repeatElement(
        layout.isReferenced[function], count: layout.types[type].parameters.count)
    }
    reads = Array(repeating: 0, count: isUsed.count)
    isOverwritten = Array(repeating: false, count: isUsed.count)
    newestSource = Array(repeating: -1, count: isUsed.count)
  }

  // MARK: What is used

  /// Takes note of what `function` reads and passes on.
  private mutating func read(_ body: ByteReader, of function: Int) throws(WasmError) {
    let type = try layout.type(ofFunction: function)
    let first = firstParameters[function]
    operands.removeAll(keepingCapacity: true)
    controls.removeAll(keepingCapacity: true)
    overwritten.removeAll(keepingCapacity: true)
    var reader = body
    try reader.skipLocals()
    open(Control(results: type.results.count, branched: type.results.count))

    while !controls.isEmpty {
      let start = reader.position
      let opcode = try reader.byte()
      switch opcode {
      case Opcode.localGet:
        let local = try reader.u32()
        var operand = Operand(producer: start..<reader.position)
        if local < type.parameters.count, !overwritten.contains(local) {
          operand.parameter = first + local
          reads[first + local] += 1
        }
        operands.append(operand)
      case Opcode.localSet, Opcode.localTee:
        let local = try reader.u32()
        if local < type.parameters.count {
          isOverwritten[first + local] = true
          // Up to the end of this block, where paths may meet that come around it.
          if !overwritten.contains(local) { overwritten.append(local) }
        }
        _ = try pop(start)
        if opcode == Opcode.localTee { push(1, start..<reader.position) }
      case Opcode.call, Opcode.returnCall:
        let callee = try reader.u32()
        let calleeType = try layout.type(ofFunction: callee)
        for index in calleeType.parameters.indices.reversed() {
          if let operand = try pop(start) { pass(operand, to: firstParameters[callee] + index) }
        }
        push(calleeType.results.count, start..<reader.position)
        if opcode == Opcode.returnCall { leave() }
      case Opcode.callIndirect, Opcode.returnCallIndirect:
        let calleeType = try layout.type(try reader.u32())
        try reader.skipLEB()
        for _ in 0...calleeType.parameters.count { _ = try pop(start) }
        push(calleeType.results.count, start..<reader.position)
        if opcode == Opcode.returnCallIndirect { leave() }
      case Opcode.refFunc:
        let named = try reader.u32()
        for index in try layout.type(ofFunction: named).parameters.indices {
          isUsed[firstParameters[named] + index] = true
        }
        push(1, start..<reader.position)
      case Opcode.block, Opcode.loop, Opcode.if:
        let (parameters, results) = try blockArity(try reader.blockType())
        if opcode == Opcode.if { _ = try pop(start) }
        for _ in 0..<parameters { _ = try pop(start) }
        open(Control(
          height: operands.count, parameters: parameters, results: results,
          branched: opcode == Opcode.loop ? parameters : results,
          overwritten: overwritten.count))
      case Opcode.else:
        let control = try close(start)
        open(control)
      case Opcode.end:
        push(try close(start).results, start..<reader.position)
      case Opcode.brIf:
        let label = try reader.u32()
        guard label < controls.count else { throw misplaced(start) }
        _ = try pop(start)
        // What the branch would carry stays, but has been looked at.
        let carried = controls[controls.count - 1 - label].branched
        for _ in 0..<carried { _ = try pop(start) }
        push(carried, start..<reader.position)
      case Opcode.unreachable, Opcode.br, Opcode.brTable, Opcode.return:
        try reader.skipImmediates(of: opcode)
        leave()
      default:
        let effect = try reader.operandEffect(of: opcode)
        for _ in 0..<effect.taken { _ = try pop(start) }
        push(effect.left, start..<reader.position)
      }
    }
    guard reader.isAtEnd else { throw misplaced(reader.position) }
  }

  private func blockArity(_ type: Int) throws(WasmError) -> (parameters: Int, results: Int) {
    guard type >= 0 else { return (0, type == -0x40 ? 0 : 1) }
    let type = try layout.type(type)
    return (type.parameters.count, type.results.count)
  }

  private mutating func open(_ control: Control) {
    controls.append(control)
    // Both arms of an `if` find these.
    for _ in 0..<control.parameters { operands.append(Operand()) }
  }

  private mutating func close(_ position: Int) throws(WasmError) -> Control {
    guard var control = controls.popLast() else { throw misplaced(position) }
    operands.removeLast(operands.count - control.height)
    overwritten.removeLast(overwritten.count - control.overwritten)
    control.isUnreachable = false
    return control
  }

  /// The rest of the block is not reached.
  private mutating func leave() {
    let innermost = controls.count - 1
    operands.removeLast(operands.count - controls[innermost].height)
    controls[innermost].isUnreachable = true
  }

  private mutating func push(_ count: Int, _ producer: Range<Int>) {
    for _ in 0..<count { operands.append(Operand(producer: count == 1 ? producer : nil)) }
  }

  /// The operand on top, or nil where the code is not reached and there is none.
  private mutating func pop(_ position: Int) throws(WasmError) -> Operand? {
    let control = controls[controls.count - 1]
    if operands.count > control.height { return operands.removeLast() }
    guard control.isUnreachable else {
      throw WasmError("An instruction lacks operands.", at: position)
    }
    return nil
  }

  private mutating func pass(_ operand: Operand, to parameter: Int) {
    guard !isUsed[parameter] else { return }
    guard let producer = operand.producer else {
      isUsed[parameter] = true
      return
    }
    arguments.append(Argument(parameter: parameter, producer: producer))
    if let source = operand.parameter {
      reads[source] -= 1
      sources.append((source, newestSource[parameter]))
      newestSource[parameter] = sources.count - 1
    }
  }

  private func misplaced(_ position: Int) -> WasmError {
    WasmError("A function of the module has blocks that do not match.", at: position)
  }

  /// What is handed on to a parameter that is used is used.
  private mutating func spreadUse() {
    for parameter in isUsed.indices where reads[parameter] > 0 { isUsed[parameter] = true }
    var toDo = isUsed.indices.filter { isUsed[$0] }
    while let parameter = toDo.popLast() {
      var source = newestSource[parameter]
      while source >= 0 {
        let (origin, next) = sources[source]
        if !isUsed[origin] {
          isUsed[origin] = true
          toDo.append(origin)
        }
        source = next
      }
    }
  }

  // MARK: The new module

  private func rewritten(_ module: ByteReader, _ moves: inout CodeMoves) throws(WasmError) -> [UInt8] {
    let oldCode: Int = layout.sections.first { $0.id == 10 }?.content.lowerBound ?? 0
    var types = layout.types
    var indices: [FunctionType: Int] = [:]
    for (index, type) in types.enumerated().reversed() { indices[type] = index }
    var functions = unsignedLEB(layout.bodies.count)
    var code = functions
    for (index, body) in layout.bodies.enumerated() {
      let function = layout.importedFunctionCount + index
      let old = try layout.type(ofFunction: function)
      let kept = old.parameters.indices.filter { isUsed[firstParameters[function] + $0] }
      let type = FunctionType(parameters: kept.map { old.parameters[$0] }, results: old.results)
      let known = indices[type] ?? types.count
      if known == types.count {
        types.append(type)
        indices[type] = known
      }
      functions += unsignedLEB(known)
      let new = try rewritten(module.slice(body), at: index, keeping: kept)
      appendMoved(new.bytes, by: new.moves, from: body.lowerBound - oldCode, to: &code, &moves)
    }
    var typeSection = unsignedLEB(types.count)
    for type in types {
      typeSection.append(0x60)
      appendSized(type.parameters, to: &typeSection)
      appendSized(type.results, to: &typeSection)
    }
    var output = module.bytes(0..<8)
    output.reserveCapacity(module.end)
    for section in layout.sections {
      let content: [UInt8]
      switch section.id {
      case 1: content = typeSection
      case 3: content = functions
      case 10: content = code
      default:
        output += module.bytes(section.range)
        continue
      }
      output.append(section.id)
      appendSized(content, to: &output)
    }
    return output
  }

  /// The body with this index without the arguments that nobody wants, and with other indices of
  /// locals where its function keeps only some parameters.
  private func rewritten(
    _ body: ByteReader, at index: Int, keeping kept: [Int]
  ) throws(WasmError) -> (bytes: [UInt8], moves: [(old: Int, new: Int)]) {
    let function = layout.importedFunctionCount + index
    let parameters = try layout.type(ofFunction: function).parameters
    var unwanted = arguments[firstArguments[index]..<firstArguments[index + 1]]
      .filter { !isUsed[$0.parameter] }.map(\.producer)[...]
    if unwanted.isEmpty && kept.count == parameters.count {
      return (body.bytes(body.position..<body.end), [])
    }
    var moves: [(old: Int, new: Int)] = []
    unwanted.sort { $0.lowerBound < $1.lowerBound }
    // A parameter that goes may have served as a variable besides, which becomes a local.
    let first = firstParameters[function]
    let variables = parameters.indices.filter { !isUsed[first + $0] && isOverwritten[first + $0] }
    var newLocals = Array(repeating: 0, count: parameters.count)
    for (new, old) in (kept + variables).enumerated() { newLocals[old] = new }
    let shift = kept.count + variables.count - parameters.count

    var reader = body
    var output = unsignedLEB(try reader.u32() + variables.count)
    for variable in variables { output += [1, parameters[variable]] }
    let declarations = reader.position
    reader = body
    try reader.skipLocals()
    output += reader.bytes(declarations..<reader.position)

    while !reader.isAtEnd {
      let start = reader.position
      moves.append((start - body.position, output.count))
      let opcode = try reader.byte()
      let isUnwanted = unwanted.first?.lowerBound == start
      if isUnwanted { unwanted.removeFirst() }
      switch opcode {
      case Opcode.localGet, Opcode.localSet, Opcode.localTee:
        let local = try reader.u32()
        if isUnwanted && opcode == Opcode.localGet { continue }
        output.append(isUnwanted ? Opcode.localSet : opcode)
        output += unsignedLEB(local < parameters.count ? newLocals[local] : local + shift)
      case Opcode.globalGet, Opcode.i32Const...Opcode.f64Const:
        try reader.skipImmediates(of: opcode)
        if !isUnwanted { output += reader.bytes(start..<reader.position) }
      default:
        try reader.skipImmediates(of: opcode)
        output += reader.bytes(start..<reader.position)
        if isUnwanted { output.append(Opcode.drop) }
      }
    }
    return (output, moves)
  }
}
