// swift-tools-version:6.2
import PackageDescription

// Tests of the module JavaScript: `webble test Tests/JavaScript --in node,chromium`.
let package = Package(
  name: "JavaScriptPrograms",
  dependencies: [
    .package(name: "webble", path: "../.."),
    .package(path: "../../Examples/Form"),
    .package(path: "../../Examples/Canvas"),
  ],
  targets: ["ValueTests", "CallTests", "ThreadTests", "HostTests"].map {
    .executableTarget(
      name: $0,
      dependencies: [
        .product(name: "JavaScript", package: "webble"),
        .product(name: "WebbleTesting", package: "webble"),
      ])
  } + [
    .executableTarget(
      name: "PageTests",
      dependencies: [
        .product(name: "JavaScript", package: "webble"),
        .product(name: "WebbleTesting", package: "webble"),
        .product(name: "PrimeForm", package: "Form"),
        .product(name: "Fractal", package: "Canvas"),
      ]),
    .executableTarget(
      name: "Exporting", dependencies: [.product(name: "JavaScript", package: "webble")]),
    // Run by Tests/EndToEndTests.
    .executableTarget(
      name: "Endings", dependencies: [.product(name: "JavaScript", package: "webble")])
  ]
)
