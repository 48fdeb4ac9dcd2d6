// swift-tools-version:6.2
import PackageDescription

// What Swift promises of its concurrency, by area. The same source runs in Webble programs,
// `webble test Tests/Concurrency --in node,chromium`, and natively against the toolchain's own library,
// `swift run --package-path Tests/Concurrency ConcurrencyTests`: a difference is a failure of one of the two.
let package = Package(
  name: "ConcurrencyConformance",
  platforms: [.macOS("26.0")],
  dependencies: [.package(name: "webble", path: "../..")],
  targets: [
    .target(
      name: "Support",
      dependencies: [
        .product(name: "Webble", package: "webble"),
        .product(name: "WebbleTesting", package: "webble"),
      ]),
    .executableTarget(
      name: "ConcurrencyTests",
      dependencies: [
        "Support",
        .product(name: "Webble", package: "webble"),
        .product(name: "WebbleTesting", package: "webble"),
      ]),
  ]
)
