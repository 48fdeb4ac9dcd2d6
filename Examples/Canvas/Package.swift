// swift-tools-version:6.2
import PackageDescription

// swift run webble serve Examples/Canvas
let package = Package(
  name: "Canvas",
  platforms: [.macOS(.v15)],
  products: [.library(name: "Fractal", targets: ["Fractal"])],
  dependencies: [.package(name: "webble", path: "../..")],
  targets: [
    .executableTarget(name: "Canvas", dependencies: ["Fractal"]),
    // Apart from the program, so that Tests/JavaScript can look at what it draws.
    .target(name: "Fractal", dependencies: [.product(name: "JavaScript", package: "webble")]),
  ]
)
