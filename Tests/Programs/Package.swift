// swift-tools-version:6.2
import PackageDescription

// Tests that run where Webble programs do: `webble test Tests/Programs --in node,chromium`.
let package = Package(
  name: "WebblePrograms",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "webble", path: "../..")],
  targets: [
    .target(
      name: "TestSupport", dependencies: [.product(name: "Webble", package: "webble")])
  ]
    // Pools and handles, the language's concurrency, scheduling, constant stack, loops without an exit, typed errors.
    + ["PoolTests", "LanguageTests", "SchedulingTests", "StackTests", "EndlessTests", "TypedErrorTests"].map {
      .executableTarget(
        name: $0,
        dependencies: [
          "TestSupport",
          .product(name: "Webble", package: "webble"),
          .product(name: "WebbleTesting", package: "webble"),
        ])
    }
)
