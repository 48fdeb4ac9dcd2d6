// swift-tools-version:6.2
import PackageDescription

let package = Package(
  name: "QuickStart",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "webble", path: "../..")],
  targets: [
    .executableTarget(
      name: "Hello", dependencies: [.product(name: "Webble", package: "webble")])
  ]
)
