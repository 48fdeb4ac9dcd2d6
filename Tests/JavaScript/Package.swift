// swift-tools-version:6.2
import PackageDescription

// Tests of the module JavaScript: `webble test Tests/JavaScript --in node,chromium`.
let package = Package(
  name: "JavaScriptPrograms",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "webble", path: "../.."),
    .package(path: "../../Examples/Form"),
    .package(path: "../../Examples/Canvas"),
    .package(path: "../../Examples/PhotoEditor"),
    .package(path: "Words"),
  ],
  targets: ["ValueTests", "CallTests", "ThreadTests", "HostTests"].map {
    .executableTarget(
      name: $0,
      dependencies: [
        "HighMemory",
        .product(name: "JavaScript", package: "webble"),
        .product(name: "WebbleTesting", package: "webble"),
      ] + ($0 == "HostTests" ? [.product(name: "Words", package: "Words")] : []),
      resources: $0 == "HostTests" ? [.copy("Greetings"), .embedInCode("motto.txt")] : [])
  } + [
    .target(
      name: "HighMemory", dependencies: [.product(name: "Webble", package: "webble")]),
    .executableTarget(
      name: "PageTests",
      dependencies: [
        .product(name: "JavaScript", package: "webble"),
        .product(name: "WebbleTesting", package: "webble"),
        .product(name: "PrimeForm", package: "Form"),
        .product(name: "Fractal", package: "Canvas"),
        .product(name: "PhotoEditing", package: "PhotoEditor"),
      ]),
    .executableTarget(
      name: "Exporting", dependencies: [.product(name: "JavaScript", package: "webble")]),
    // Run by Tests/EndToEndTests.
    .executableTarget(
      name: "Endings", dependencies: [.product(name: "JavaScript", package: "webble")]),
    .executableTarget(
      name: "Lives", dependencies: [.product(name: "JavaScript", package: "webble")]),
  ]
)
