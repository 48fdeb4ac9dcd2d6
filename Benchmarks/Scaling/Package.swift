// swift-tools-version:6.2
import PackageDescription

// The scheduler's and the allocator's own sources, natively, on as many threads as asked:
// `swift run --package-path Benchmarks/Scaling -c release Scaling`. See ../SCALING.md.
let package = Package(
  name: "WebbleScaling",
  platforms: [.macOS(.v15)],
  targets: [
    // WebbleScheduler and WebbleAllocator are part of this module, so that its `Atomic`, which counts,
    // takes the place of the standard library's in them.
    .executableTarget(
      name: "Scaling", dependencies: ["CPlatform", "Fibers", "NativeAtomics"],
      swiftSettings: [
        // The check keeps its records by thread, and fibers change places on one.
        .unsafeFlags(["-enforce-exclusivity=unchecked"]),
      ]),
    // Its waits and notifications get another name: the simulated ones stand in their place.
    .target(
      name: "CPlatform",
      cSettings: [
        .define("webble_futex_wait", to: "system_futex_wait"),
        .define("webble_futex_notify", to: "system_futex_notify"),
      ]),
    .target(name: "Fibers"),
    // In place of Sources/WebbleAtomics.
    .target(name: "NativeAtomics"),
  ]
)
