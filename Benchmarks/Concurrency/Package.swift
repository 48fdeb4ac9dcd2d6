// swift-tools-version:6.2
import PackageDescription

// What the operations of Swift Concurrency cost. The same source runs in Webble programs and natively
// against the toolchain's own library: `node run.mjs` does both.
let package = Package(
  name: "ConcurrencyBenchmarks",
  platforms: [.macOS("26.0")],
  dependencies: [.package(name: "webble", path: "../..")],
  targets: [
    .executableTarget(
      name: "ConcurrencyBenchmarks",
      dependencies: [
        .product(name: "Webble", package: "webble"),
        .product(name: "JavaScript", package: "webble"),
      ])
  ]
)
