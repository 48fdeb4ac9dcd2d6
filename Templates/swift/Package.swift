// swift-tools-version:6.2
import PackageDescription

let package = Package(
  name: "{{name}}",
  platforms: [.macOS(.v15)],
  dependencies: [{{dependency}}],
  targets: [
    // What is worth keeping apart from the web: it knows nothing of pages.
    .target(name: "{{module}}Core"),
    // The program that the page starts.
    .executableTarget(
      name: "{{module}}",
      dependencies: [
        "{{module}}Core",
        .product(name: "Webble", package: "webble"),
        .product(name: "JavaScript", package: "webble"),
      ]),
    // Run by `swift run webble test`.
    .executableTarget(
      name: "{{module}}Tests",
      dependencies: [
        "{{module}}Core",
        .product(name: "Webble", package: "webble"),
        .product(name: "WebbleTesting", package: "webble"),
      ],
      path: "Tests/{{module}}Tests"),
  ]
)
