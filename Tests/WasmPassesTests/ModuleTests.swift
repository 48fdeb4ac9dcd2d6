import Testing

@testable import WasmPasses

@Suite struct ModuleTests {
  private static let setter = "webble_set_stack_pointer"

  private func passes(
    tailCalls: Bool = false, stackChecks: Bool = false, names: NamePolicy = .keep,
    metadata: [(name: String, bytes: [UInt8])] = []
  ) -> PassOptions {
    PassOptions(
      tailCalls: tailCalls, stackChecks: stackChecks ? .all : .none, names: names, metadata: metadata)
  }

  // MARK: Stack checks

  @Test func stackPointerIsSetByACall() throws {
    let set: [UInt8] = [0x20, 0, 0x24] + Code.padded(0)
    let builder = ModuleBuilder(
      .init(name: Name.sync, type: 3, code: set + [0x20, 0, 0x24] + Code.padded(1)),
      .init(name: Self.setter, type: 3, code: set))
    let passed = try runPasses(on: builder.bytes, options: passes(stackChecks: true))
    // Other globals and the setter itself are left alone.
    #expect(passed.bytes == builder.bytes(code: [
      [0x20, 0, 0x10] + Code.padded(2) + [0x20, 0, 0x24] + Code.padded(1), set,
    ]))
    #expect(passed.report.stackChecks == 1)
    #expect(passed.report.stackChecksSkipped == 0)
  }

  @Test func onlyFramesThatMayGrowAreCheckedAtTheirEntries() throws {
    let set = [0x24] + Code.padded(0), check = [0x10] + Code.padded(5)
    let get: [UInt8] = [0x23] + Code.padded(0), tee: [UInt8] = [0x22, 0]
    func entry(_ size: [UInt8], _ set: [UInt8]) -> [UInt8] { get + [0x41] + size + [0x6b] + tee + set }
    let small: [UInt8] = [0xc0, 0], large: [UInt8] = [0x80, 0xa0, 1]
    let call: [UInt8] = [0x20, 0, 0x10] + Code.padded(0)
    let restore: [UInt8] = [0x20, 0, 0x41] + small + [0x6a]
    let dynamic: [UInt8] = get + [0x20, 0, 0x6b] + tee
    let builder = ModuleBuilder(
      .init(name: Name.sync, type: 3, code: entry(small, set) + call + restore + set),
      .init(name: Name.sync, type: 3, code: entry(small, set) + restore + set),
      .init(name: Name.sync, type: 3, code: entry(large, set) + restore + set),
      .init(name: Name.sync, type: 3, code: dynamic + set),
      .init(name: Self.setter, type: 3, code: [0x20, 0] + set))
    let passed = try runPasses(
      on: builder.bytes, options: PassOptions(tailCalls: false, stackChecks: .entries, names: .keep))
    #expect(passed.bytes == builder.bytes(code: [
      entry(small, check) + call + restore + set,
      entry(small, set) + restore + set,
      entry(large, check) + restore + set,
      dynamic + check,
      [0x20, 0] + set,
    ]))
    #expect(passed.report.stackChecks == 3)
  }

  @Test func noRoomForTheCall() throws {
    // The setter is function 201, which takes two bytes.
    var builder = ModuleBuilder()
    for _ in 0..<200 {
      builder.functions.append(.init(name: Name.sync, type: 3, code: [0x20, 0, 0x24, 0]))
    }
    builder.functions.append(.init(name: Self.setter, type: 3, code: []))
    let passed = try runPasses(on: builder.bytes, options: passes(stackChecks: true))
    #expect(passed.bytes == builder.bytes)
    #expect(passed.report.stackChecksSkipped == 200)
  }

  @Test func restoreIsMovedAndChecked() throws {
    let call = Code.getArguments + Code.call(1)
    let builder = ModuleBuilder(
      .init(name: Name.async, type: 0, code: call + Code.restore),
      .init(name: Self.setter, type: 3, code: []))
    let passed = try runPasses(
      on: builder.bytes, options: passes(tailCalls: true, stackChecks: true))
    let check: [UInt8] = [0x20, 0, 0x41, 16, 0x6a, 0x10] + Code.padded(2)
    #expect(passed.bytes == builder.bytes(code: [
      Code.getArguments + check + Code.returnCall(1), [],
    ]))
  }

  @Test func copiedRestoreHasRoomForTheCheck() throws {
    let call = Code.getArguments + Code.call(1)
    let drop: [UInt8] = [0x23] + Code.padded(0) + [0x1a]
    var builder = ModuleBuilder(.init(
      name: Name.async, type: 0, code: drop + [0x02, 0x40] + call + [0x0b] + Code.restore))
    for _ in 0..<200 { builder.functions.append(.init(name: Name.sync, type: 1, code: [])) }
    builder.functions.append(.init(name: Self.setter, type: 3, code: []))
    let passed = try runPasses(
      on: builder.bytes, options: passes(tailCalls: true, stackChecks: true))
    #expect(passed.report.restoresCopied == 1)
    #expect(passed.report.stackChecks == 2)
    #expect(passed.report.stackChecksSkipped == 0)
  }

  @Test func stackChecksNeedTheirFunction() throws {
    let builder = ModuleBuilder(.init(name: Name.sync, type: 3, code: []))
    let error = #expect(throws: WasmError.self) {
      try runPasses(on: builder.bytes, options: self.passes(stackChecks: true))
    }
    #expect(error?.message.contains("webble_set_stack_pointer") == true)

    let other = ModuleBuilder(.init(name: Self.setter, type: 1, code: []))
    #expect(throws: WasmError.self) {
      try runPasses(on: other.bytes, options: self.passes(stackChecks: true))
    }
  }

  @Test func stackChecksNeedTheStackPointer() throws {
    var builder = ModuleBuilder(.init(name: Self.setter, type: 3, code: []))
    builder.hasStackPointer = false
    let error = #expect(throws: WasmError.self) {
      try runPasses(on: builder.bytes, options: self.passes(stackChecks: true))
    }
    #expect(error?.message.contains("__stack_pointer") == true)
  }

  // MARK: Names, sections, memory

  private var debugModule: ModuleBuilder {
    var builder = ModuleBuilder(.init(name: Name.sync, type: 1, code: []))
    builder.customSections = [
      (".debug_info", [1, 2]), ("producers", [3]), ("target_features", [4]), ("other", [5]),
    ]
    return builder
  }

  @Test func keep() throws {
    let passed = try runPasses(on: debugModule.bytes, options: passes())
    #expect(passed.bytes == debugModule.bytes)
  }

  @Test func strip() throws {
    let builder = debugModule
    let passed = try runPasses(on: builder.bytes, options: passes(names: .strip()))
    #expect(passed.bytes
      == builder.beforeCode + builder.codeSection([[]]) + builder.custom("other", [5]))
    #expect(passed.functionNames == [0: "log", 1: Name.sync])
  }

  @Test func stripShortensNumbers() throws {
    // A global, calls and their tables, a load, a negative number and one that needs all its bytes.
    func code(_ number: (Int) -> [UInt8], minusOne: [UInt8]) -> [UInt8] {
      let globals: [UInt8] = [0x23] + number(0) + [0x24] + number(0)
      let load: [UInt8] = [0x41] + number(8) + [0x28, 2] + number(16) + [0x1a]
      let calls: [UInt8] = [0x10] + number(1) + [0x41] + minusOne + [0x11] + number(1) + number(0)
      return globals + load + calls + [0x41, 0xff, 0xff, 0xff, 0xff, 0x07, 0x1a]
    }
    let padded = ModuleBuilder(.init(
      name: Name.sync, type: 1,
      code: code({ Code.padded(UInt8($0)) }, minusOne: [0xff, 0xff, 0xff, 0xff, 0x7f])))
    let passed = try runPasses(on: padded.bytes, options: passes(names: .strip()))
    let short = code({ [UInt8($0)] }, minusOne: [0x7f])
    #expect(passed.bytes == padded.beforeCode + padded.codeSection([short]))
    // The count of functions, the body's size and its count of locals come first; then each padded number is 4 bytes
    // shorter, one by one.
    var old = 3, new = 3
    for (before, after) in [(6, 2), (6, 2), (6, 2), (7, 3), (1, 1), (6, 2), (6, 2), (11, 3), (6, 6), (1, 1)] {
      #expect(passed.moves.newAddress(of: old) == new)
      (old, new) = (old + before, new + after)
    }
  }

  @Test func paddedSignStays() throws {
    // 64 and -65 take two bytes each: bit 6 of the last one is the sign.
    let padded: [UInt8] =
      [0x41, 0xc0, 0x80, 0x80, 0x80, 0x00, 0x1a, 0x41, 0xbf, 0xff, 0xff, 0xff, 0x7f, 0x1a]
    let short: [UInt8] = [0x41, 0xc0, 0x00, 0x1a, 0x41, 0xbf, 0x7f, 0x1a]
    let builder = ModuleBuilder(.init(name: Name.sync, type: 1, code: padded))
    let passed = try runPasses(on: builder.bytes, options: passes(names: .strip()))
    #expect(passed.bytes == builder.beforeCode + builder.codeSection([short]))
  }

  @Test func replace() throws {
    var builder = debugModule
    // Long enough that sizes take two bytes.
    let long = String(repeating: "ß", count: 100)
    let passed = try runPasses(
      on: builder.bytes, options: passes(names: .replace { $0 == "log" ? "log" : long + $0 }))
    builder.functions[0].name = long + Name.sync
    #expect(passed.bytes == builder.bytes)
    #expect(try functionNames(of: passed.bytes) == [0: "log", 1: long + Name.sync])
    #expect(passed.functionNames == [0: "log", 1: Name.sync])
  }

  @Test func metadata() throws {
    let builder = debugModule
    let passed = try runPasses(
      on: builder.bytes, options: passes(metadata: [("webble", [1, 2]), ("empty", [])]))
    #expect(passed.bytes
      == builder.bytes + builder.custom("webble", [1, 2]) + builder.custom("empty", []))
  }

  @Test func importedMemory() throws {
    let memory = try runPasses(on: debugModule.bytes, options: passes()).memory
    #expect(memory?.initialPages == 2)
    #expect(memory?.maximumPages == 16)
    #expect(memory?.isShared == true)
  }

  @Test func namesTellWhatIsAsynchronous() throws {
    let builder = ModuleBuilder(.init(name: Name.async, type: 1, code: Code.call(0)))
    let stripped = try runPasses(on: builder.bytes, options: passes(names: .strip()))
    let error = #expect(throws: WasmError.self) {
      try runPasses(on: stripped.bytes, options: self.passes(tailCalls: true))
    }
    #expect(error?.message.contains("--strip-all") == true)
  }

  // MARK: Bad input

  @Test func notAModule() throws {
    let component: [UInt8] = [0, 0x61, 0x73, 0x6d, 13, 0, 1, 0]
    for bytes in [[], [0], Array("<!doctype html>".utf8), component] {
      #expect(throws: WasmError.self) { try functionNames(of: bytes) }
    }
  }

  /// A module with something for each pass to do.
  private var fullModule: ModuleBuilder {
    let arm = Code.getArguments + Code.call(2)
    let constant: [UInt8] = [0x41, 0x81, 0x80, 0x80, 0x80, 0]
    var builder = debugModule
    builder.functions = [
      .init(name: Name.async, type: 0,
        code: constant + [0x04, 0x40] + arm + [0x05] + arm + [0x0b] + Code.restore),
      .init(name: Name.part, type: 0, code: arm + Code.restore),
      .init(name: Name.getter, type: 0,
        code: Code.getArguments + [0x20, 0, 0x28, 2, 4] + Code.callIndirect(0)),
      .init(name: Self.setter, type: 3, code: [0x20, 0, 0x24] + Code.padded(0)),
    ]
    return builder
  }

  private var allPasses: PassOptions {
    passes(tailCalls: true, stackChecks: true, names: .replace { $0 + "!" })
  }

  @Test func truncatedModules() throws {
    let bytes = fullModule.bytes
    let report = try runPasses(on: bytes, options: allPasses).report
    #expect(report.restoresMoved == 1 && report.restoresCopied == 2 && report.tailCalls == 4)
    let codeEnd = fullModule.beforeCode.count
      + fullModule.codeSection(fullModule.functions.map(\.code)).count
    for count in 0..<codeEnd {
      #expect(throws: WasmError.self) {
        try runPasses(on: Array(bytes[..<count]), options: self.allPasses)
      }
    }
    // Sections after the code may be missing, but not cut.
    for count in codeEnd..<bytes.count {
      _ = try? runPasses(on: Array(bytes[..<count]), options: allPasses)
    }
  }

  @Test func damagedModules() {
    let bytes = fullModule.bytes
    for index in bytes.indices {
      for value in [0x00, 0x01, 0x0b, 0x7f, 0x80, 0xff, bytes[index] ^ 1, bytes[index] ^ 0x80] {
        var damaged = bytes
        damaged[index] = value
        // Either is fine, as long as it comes back and the code keeps its length.
        if let passed = try? runPasses(on: damaged, options: passes(tailCalls: true)) {
          #expect(passed.bytes.count == bytes.count)
        }
        _ = try? runPasses(on: damaged, options: allPasses)
        _ = try? runPasses(
          on: damaged,
          options: PassOptions(tailCalls: false, unusedParameters: true, names: .strip()))
      }
    }
  }

  @Test func overlongNumbers() {
    let header: [UInt8] = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
    for size: [UInt8] in [
      [0xff, 0xff, 0xff, 0xff, 0xff, 0x01], [0xff, 0xff, 0xff, 0xff, 0x7f],
      [0xff, 0xff, 0xff, 0xff, 0x0f],
    ] {
      #expect(throws: WasmError.self) { try functionNames(of: header + [1] + size) }
    }
  }
}
