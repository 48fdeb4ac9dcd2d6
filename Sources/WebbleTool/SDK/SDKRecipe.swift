import Foundation

/// What the Swift SDK is made of, and every compiler and linker option of it. The options that a
/// program is compiled with and those that the SDK itself is compiled with must agree on the
/// features of the target, so they are spelled here only.
enum SDKRecipe {
  static let identifier = "webble"
  /// Where the SDK lies in the folder that is given to `swift build --swift-sdks-path`.
  static let bundlePath = "\(identifier).artifactbundle/\(identifier)"
  static let triple = "wasm32-unknown-none-wasm"

  /// The memory that a program may grow to unless it is built with another limit: 1 GiB, in bytes.
  static let defaultMaximumMemory = 1 << 30
  /// The main thread's stack unless a program is built with another size: 256 KiB, in bytes.
  static let defaultStackSize = 256 << 10

  /// A C module: its headers with their module map, and the folders of its sources.
  struct CModule: Sendable {
    var name: String
    var sources: [String]
    var headers: String
    /// Where the headers go, below `sysroot/include`: programs include those of the C library by name.
    var place: String
    /// The header of which the module is made, if its folder has no module map: natively the same files
    /// are a module of another name.
    var moduleHeader: String?
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
      name: "CPlatform", sources: ["Sources/CPlatform"], headers: "Sources/CPlatform/include",
      place: "CPlatform", moduleHeader: "platform.h"),
    CModule(
      name: "CRuntime", sources: ["SDK/Runtime"], headers: "SDK/Runtime/include",
      place: "CRuntime"),
    CModule(
      name: "CLibrary",
      sources: [
        "Compiler", "Math", "Numbers", "Strings", "Stdlib", "Stdio", "Time", "Threads", "Cxx",
      ].map { "SDK/CLibrary/\($0)" },
      headers: "SDK/CLibrary/include", place: "."),
  ]

  /// Libraries that packages ask for by `-l` and that are part of `libwebble.a` here: archives with
  /// nothing in them.
  static let emptyLibraries = [
    "m", "c", "pthread", "dl", "rt", "util", "atomic", "stdc++", "c++", "c++abi",
  ]

  /// In the order of their imports.
  static let swiftModules = [
    SwiftModule(
      name: "WebbleStandardLibrary", sources: "SDK/StandardLibrary",
      options: ["-enable-experimental-feature", "BuiltinModule"]),
    SwiftModule(name: "Mathematics", sources: "SDK/Mathematics"),
    SwiftModule(name: "WASILibc", sources: "SDK/WASILibc"),
    SwiftModule(
      name: "WebbleAtomics", sources: "Sources/WebbleAtomics",
      options: [
        "-enable-experimental-feature", "BuiltinModule", "-enable-experimental-feature", "RawLayout",
      ]),
    SwiftModule(name: "WebbleAllocator", sources: "Sources/WebbleAllocator"),
    SwiftModule(name: "WebbleScheduler", sources: "Sources/WebbleScheduler"),
    SwiftModule(
      name: "_Concurrency", sources: "SDK/_Concurrency",
      options: [
        "-enable-experimental-feature", "BuiltinModule",
        "-Xfrontend", "-disable-implicit-concurrency-module-import",
      ]),
  ]

  /// What a program imports by its package's dependency on this one, in the order of their imports.
  /// Each is a folder of Sources, with its subfolders.
  static let libraries = ["Webble", "JavaScript", "WebbleTesting"]

  // MARK: Options

  /// What kinds of SDK there are.
  struct Variant: Sendable {
    /// Whether code may use vectors of 128 bits.
    var simd = true
    /// Whether the runtime keeps a record of all tasks, for dumps: see SDK/_Concurrency/Inspection/Inspection.swift.
    var inspects = false
    /// Whether release builds keep what a failed check has to say: a trap for each check, and texts.
    var keepsChecks = false
    /// Whether schedules are explored: see SDK/_Concurrency/Exploration/Exploration.swift.
    var explores = false
  }

  /// Everything that includes the runtime's header has to lay tasks out alike.
  private static func macros(_ variant: Variant) -> [String] {
    variant.inspects ? ["-DWEBBLE_INSPECT=1"] : []
  }

  /// Threads need atomics; awaiting in constant stack needs tail calls.
  /// `long double` is `double`: the type of 128 bits that it would be has no instructions.
  /// Vectors of 128 bits make `SIMD4<Float>` one value and its operations one instruction each, and let
  /// the compiler do several turns of a loop at once.
  private static func targetFeatures(_ variant: Variant) -> [String] {
    [
      "-matomics", "-mbulk-memory", "-mtail-call", "-mthread-model", "posix",
      "-Xclang", "-mlong-double-64",
    ] + (variant.simd ? ["-msimd128"] : [])
  }

  /// The toolchain's header (`LibcShims.h`) takes this system for one whose `malloc` does not tell the
  /// size of a block, and `ManagedBuffer.capacity` is computed from that size. A macro puts a definition
  /// that asks our allocator in front of the header's, which goes on under a name that nobody uses.
  private static let blockSizes = [
    "-D_swift_stdlib_malloc_size(parameter)=_swift_stdlib_malloc_size(parameter){"
      + "extern __SIZE_TYPE__ webble_usable_size(const void*);return webble_usable_size(ptr);}"
      + "static inline __SIZE_TYPE__ webble_replaced_malloc_size(parameter)",
    "-D_swift_stdlib_has_malloc_size()=_swift_stdlib_has_malloc_size(void){return 1;}"
      + "static inline __swift_bool webble_replaced_has_malloc_size(void)",
  ]

  /// The headers of C's library by their C++ names, and what the language itself needs. There is no standard
  /// library of C++.
  private static let cxxOptions = [
    "-fno-exceptions", "-fno-rtti", "-iwithsysroot", "/include/c++",
  ]

  private static func swiftTarget(_ variant: Variant) -> [String] {
    [
      "-enable-experimental-feature", "Embedded", "-enable-experimental-feature", "Extern", "-wmo",
      // A shadow stack overflow is found by its limit, and the module has no canary to compare.
      "-Xfrontend", "-disable-stack-protector",
      // The compiler's own LLVM passes move retains past loads, and so past the test whether an
      // object has one owner, which is such a load where Embedded Swift's runtime is in line.
      "-Xfrontend", "-disable-swift-specific-llvm-optzns",
    ]
      // One trap for all failed checks of a function: a trap's report names the function.
      + (variant.keepsChecks ? [] : ["-Xfrontend", "-mergeable-traps"])
      // In line it would not be the one of entry.c.
      + (variant.explores ? ["-Xllvm", "-force-attribute=swift_once:noinline"] : [])
      + (targetFeatures(variant) + macros(variant) + blockSizes).flatMap { ["-Xcc", $0] }
  }

  /// Compiles the SDK's C files.
  static func clangOptions(_ variant: Variant) -> [String] {
    ["--target=\(triple)"] + targetFeatures(variant) + macros(variant) + ["-O2", "-ffreestanding", "-fno-builtin"]
  }

  /// Compiles the SDK's Swift modules.
  static func swiftcOptions(_ variant: Variant) -> [String] {
    ["-target", triple, "-swift-version", "6", "-O", "-parse-as-library"] + swiftTarget(variant)
      + (variant.keepsChecks ? ["-D", "WEBBLE_KEEPS_CHECKS"] : [])
  }

  /// Compiles the libraries: as SwiftPM would, for the same build of a program.
  static func libraryOptions(_ configuration: BuildConfiguration, _ variant: Variant) -> [String] {
    ["-target", triple, "-swift-version", "6", "-parse-as-library", "-g", "-package-name", "webble"]
      + swiftTarget(variant) + importOfConcurrency
      + (configuration == .release ? ["-O"] + releaseOptions : ["-Onone", "-DDEBUG"])
  }

  /// Embedded Swift never imports the concurrency library by itself.
  private static let importOfConcurrency = [
    "-Xfrontend", "-import-module", "-Xfrontend", "_Concurrency",
  ]

  /// The toolset of the bundle: what SwiftPM adds when it builds a program.
  static func toolset(_ variant: Variant) -> Toolset {
    Toolset(
      schemaVersion: "1.0",
      swiftCompiler: .init(
        extraCLIOptions: swiftTarget(variant) + importOfConcurrency + ["-Xclang-linker", "-nostdlib"]),
      cCompiler: .init(extraCLIOptions: targetFeatures(variant)),
      cxxCompiler: .init(extraCLIOptions: targetFeatures(variant) + cxxOptions),
      linker: .init(
        extraCLIOptions: [
          "--import-memory", "--shared-memory", "--max-memory=\(defaultMaximumMemory)",
          // The stack lies below the static data, so that an overflow traps instead of overwriting.
          "--stack-first", "-z", "stack-size=\(defaultStackSize)",
          "--no-entry",
        ] + (variant.inspects ? ["--export-table"] : [])
            + (exports + (variant.inspects ? exportsForInspection : [])).map { "--export-if-defined=\($0)" } + ["-lwebble", "-lswiftUnicodeDataTables"]))
  }

  /// What the glue calls or sets.
  private static let exports = [
    "webble_initialize", "webble_main", "webble_turn", "webble_enter_worker", "webble_park_word",
    "webble_worker_ready", "webble_worker_failed", "webble_worker_gone", "webble_unwound",
    "webble_write_lines", "webble_text_buffer", "webble_set_stack_pointer", "webble_trap_report",
    "webble_claim_end",
    // Of explored schedules: found by its name, see AtomicAccessPass.swift.
    "webble_may_be_preempted", "webble_may_be_preempted_at",
    "__wasm_init_tls", "__stack_pointer", "__heap_base",
  ]

  private static let exportsForInspection = ["webble_dump", "webble_snapshot", "webble_end_dump", "webble_enter_inspector", "webble_make_inspector",
    "webble_awaiters", "webble_hung_tasks", "webble_start_trace", "webble_traces", "webble_start_heap_profile",
    "webble_heap_samples", "webble_find_leaks",
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
    var cxxCompiler: Options
    var linker: Options
    struct Options: Codable { var extraCLIOptions: [String] }
  }
}
