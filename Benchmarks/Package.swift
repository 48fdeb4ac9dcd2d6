// swift-tools-version:6.2
import PackageDescription

let package = Package(
  name: "WebbleBenchmarks",
  dependencies: [.package(name: "webble", path: "..")],
  targets: [
    // What README.md lists, measured.
    .executableTarget(
      name: "Benchmarks", dependencies: [.product(name: "Webble", package: "webble")]),
    // The smallest program that does something, to see how many bytes it takes.
    .executableTarget(
      name: "Minimal", dependencies: [.product(name: "Webble", package: "webble")]),
  ]
)
