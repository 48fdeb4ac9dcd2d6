// swift-tools-version:6.2
import PackageDescription

// swift run webble serve Examples/PhotoEditor -c release
let package = Package(
  name: "PhotoEditor",
  platforms: [.macOS("26.0")],
  products: [.library(name: "PhotoEditing", targets: ["PhotoEditing"])],
  dependencies: [.package(name: "webble", path: "../..")],
  targets: [
    .executableTarget(
      name: "PhotoEditor",
      dependencies: ["PhotoEditing", .product(name: "JavaScript", package: "webble")]),
    // The editing itself, which knows of no page: it runs natively, too.
    .target(
      name: "PhotoEditing", dependencies: [.product(name: "Webble", package: "webble")]),
  ]
)
