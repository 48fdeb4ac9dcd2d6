/// Turns calls in tail position into tail calls, in asynchronous functions.
///
/// LLVM does so only where it still finds the return directly after the call, and it merges the
/// returns of a function before it looks. An asynchronous function hands over to its callee, and
/// back to its caller, by a call: without this pass a loop of awaits that never suspend, or a chain
/// of them, grows the stack until the engine gives up.
///
/// A wasm frame holds nothing that others can point at, so the change is valid in any function
/// whose results are those of the callee. Synchronous code keeps its frames all the same, because
/// stack traces are made of them.
struct TailCallPass {
  private let layout: ModuleLayout
  private let functions: AsyncFunctions
  private var positions: TailPositions
  /// The least length of the immediate of a `global.set __stack_pointer` that is copied.
  private let setterLength: Int

  init(_ layout: ModuleLayout, _ functions: AsyncFunctions, setterLength: Int) {
    self.layout = layout
    self.functions = functions
    self.setterLength = setterLength
    positions = TailPositions(layout)
  }

  /// Rewrites the body of `function`, which stays as long as it is.
  mutating func run(
    on function: Int, body: Range<Int>, in module: UnsafeMutableBufferPointer<UInt8>,
    report: inout PassReport
  ) throws(WasmError) {
    let type = layout.types[layout.functionTypes[function]]
    let kind = functions.kind(function)
    // Accessors do not say in their names that they are asynchronous. One without suspension points
    // shows itself by a call of its caller's resume function.
    let isUnnamed = kind == .synchronous || kind == .accessor || kind == .stopping
    if isUnnamed && !type.canBeAsynchronous { return }

    let reader = ByteReader(
      base: UnsafePointer(module.baseAddress!), position: body.lowerBound, end: body.upperBound)
    var shared: [TailCallSite] = []
    for site in try positions.sites(in: reader, type: type) {
      if isUnnamed && !site.resumesCaller { continue }
      if let callee = site.callee, functions.kind(callee) == .stopping { continue }
      guard let restore = site.restore else {
        makeTailCall(site.start, module)
        report.tailCalls += 1
        continue
      }
      guard kind == .asynchronous else { continue }
      guard try mayRunWithoutCallersFrame(site, reader) else {
        report.callsLeft += 1
        continue
      }
      if restore.lowerBound == site.end {
        makeTailCall(site.start, module)
        rotate(site.start..<restore.upperBound, toFront: restore.count, module)
        report.tailCalls += 1
        report.restoresMoved += 1
      } else {
        shared.append(site)
      }
    }
    guard !shared.isEmpty else { return }
    let copied = try copyRestores(to: shared, body: body, in: module)
    report.tailCalls += copied
    report.restoresCopied += copied
    report.callsLeft += shared.count - copied
  }

  /// Whether the callee can do without the shadow-stack frame of its caller, so that the frame may
  /// be given back before the call.
  ///
  /// A synchronous callee may have been passed a pointer into that frame. An asynchronous one has
  /// not: it may suspend, and its caller's frame on this stack is gone by then, so whatever lives
  /// across the call the compiler has put into the asynchronous context. And every path through an
  /// asynchronous function, or a part of one, ends by handing over, so what it calls last is
  /// asynchronous. That the callee's type, and its name if it tells, allow for it is asked for good
  /// measure.
  private func mayRunWithoutCallersFrame(
    _ site: TailCallSite, _ reader: ByteReader
  ) throws(WasmError) -> Bool {
    if let callee = site.callee {
      let type = try layout.type(ofFunction: callee)
      return functions.kind(callee) != .synchronous && type.canBeAsynchronous
    }
    var immediates = reader
    immediates.position = site.start + 1
    return try layout.type(try immediates.u32()).canBeAsynchronous
  }

  private func makeTailCall(_ start: Int, _ module: UnsafeMutableBufferPointer<UInt8>) {
    // From `call` and `call_indirect` to `return_call` and `return_call_indirect`.
    module[start] += Opcode.returnCall - Opcode.call
  }

  /// Moves the last `count` bytes of `range` to its front.
  private func rotate(
    _ range: Range<Int>, toFront count: Int, _ module: UnsafeMutableBufferPointer<UInt8>
  ) {
    let bytes = Array(module[range])
    let rotated = bytes.suffix(count) + bytes.dropLast(count)
    for (index, byte) in zip(range, rotated) { module[index] = byte }
  }

  /// Puts a copy of the restore before each of `sites`, where several calls share one behind the
  /// block that they end, and makes those calls tail calls.
  ///
  /// - Returns: For how many sites there was padding enough.
  private func copyRestores(
    to sites: [TailCallSite], body: Range<Int>, in module: UnsafeMutableBufferPointer<UInt8>
  ) throws(WasmError) -> Int {
    let reader = ByteReader(
      base: UnsafePointer(module.baseAddress!), position: body.lowerBound, end: body.upperBound)
    var insertions: [Insertion] = []
    for site in sites.sorted(by: { $0.start < $1.start }) {
      guard let range = site.restore else { continue }
      insertions.append(
        Insertion(position: site.start, end: site.end, bytes: try shortened(range, reader)))
    }
    return try insert(insertions, into: body, of: module, setterLength: setterLength) { site in
      makeTailCall(site.position, module)
    }
  }

  /// The restore in `range` with the padding of its numbers taken out.
  private func shortened(_ range: Range<Int>, _ reader: ByteReader) throws(WasmError) -> [UInt8] {
    var rest = reader.slice(range)
    var bytes: [UInt8] = []
    while !rest.isAtEnd {
      let start = rest.position
      let opcode = try rest.byte()
      bytes.append(opcode)
      switch opcode {
      case Opcode.globalSet:
        // The stack check may have to write the index of a function here.
        bytes += unsignedLEB(try rest.u32(), length: setterLength)
      case Opcode.localGet, Opcode.localSet, Opcode.localTee, Opcode.globalGet:
        bytes += unsignedLEB(try rest.u32())
      default:
        try rest.skipImmediates(of: opcode)
        bytes += UnsafeBufferPointer(
          start: rest.base + start + 1, count: rest.position - start - 1)
      }
    }
    return bytes
  }
}
