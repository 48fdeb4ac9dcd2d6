// swift-tools-version:6.2
import PackageDescription

// All kinds of work at once, for as long as one wants: `webble run Tests/Soak -c release --in chromium -- 600`.
let package = Package(
  name: "Soak",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "webble", path: "../..")],
  targets: [
    .executableTarget(
      name: "Soak",
      dependencies: [
        .product(name: "Webble", package: "webble"),
        .product(name: "JavaScript", package: "webble"),
      ])
  ]
)
