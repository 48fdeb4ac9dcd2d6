@testable import WasmPasses

/// Puts a module together byte by byte.
struct ModuleBuilder {
  struct Function {
    var name: String
    var type: Int
    /// What follows the locals, without the last `end`.
    var code: [UInt8]
  }

  static let none: [UInt8] = []
  static let i32: [UInt8] = [0x7f]

  /// Type 0 is that of resume functions; 1 returns nothing, 2 an `i32`; 3 sets the stack pointer.
  var types: [(parameters: [UInt8], results: [UInt8])] = [
    ([0x7f, 0x7f, 0x7f], none), (none, none), (none, i32), (i32, none),
  ]
  var imports = 1
  var functions: [Function] = []
  var hasStackPointer = true
  /// Whole sections that come right before the code.
  var references: [UInt8] = []
  var customSections: [(String, [UInt8])] = []

  init(_ functions: Function...) { self.functions = functions }

  static func section(_ id: UInt8, _ content: [UInt8]) -> [UInt8] {
    [id] + sized(content)
  }

  static func vector(_ items: [[UInt8]]) -> [UInt8] {
    unsignedLEB(items.count) + items.joined()
  }

  static func sized(_ bytes: [UInt8]) -> [UInt8] { unsignedLEB(bytes.count) + bytes }
  static func string(_ text: String) -> [UInt8] { sized(Array(text.utf8)) }

  var header: [UInt8] { [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0] }

  private var importSection: [UInt8] {
    let memory = Self.string("env") + Self.string("memory") + [2, 3, 2, 16]
    let function = Self.string("env") + Self.string("log") + [0, 1]
    return Self.section(2, Self.vector([memory, function]))
  }

  func codeSection(_ bodies: [[UInt8]]) -> [UInt8] {
    Self.section(10, Self.vector(bodies.map { Self.sized([0] + $0 + [0x0b]) }))
  }

  var nameSection: [UInt8] {
    let functionNames = Self.vector(
      [[0] + Self.string("log")]
        + functions.enumerated().map { unsignedLEB($0 + imports) + Self.string($1.name) })
    var content = [1] + Self.sized(functionNames)
    if hasStackPointer {
      content += [7] + Self.sized(Self.vector([[0] + Self.string("__stack_pointer")]))
    }
    return custom("name", content)
  }

  func custom(_ name: String, _ content: [UInt8]) -> [UInt8] {
    Self.section(0, Self.string(name) + content)
  }

  /// Everything before the code section.
  var beforeCode: [UInt8] {
    header
      + Self.section(1, Self.vector(
        types.map { [0x60] + Self.sized($0.parameters) + Self.sized($0.results) }))
      + importSection
      + Self.section(3, Self.vector(functions.map { unsignedLEB($0.type) }))
      + Self.section(6, Self.vector([[0x7f, 1, 0x41, 0, 0x0b]])) + references
  }

  var bytes: [UInt8] { bytes(code: functions.map(\.code)) }

  /// The module with other code in its functions.
  func bytes(code: [[UInt8]]) -> [UInt8] {
    beforeCode + codeSection(code) + nameSection
      + customSections.flatMap { custom($0.0, $0.1) }
  }
}

/// Code of functions in these tests.
enum Code {
  static let getArguments: [UInt8] = [0x20, 0, 0x20, 0, 0x20, 0]
  /// `local.get 0; i32.const 16; i32.add; global.set __stack_pointer` as the linker leaves it.
  static let restore: [UInt8] = [0x20, 0, 0x41, 16, 0x6a, 0x24, 0x80, 0x80, 0x80, 0x80, 0]
  static let shortRestore: [UInt8] = [0x20, 0, 0x41, 16, 0x6a, 0x24, 0]

  static func call(_ function: UInt8) -> [UInt8] { [0x10] + padded(function) }
  static func returnCall(_ function: UInt8) -> [UInt8] { [0x12] + padded(function) }
  static func callIndirect(_ type: UInt8) -> [UInt8] { [0x11] + padded(type) + padded(0) }
  static func returnCallIndirect(_ type: UInt8) -> [UInt8] { [0x13] + padded(type) + padded(0) }

  /// A number in five bytes, as in code that the linker has relocated.
  static func padded(_ number: UInt8) -> [UInt8] { [number | 0x80, 0x80, 0x80, 0x80, 0] }
}

/// Names as the compiler makes them.
enum Name {
  /// `foo() async -> ()` of the module `App`.
  static let async = "$e3App3fooyyYaF"
  /// Its first part.
  static let part = "$e3App3fooyyYaFTY0_"
  /// `bar() -> ()`.
  static let sync = "$e3App3baryyF"
  /// `X.value.getter`, asynchronous or not.
  static let getter = "$e3App1XV5valueSivg"
}
