// swift-tools-version:6.2
import PackageDescription

// Small programs with one fault each, and the same mended: `webble test Tests/Exploration --explore`.
let package = Package(
  name: "Exploration",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "webble", path: "../..")],
  targets: [
    .executableTarget(
      name: "ExplorationTests",
      dependencies: [
        .product(name: "Webble", package: "webble"),
        .product(name: "WebbleTesting", package: "webble"),
      ]),
    .executableTarget(
      name: "AnswerTests",
      dependencies: [
        .product(name: "JavaScript", package: "webble"),
        .product(name: "Webble", package: "webble"),
        .product(name: "WebbleTesting", package: "webble"),
      ]),
  ]
)
