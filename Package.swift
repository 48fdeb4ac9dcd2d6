// swift-tools-version:6.2
import PackageDescription

/// `webble` compiles the libraries itself, once, and keeps them beside the Swift SDK. When it builds
/// a program it says so by this variable, and the products are targets that only name the libraries.
let comeCompiled = Context.environment["WEBBLE_LIBRARIES"] == "compiled"

func library(_ name: String, compiled: [String]) -> Product {
  .library(name: name, targets: comeCompiled ? compiled.map { "Compiled\($0)" } : [name])
}

// What runs a native program's pools. The SDK has this for the web, whose programs leave it out.
let native: [Target.Dependency] = ["NativeScheduler", "NativeAtomics", "CNative"].map {
  .target(name: $0, condition: .when(platforms: [.linux, .macOS]))
}

/// What `make docs` needs, and who uses the package does not.
let documentation: [Package.Dependency] =
  Context.environment["WEBBLE_DOCUMENTATION"] == nil
  ? [] : [.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0")]

let package = Package(
  name: "webble",
  platforms: [.macOS(.v15)],
  products: [
    library("Webble", compiled: ["Webble"]),
    library("JavaScript", compiled: ["Webble", "JavaScript"]),
    library("WebbleTesting", compiled: ["Webble"]),
    .library(name: "JSON", targets: ["JSON"]),
    .executable(name: "webble", targets: ["WebbleTool"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    .package(url: "https://github.com/onevcat/Rainbow", from: "4.2.2"),
  ] + documentation,
  targets: [
    // What a program imports. Compiled for wasm32 with the Swift SDK that `webble` builds from SDK/.
    .target(name: "Webble", dependencies: native),
    .target(name: "JavaScript", dependencies: ["Webble"] + native),
    .target(name: "WebbleTesting", dependencies: ["Webble"]),
    .target(name: "JSON"),
    .target(name: "CompiledWebble", path: "SDK/CompiledLibraries/Webble"),
    .target(name: "CompiledJavaScript", path: "SDK/CompiledLibraries/JavaScript"),

    // The scheduler and the allocator: part of the Swift SDK on wasm32, built natively for their tests.
    // Module names of their own, since the package's modules would hide the SDK's.
    .target(name: "CNative", path: "Sources/CPlatform"),
    .target(
      name: "NativeAtomics", path: "Sources/WebbleAtomics", swiftSettings: [.define("NATIVE_ATOMICS")]),
    .target(
      name: "NativeScheduler", dependencies: ["CNative", "NativeAtomics"],
      path: "Sources/WebbleScheduler"),
    .target(name: "WebbleAllocator", dependencies: ["CNative", "NativeAtomics"]),

    // The state machines of the SDK's concurrency library, built natively for their tests.
    .target(
      name: "ConcurrencyStates", path: "SDK/_Concurrency/States"),

    // The command-line tool.
    .target(name: "WasmPasses"),
    .executableTarget(
      name: "WebbleTool",
      dependencies: [
        "WasmPasses",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "Rainbow", package: "Rainbow"),
      ]),

    // Walks through all interleavings of a model's steps.
    .target(name: "Interleavings", path: "Tests/Interleavings"),
    // Threads and locks that the thread sanitizer understands.
    .target(name: "Threads", path: "Tests/Threads"),
    .testTarget(
      name: "SchedulerTests",
      dependencies: ["NativeScheduler", "CNative", "Interleavings", "Threads"]),
    // Some of the scheduler and the allocator once more, with an `Atomic` that stops before each access.
    .target(name: "Fibers", path: "Benchmarks/Scaling/Sources/Fibers"),
    .testTarget(name: "SteppedTests", dependencies: ["CNative", "Fibers", "NativeAtomics"]),
    .testTarget(name: "ConcurrencyStateTests", dependencies: ["ConcurrencyStates", "Interleavings"]),
    .testTarget(name: "AllocatorTests", dependencies: ["WebbleAllocator", "CNative"]),
    .testTarget(name: "ChannelTests", dependencies: ["Webble", "Interleavings", "Threads"]),
    .testTarget(name: "JSONTests", dependencies: ["JSON"]),
    .testTarget(name: "WasmPassesTests", dependencies: ["WasmPasses"]),
    .testTarget(name: "WebbleToolTests", dependencies: ["WebbleTool"]),
    .testTarget(name: "StandardLibraryTests", dependencies: ["WebbleTool"]),
    // Reads what the compiler notes of who uses what.
    .target(name: "IndexStore", path: "Tests/IndexStore"),
    // Whole programs, from source to exit status, in every engine.
    .testTarget(name: "EndToEndTests", dependencies: ["IndexStore", "WasmPasses", "WebbleTool"]),
  ]
)
