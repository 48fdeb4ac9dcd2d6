// swift-tools-version:6.2
import PackageDescription

// Channels, locks and parallel algorithms, measured: see ../BETWEEN-TASKS.md.
let package = Package(
  name: "BetweenTasksBenchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "webble", path: "../..")],
  targets: [
    .executableTarget(
      name: "BetweenTasksBenchmarks", dependencies: [.product(name: "Webble", package: "webble")])
  ]
)
