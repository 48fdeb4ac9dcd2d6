/// The parts of the name section that the passes read.
/// Numbers: WebAssembly Core Specification and the extended-name-section proposal.
enum NameSubsection {
  static let functions: UInt8 = 1
  static let globals: UInt8 = 7
}

/// The content of the name section with each function's name put through `transform`.
func renamed(
  _ content: ByteReader, _ transform: (String) -> String
) throws(WasmError) -> [UInt8] {
  var reader = content
  var output: [UInt8] = []
  while !reader.isAtEnd {
    let start = reader.position
    let id = try reader.byte()
    var names = reader.slice(try reader.sized())
    guard id == NameSubsection.functions else {
      output += UnsafeBufferPointer(start: reader.base + start, count: reader.position - start)
      continue
    }
    let count = try names.u32()
    var body = unsignedLEB(count)
    for _ in 0..<count {
      body += unsignedLEB(try names.u32())
      appendSized(Array(transform(names.string(try names.sized())).utf8), to: &body)
    }
    output.append(id)
    appendSized(body, to: &output)
  }
  return output
}

/// The same without the names of anything else: of locals, whose numbers a pass may change.
func functionNamesOnly(
  _ content: ByteReader, _ transform: (String) -> String
) throws(WasmError) -> [UInt8] {
  var reader = content
  while !reader.isAtEnd {
    let start = reader.position
    let id = try reader.byte()
    _ = try reader.sized()
    if id == NameSubsection.functions { return try renamed(reader.slice(start..<reader.position), transform) }
  }
  return []
}

/// Appends the number of `bytes` and then them.
func appendSized(_ bytes: [UInt8], to output: inout [UInt8]) {
  output += unsignedLEB(bytes.count)
  output += bytes
}

/// Appends a function body to the content of a code section.
///
/// - Parameters:
///   - distances: how far from the body's start instructions were and are, where that changes.
///   - start: where the body was.
func appendMoved(
  _ body: [UInt8], by distances: [(old: Int, new: Int)], from start: Int, to code: inout [UInt8],
  _ moves: inout CodeMoves
) {
  appendSized(body, to: &code)
  let newStart = code.count - body.count
  moves.add(old: start, new: newStart)
  for (old, new) in distances { moves.add(old: start + old, new: newStart + new) }
}

/// Appends a custom section.
func appendCustomSection(_ name: String, _ bytes: [UInt8], to output: inout [UInt8]) {
  var body: [UInt8] = []
  appendSized(Array(name.utf8), to: &body)
  body += bytes
  output.append(0)
  appendSized(body, to: &output)
}
