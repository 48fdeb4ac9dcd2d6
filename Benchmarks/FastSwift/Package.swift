// swift-tools-version:6.2
import PackageDescription

// The figures of Documentation/FastSwift.md: `webble run Benchmarks/FastSwift -c release --in chromium`.
let package = Package(
  name: "FastSwift",
  platforms: [.macOS("26.0")],
  dependencies: [
    .package(name: "webble", path: "../.."), .package(path: "../../Examples/PhotoEditor"),
  ],
  targets: [
    .executableTarget(
      name: "FastSwift",
      dependencies: [
        "TunedBlur", .product(name: "Webble", package: "webble"),
        .product(name: "JavaScript", package: "webble"),
        .product(name: "PhotoEditing", package: "PhotoEditor"),
      ]),
    // The blur in C, by hand.
    .target(name: "TunedBlur", cSettings: [.unsafeFlags(["-O3"])]),
  ]
)
