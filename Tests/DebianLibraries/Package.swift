// swift-tools-version:6.2
import PackageDescription

// C and C++ as it exists: libraries of some thousand lines each, unchanged, from Debian's source packages.
// scripts/debian-libraries.sh lays them here; they are not part of the repository.
let package = Package(
  name: "debian-libraries",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "webble", path: "../..")],
  targets: [
    .target(name: "zlib"),
    .target(name: "cJSON"),
    .target(
      name: "yaml",
      cSettings: [
        .define("YAML_DECLARE_STATIC"), .define("YAML_VERSION_STRING", to: "\"0.2.5\""),
        .define("YAML_VERSION_MAJOR", to: "0"), .define("YAML_VERSION_MINOR", to: "2"),
        .define("YAML_VERSION_PATCH", to: "5"),
      ]),
    .target(name: "tinyxml2"),
    .target(
      name: "Checks", dependencies: ["zlib", "cJSON", "yaml"],
      cSettings: [.define("YAML_DECLARE_STATIC")]),
    .target(name: "CxxChecks", dependencies: ["tinyxml2"]),
    .executableTarget(
      name: "DebianTests",
      dependencies: [
        "Checks", "CxxChecks", .product(name: "Webble", package: "webble"),
        .product(name: "WebbleTesting", package: "webble"),
      ]),
  ]
)
