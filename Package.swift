// swift-tools-version:6.2
import PackageDescription

let package = Package(
  name: "webble",
  products: [
    .library(name: "Webble", targets: ["Webble"]),
    .library(name: "JavaScript", targets: ["JavaScript"]),
    .library(name: "WebbleTesting", targets: ["WebbleTesting"]),
    .executable(name: "webble", targets: ["WebbleTool"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    .package(url: "https://github.com/onevcat/Rainbow", from: "4.2.2"),
  ],
  targets: [
    // What a program imports. Compiled for wasm32 with the Swift SDK that `webble` builds from SDK/.
    .target(name: "Webble"),
    .target(name: "JavaScript", dependencies: ["Webble"]),
    .target(name: "WebbleTesting", dependencies: ["Webble"]),

    // The scheduler and the allocator: part of the Swift SDK on wasm32, built natively for their tests.
    .target(name: "CPlatform"),
    .target(name: "WebbleScheduler", dependencies: ["CPlatform"]),
    .target(name: "WebbleAllocator", dependencies: ["CPlatform"]),

    // The state machines of the SDK's concurrency library, built natively for their tests.
    .target(
      name: "ConcurrencyStates", path: "SDK/_Concurrency",
      sources: [
        "ActorState.swift", "ContinuationState.swift", "GroupState.swift", "QueueTicket.swift",
        "TaskStatus.swift",
      ]),

    // The command-line tool.
    .target(name: "WasmPasses"),
    .executableTarget(
      name: "WebbleTool",
      dependencies: [
        "WasmPasses",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "FlyingFox", package: "FlyingFox"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "Rainbow", package: "Rainbow"),
      ]),

    // Walks through all interleavings of a model's steps.
    .target(name: "Interleavings", path: "Tests/Interleavings"),
    // Threads and locks that the thread sanitizer understands.
    .target(name: "Threads", path: "Tests/Threads"),
    .testTarget(
      name: "SchedulerTests",
      dependencies: ["WebbleScheduler", "CPlatform", "Interleavings", "Threads"]),
    .testTarget(name: "ConcurrencyStateTests", dependencies: ["ConcurrencyStates", "Interleavings"]),
    .testTarget(name: "AllocatorTests", dependencies: ["WebbleAllocator", "CPlatform"]),
    .testTarget(name: "ChannelTests", dependencies: ["Webble", "Interleavings", "Threads"]),
    .testTarget(name: "WasmPassesTests", dependencies: ["WasmPasses"]),
    .testTarget(name: "WebbleToolTests", dependencies: ["WebbleTool"]),
    // Whole programs, from source to exit status, in every engine.
    .testTarget(name: "EndToEndTests", dependencies: ["WebbleTool"]),
  ]
)
