// swift-tools-version:6.2
import PackageDescription

// Tests of the module JavaScript: `webble test Tests/JavaScript --in node,chromium`.
let package = Package(
  name: "JavaScriptPrograms",
  dependencies: [.package(name: "webble", path: "../..")],
  targets: ["ValueTests", "CallTests", "ThreadTests", "HostTests"].map {
    .executableTarget(
      name: $0,
      dependencies: [
        .product(name: "JavaScript", package: "webble"),
        .product(name: "WebbleTesting", package: "webble"),
      ])
  } + [
    // Run by Tests/EndToEndTests.
    .executableTarget(
      name: "Endings", dependencies: [.product(name: "JavaScript", package: "webble")])
  ]
)
