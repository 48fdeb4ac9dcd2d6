// swift-tools-version:6.2
import PackageDescription

// What calls between Swift and JavaScript cost: see ../JAVASCRIPT.md.
let package = Package(
  name: "JavaScriptCosts",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "webble", path: "../..")],
  targets: [
    .executableTarget(
      name: "Costs", dependencies: [.product(name: "JavaScript", package: "webble")])
  ]
)
