// swift-tools-version:6.2
import PackageDescription

// What only natively can be shown: how a program ends, what sanitizers report, and that a user's own tests
// may use pools: `swift test --package-path Tests/Natively`.
let package = Package(
  name: "Natively",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "webble", path: "../..")],
  targets: [
    // For EndToEndTests.
    .executableTarget(
      name: "NativeEndings",
      dependencies: [
        .product(name: "Webble", package: "webble"),
        .product(name: "JavaScript", package: "webble"),
      ]),
    .testTarget(name: "UserTests", dependencies: [.product(name: "Webble", package: "webble")]),
  ]
)
