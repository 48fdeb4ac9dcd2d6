// swift-tools-version:6.2
import Foundation
import PackageDescription

/// A program for each package that others are made of: that it builds here, and what it does.
func tests(
  _ name: String, _ package: String, _ products: String..., settings: [SwiftSetting] = []
) -> Target {
  .executableTarget(
    name: name,
    dependencies: [
      .product(name: "Webble", package: "webble"), .product(name: "WebbleTesting", package: "webble"),
    ] + products.map { .product(name: $0, package: package) },
    swiftSettings: settings)
}

// Not `packages`: SwiftPM calls a package by the name of its folder, and a checkout of Webble may be in one
// of that name.
let package = Package(
  name: "packages-of-others",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "webble", path: "../.."),
    .package(url: "https://github.com/apple/swift-algorithms", from: "1.2.1"),
    .package(url: "https://github.com/apple/swift-atomics", from: "1.3.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
  ],
  targets: [
    tests("AlgorithmsTests", "swift-algorithms", "Algorithms"),
    tests("AtomicsTests", "swift-atomics", "Atomics"),
    tests(
      "CollectionsTests", "swift-collections", "BitCollections", "DequeModule",
      "HashTreeCollections", "HeapModule", "OrderedCollections"),
    tests("HTTPTypesTests", "swift-http-types", "HTTPTypes"),
    tests("JSONOnWorkers", "webble", "JSON", "JavaScript"),
    tests("NumericsTests", "swift-numerics", "Numerics"),
    tests("UmbrellaTests", "swift-collections", "Collections", settings: [.swiftLanguageMode(.v5)]),
  ]
)

/// Adds the tests of a package that a script lays beside this file.
@MainActor func addTests(_ name: String, _ folder: String, _ product: String) {
  guard FileManager.default.fileExists(atPath: "\(Context.packageDirectory)/\(folder)/Package.swift") else { return }
  package.dependencies.append(.package(path: folder))
  package.targets.append(tests(name, folder, product))
}
// By `scripts/async-algorithms.sh Tests/PackagesOfOthers/swift-async-algorithms`.
addTests("AsyncAlgorithmsTests", "swift-async-algorithms", "AsyncAlgorithms")
// By `scripts/bigint.sh Tests/PackagesOfOthers/BigInt`.
addTests("BigIntTests", "BigInt", "BigInt")
