// swift-tools-version:6.2
import PackageDescription

// Tests of channels, locks and parallel algorithms: `webble test Tests/BetweenTasks --in node,chromium`.
let package = Package(
  name: "BetweenTasks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "webble", path: "../..")],
  targets: [
    .executableTarget(
      name: "BetweenTasksTests",
      dependencies: [
        .product(name: "Webble", package: "webble"),
        .product(name: "WebbleTesting", package: "webble"),
      ])
  ]
)
