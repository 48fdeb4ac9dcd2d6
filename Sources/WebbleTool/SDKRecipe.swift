import Foundation

/// What the Swift SDK is made of, and every compiler and linker option of it. The options that a
/// program is compiled with and those that the SDK itself is compiled with must agree on the
/// features of the target, so they are spelled here only.
enum SDKRecipe {
  static let identifier = "webble"
  static let triple = "wasm32-unknown-none-wasm"

  /// The memory that a program may grow to unless it is built with another limit: 1 GiB, in bytes.
  static let defaultMaximumMemory = 1 << 30
  /// The main thread's stack unless a program is built with another size: 256 KiB, in bytes.
  static let defaultStackSize = 256 << 10

  /// A C module: its headers with their module map, and its sources.
  struct CModule: Sendable {
    var name: String
    var sources: String
    var headers: String
  }

  /// A Swift module, compiled as a whole.
  struct SwiftModule: Sendable {
    var name: String
    var sources: String
    var options: [String] = []

    /// The self-checks that only native tests call stay out of programs.
    static let excludedFile = "Invariants.swift"
  }

  static let cModules = [
    CModule(
      name: "CPlatform", sources: "Sources/CPlatform", headers: "Sources/CPlatform/include"),
    CModule(name: "CRuntime", sources: "SDK/Runtime", headers: "SDK/Runtime/include"),
  ]

  /// In the order of their imports.
  static let swiftModules = [
    SwiftModule(name: "WebbleAllocator", sources: "Sources/WebbleAllocator"),
    SwiftModule(name: "WebbleScheduler", sources: "Sources/WebbleScheduler"),
    SwiftModule(
      name: "_Concurrency", sources: "SDK/_Concurrency",
      options: [
        "-enable-experimental-feature", "BuiltinModule",
        "-Xfrontend", "-disable-implicit-concurrency-module-import",
      ]),
  ]

  // MARK: Options

  /// Threads need atomics; awaiting in constant stack needs tail calls.
  private static let targetFeatures = [
    "-matomics", "-mbulk-memory", "-mtail-call", "-mthread-model", "posix",
  ]

  private static let swiftTarget =
    [
      "-enable-experimental-feature", "Embedded", "-enable-experimental-feature", "Extern", "-wmo",
      // A shadow stack overflow is found by its limit, and the module has no canary to compare.
      "-Xfrontend", "-disable-stack-protector",
      // The compiler's own LLVM passes move retains past loads, and so past the test whether an
      // object has one owner, which is such a load where Embedded Swift's runtime is in line.
      "-Xfrontend", "-disable-swift-specific-llvm-optzns",
      // One trap for all failed checks of a function: a trap's report names the function.
      "-Xfrontend", "-mergeable-traps",
    ] + targetFeatures.flatMap { ["-Xcc", $0] }

  /// Compiles the SDK's C files.
  static let clangOptions =
    ["--target=\(triple)"] + targetFeatures + ["-O2", "-ffreestanding", "-fno-builtin"]

  /// Compiles the SDK's Swift modules.
  static let swiftcOptions =
    ["-target", triple, "-swift-version", "6", "-O", "-parse-as-library"] + swiftTarget

  /// The toolset of the bundle: what SwiftPM adds when it builds a program.
  static let toolset = Toolset(
    schemaVersion: "1.0",
    swiftCompiler: .init(
      extraCLIOptions: swiftTarget + [
        // Embedded Swift never imports the concurrency library by itself.
        "-Xfrontend", "-import-module", "-Xfrontend", "_Concurrency",
        "-Xclang-linker", "-nostdlib",
      ]),
    cCompiler: .init(extraCLIOptions: targetFeatures),
    linker: .init(
      extraCLIOptions: [
        "--import-memory", "--shared-memory", "--max-memory=\(defaultMaximumMemory)",
        // The stack lies below the static data, so that an overflow traps instead of overwriting.
        "--stack-first", "-z", "stack-size=\(defaultStackSize)",
        "--no-entry",
      ] + exports.map { "--export-if-defined=\($0)" } + ["-lwebble", "-lswiftUnicodeDataTables"]))

  /// What the glue calls or sets.
  private static let exports = [
    "webble_initialize", "webble_main", "webble_turn", "webble_enter_worker", "webble_park_word",
    "webble_worker_ready", "webble_worker_failed", "webble_worker_gone", "webble_unwound",
    "webble_write_lines", "webble_text_buffer", "webble_set_stack_pointer", "webble_trap_report",
    "__wasm_init_tls", "__stack_pointer", "__heap_base",
  ]

  /// What release builds compile a program's Swift modules with besides. SwiftPM asks for as many
  /// threads as there are processors, and the compiler then cuts a module into one unit of LLVM's for
  /// each file, between which nothing is inlined or dropped, unless told not to.
  static let releaseOptions = ["-Xfrontend", "-enable-single-module-llvm-emission"]

  /// The linker options of one build that differ from the toolset's; the linker takes the last.
  static func linkerOptions(maximumMemory: Int?, stackSize: Int?) -> [String] {
    var options: [String] = []
    if let maximumMemory { options.append("--max-memory=\(maximumMemory)") }
    if let stackSize { options += ["-z", "stack-size=\(stackSize)"] }
    return options
  }

  struct Toolset: Codable {
    var schemaVersion: String
    var swiftCompiler: Options
    var cCompiler: Options
    var linker: Options
    struct Options: Codable { var extraCLIOptions: [String] }
  }
}
