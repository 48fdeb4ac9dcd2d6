// swift-tools-version:6.2
import PackageDescription

// swift run webble serve Examples/Form
let package = Package(
  name: "Form",
  platforms: [.macOS(.v15)],
  products: [.library(name: "PrimeForm", targets: ["PrimeForm"])],
  dependencies: [.package(name: "webble", path: "../..")],
  targets: [
    .executableTarget(name: "Form", dependencies: ["PrimeForm"]),
    // Apart from the program, so that Tests/JavaScript can fill it in.
    .target(
      name: "PrimeForm", dependencies: [.product(name: "JavaScript", package: "webble")]),
  ]
)
