/// What to do with the names and the debugging information of a module.
public enum NamePolicy {
  /// Leave everything as it is.
  case keep
  /// Drop DWARF and the sections that only tools read, and with them what keeps offsets right: the bytes that
  /// the linker has left for numbers to grow into. Also the name section, unless there is a function for the names
  /// of functions, which then stay.
  case strip(names: ((String) -> String)? = nil)
  /// Drop DWARF, which is kept elsewhere; the code stays where it is.
  case withoutDWARF
  /// Replace each function's name in the name section, by a demangled one for example.
  case replace((String) -> String)
}

/// What `runPasses(on:options:)` is to do.
public struct PassOptions {
  /// Have the program call `webble_may_be_preempted` before its atomic accesses: see `AtomicAccessPass`.
  public var atomicAccesses: Bool
  /// Have it call `webble_may_be_preempted_at` before its other accesses to memory, besides.
  public var memoryAccesses: Bool
  /// Put the arguments in order for functions that capture nothing: see `TypedErrorPass`.
  public var typedErrors: Bool
  /// Turn calls in tail position of asynchronous functions into tail calls.
  public var tailCalls: Bool
  /// Check the stack pointer against its limit wherever it is set. For debug builds: the module
  /// must have a function `webble_set_stack_pointer(i32)`, which sets it or traps.
  public var stackChecks: StackChecks
  /// Drop the parameters that nothing reads. Only along with `NamePolicy.strip`, since the code
  /// gets shorter.
  public var unusedParameters: Bool
  /// What becomes of names and debugging information.
  public var names: NamePolicy
  /// Custom sections to append.
  public var metadata: [(name: String, bytes: [UInt8])]

  public init(
    atomicAccesses: Bool = false, memoryAccesses: Bool = false, typedErrors: Bool = true, tailCalls: Bool = true, stackChecks: StackChecks = .none, unusedParameters: Bool = false,
    names: NamePolicy = .keep, metadata: [(name: String, bytes: [UInt8])] = []
  ) {
    self.atomicAccesses = atomicAccesses
    self.memoryAccesses = memoryAccesses
    self.typedErrors = typedErrors
    self.tailCalls = tailCalls
    self.stackChecks = stackChecks
    self.unusedParameters = unusedParameters
    self.names = names
    self.metadata = metadata
  }
}

/// How often each pass did something.
public struct PassReport: Equatable, Sendable {
  /// Atomic instructions with a call before them.
  public var atomicAccesses = 0
  /// Other accesses to memory with one.
  public var memoryAccesses = 0
  /// Those left as they are, because a call would be longer.
  public var memoryAccessesSkipped = 0
  /// Functions that are called with their error's address in another place.
  public var errorAddressesMoved = 0
  /// Exits of functions that give their frame of the shadow stack back now.
  public var restoresAdded = 0
  /// Calls turned into tail calls.
  public var tailCalls = 0
  /// Those of them that changed places with the restore of the shadow stack after them.
  public var restoresMoved = 0
  /// Those of them that got a copy of a restore which several calls share.
  public var restoresCopied = 0
  /// Calls at the end of asynchronous functions that had to stay ordinary calls, because the
  /// callee may use its caller's frame or because there was no room for a copy of the restore.
  public var callsLeft = 0
  /// Settings of the stack pointer that are checked now.
  public var stackChecks = 0
  /// Settings of the stack pointer left unchecked, because the linker has not padded the number in
  /// them, so that the call would not fit.
  public var stackChecksSkipped = 0

  /// Parameters that are gone.
  public var parametersDropped = 0

  public init() {}
}

/// A module after the passes.
public struct PassedModule {
  /// The module.
  public var bytes: [UInt8]
  /// The original name of each function that has one, by index; imports included.
  public var functionNames: [Int: String]
  /// What was done.
  public var report: PassReport
  /// The memory the module imports, if it does. Sizes are in pages of 64 KiB.
  public var memory: ImportedMemory?
  /// Where code has gone, if it had to move.
  public var moves: [CodeMoves] = []
}

/// Runs the passes over a linked module.
///
/// What the code section has stays in its place, so that DWARF, whose offsets are relative to it, stays right,
/// unless it is stripped. Functions are added behind; if their number takes a byte more then, once in 16,384
/// functions, offsets are one byte off.
///
/// - Throws: `WasmError` if `module` is not a WebAssembly module, is damaged, uses an instruction
///   that the passes do not know, or lacks what an option needs.
public func runPasses(
  on module: [UInt8], options: PassOptions
) throws(WasmError) -> PassedModule {
  let reading = try withLayout(of: module) { (layout, reader) throws(WasmError) in
    (layout, functionNames(layout, reader))
  }
  var layout = reading.0
  var bytes = module
  var report = PassReport()
  var moves: [CodeMoves] = []
  if options.atomicAccesses || options.memoryAccesses {
    let lines = try LineTable(of: module)
    let inlined = try InlinedCalls(of: module, lines: lines)
    bytes = try withReader(of: bytes) { (reader) throws(WasmError) in
      try AtomicAccessPass.applied(
        to: reader, layout, lines, inlined, ofMemory: options.memoryAccesses, report: &report)
    }
    layout = try withLayout(of: bytes) { (layout, _) in layout }
  }
  if options.typedErrors {
    bytes = try withReader(of: bytes) { (reader) throws(WasmError) in
      try TypedErrorPass.applied(to: reader, layout, report: &report)
    }
    layout = try withLayout(of: bytes) { (layout, _) in layout }
  }
  if options.tailCalls || options.stackChecks != .none {
    try rewriteCode(&bytes, layout, options, &report)
  }
  if !options.names.keepsEverything {
    var moved = CodeMoves()
    bytes = try withReader(of: bytes) { (reader) throws(WasmError) in
      try rewriteSections(layout, reader, options.names, &moved)
    }
    moves.append(moved)
  }
  if options.unusedParameters, case .strip = options.names {
    var moved = CodeMoves()
    bytes = try withLayout(of: bytes) { (layout, reader) throws(WasmError) in
      try UnusedParameters.removed(from: reader, layout, report: &report, moves: &moved)
    }
    moves.append(moved)
  }
  for section in options.metadata { appendCustomSection(section.name, section.bytes, to: &bytes) }
  return PassedModule(
    bytes: bytes, functionNames: reading.1, report: report, memory: layout.memory, moves: moves)
}

/// The name of each function that has one in the module's name section, by index; imports included.
///
/// - Throws: `WasmError` if `module` is not a WebAssembly module or is damaged.
public func functionNames(of module: [UInt8]) throws(WasmError) -> [Int: String] {
  try withLayout(of: module) { (layout, reader) throws(WasmError) in
    functionNames(layout, reader)
  }
}

private func functionNames(_ layout: ModuleLayout, _ reader: ByteReader) -> [Int: String] {
  var names: [Int: String] = [:]
  names.reserveCapacity(layout.functionNames.count)
  for (function, name) in layout.functionNames.enumerated() where !name.isEmpty {
    names[function] = reader.string(name)
  }
  return names
}

private func rewriteCode(
  _ bytes: inout [UInt8], _ layout: ModuleLayout, _ options: PassOptions, _ report: inout PassReport
) throws(WasmError) {
  if options.tailCalls, layout.functionNames.allSatisfy(\.isEmpty) {
    throw WasmError("The module has no function names, which tell what is asynchronous. "
      + "Link without --strip-all; the names can be stripped by these passes.")
  }
  let stackChecks =
    options.stackChecks == .none ? nil : try StackCheckPass(layout, options.stackChecks)
  let functions: AsyncFunctions? =
    options.tailCalls
    ? try withReader(of: bytes) { (reader) throws(WasmError) in AsyncFunctions(layout, reader) }
    : nil
  let setterLength = unsignedLEB(stackChecks?.setter ?? 0).count
  let restores = StackRestorePass(layout, setterLength: setterLength)
  var tailCalls = functions.map { TailCallPass(layout, $0, setterLength: setterLength) }

  var result = report
  try withMutableBuffer(&bytes) { (buffer) throws(WasmError) in
    for (index, body) in layout.bodies.enumerated() {
      let function = layout.importedFunctionCount + index
      do throws(WasmError) {
        try restores?.run(body: body, in: buffer, report: &result)
        // Restores are recognised by their `global.set`, which the stack checks replace.
        try tailCalls?.run(on: function, body: body, in: buffer, report: &result)
        if let stackChecks, function != stackChecks.setter {
          try stackChecks.run(body: body, in: buffer, report: &result)
        }
      } catch {
        let reader = ByteReader(base: UnsafePointer(buffer.baseAddress!), position: 0, end: 0)
        let name = reader.string(layout.functionNames[function])
        throw WasmError("In function \(function) \(name): \(error.message)", at: error.offset)
      }
    }
  }
  report = result
}

/// The module without the sections that `names` drops, or with another name section.
private func rewriteSections(
  _ layout: ModuleLayout, _ reader: ByteReader, _ names: NamePolicy, _ moves: inout CodeMoves
) throws(WasmError) -> [UInt8] {
  var output = Array(UnsafeBufferPointer(start: reader.base, count: 8))
  output.reserveCapacity(reader.end)
  for section in layout.sections {
    if section.id == 10, case .strip = names {
      // The code.
      var content = unsignedLEB(layout.bodies.count)
      for body in layout.bodies {
        var distances: [(old: Int, new: Int)] = []
        let unpadded = try reader.slice(body).unpadded { distances.append(($0, $1)) }
        appendMoved(
          unpadded, by: distances, from: body.lowerBound - section.content.lowerBound, to: &content, &moves)
      }
      output.append(section.id)
      appendSized(content, to: &output)
      continue
    }
    if section.id == 0 {
      switch names {
      case .keep: break
      case .withoutDWARF: if reader.hasPrefix(section.name, ".debug_") { continue }
      case .strip(let transform):
        if reader.equals(section.name, "name"), let transform {
          appendCustomSection("name", try functionNamesOnly(reader.slice(section.content), transform), to: &output)
          continue
        }
        if reader.equals(section.name, "name") || reader.equals(section.name, "producers")
          || reader.equals(section.name, "target_features")
          || reader.equals(section.name, ".swift_ast") || reader.hasPrefix(section.name, ".debug_")
        {
          continue
        }
      case .replace(let transform):
        if reader.equals(section.name, "name") {
          let content = try renamed(reader.slice(section.content), transform)
          appendCustomSection("name", content, to: &output)
          continue
        }
      }
    }
    output += UnsafeBufferPointer(
      start: reader.base + section.range.lowerBound, count: section.range.count)
  }
  return output
}

extension NamePolicy {
  fileprivate var keepsEverything: Bool {
    if case .keep = self { true } else { false }
  }
}

private func withLayout<Result>(
  of module: [UInt8], _ body: (ModuleLayout, ByteReader) throws(WasmError) -> Result
) throws(WasmError) -> Result {
  try withReader(of: module) { (reader) throws(WasmError) in
    try body(try ModuleLayout(reader), reader)
  }
}

func withReader<Result>(
  of module: [UInt8], _ body: (ByteReader) throws(WasmError) -> Result
) throws(WasmError) -> Result {
  try module.withUnsafeBufferPointer { (buffer) throws(WasmError) in
    guard let base = buffer.baseAddress else {
      throw WasmError("Not a WebAssembly module: it is empty.", at: 0)
    }
    return try body(ByteReader(base: base, position: 0, end: buffer.count))
  }
}

private func withMutableBuffer(
  _ bytes: inout [UInt8], _ body: (UnsafeMutableBufferPointer<UInt8>) throws(WasmError) -> Void
) throws(WasmError) {
  try bytes.withUnsafeMutableBufferPointer { (buffer) throws(WasmError) in try body(buffer) }
}
