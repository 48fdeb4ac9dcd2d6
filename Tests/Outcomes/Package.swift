// swift-tools-version:6.2
import PackageDescription

/// A program that ends in the way that its first argument names: see Tests/EndToEndTests.
let package = Package(
  name: "Outcomes",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "webble", path: "../..")],
  targets: [
    .executableTarget(
      name: "Outcomes", dependencies: [.product(name: "Webble", package: "webble")])
  ]
)
