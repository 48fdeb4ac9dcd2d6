// swift-tools-version:6.2
import PackageDescription

let package = Package(
  name: "CLibraryTests",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "webble", path: "../..")],
  targets: ["NumberTests", "MathTests", "LibraryTests"].map {
    .executableTarget(
      name: $0,
      dependencies: [
        .product(name: "Webble", package: "webble"),
        .product(name: "WebbleTesting", package: "webble"),
      ] + ($0 == "LibraryTests" ? ["CChecks", "CxxChecks"] : []))
  } + [
    // -lm and its like link: they are part of the SDK.
    .target(name: "CChecks", linkerSettings: [.linkedLibrary("m"), .linkedLibrary("pthread")]),
    .target(name: "CxxChecks"),
  ]
)
