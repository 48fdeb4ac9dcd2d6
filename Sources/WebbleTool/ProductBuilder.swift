import ArgumentParser
import Foundation

enum BuildConfiguration: String, ExpressibleByArgument, CaseIterable, Sendable {
  case debug, release
}

/// Compiles a package's executable product to a WebAssembly module with SwiftPM and the Swift SDK.
struct ProductBuilder: Sendable {
  let package: URL
  let repository: Repository
  let toolchain: Toolchain
  let configuration: BuildConfiguration
  var limits = MemoryLimits()
  /// See `SDKBuilder`.
  var scheduleSeed: UInt16?

  /// In bytes; nil stands for the SDK's default.
  struct MemoryLimits: Sendable {
    var maximumMemory: Int?
    var stackSize: Int?
  }

  /// What becomes of what the compiler prints.
  enum Output { case errorStream, onlyOnFailure }

  /// Apart from SwiftPM's own folder, so that a running `swift run webble` and a native build of
  /// the same package are not in each other's way.
  var scratch: URL { package.appending(path: ".build/webble") }

  func describe() async throws -> PackageDescription {
    try await .load(package: package, scratch: scratch, toolchain: toolchain)
  }

  /// Builds `product` and returns the linked module.
  func build(product: String, output: Output) async throws -> URL {
    let sdk = try await SDKBuilder(
      repository: repository, toolchain: toolchain, scheduleSeed: scheduleSeed
    ).build()
    let linkerOptions = SDKRecipe.linkerOptions(
      maximumMemory: limits.maximumMemory, stackSize: limits.stackSize)
    let arguments =
      [
        "build", "-c", configuration.rawValue, "--package-path", package.path,
        "--scratch-path", scratch.path, "--swift-sdks-path", sdk.path,
        "--swift-sdk", SDKRecipe.identifier, "--product", product,
      ] + linkerOptions.flatMap { ["-Xlinker", $0] }
      + (configuration == .release ? SDKRecipe.releaseOptions.flatMap { ["-Xswiftc", $0] } : [])
    switch output {
    case .errorStream:
      guard try await runOnErrorStream(toolchain.swift, arguments, in: package) else {
        throw BuildFailure(diagnostics: "")
      }
    case .onlyOnFailure:
      let result = try await capture(toolchain.swift, arguments + ["--quiet"], in: package)
      guard result.succeeded else { throw BuildFailure(diagnostics: result.everything) }
    }
    let module = scratch.appending(
      path: "\(SDKRecipe.triple)/\(configuration.rawValue)/\(product).wasm")
    guard FileManager.default.fileExists(atPath: module.path) else {
      throw Failure("swift build succeeded, but left no module at \(module.path)")
    }
    return module
  }
}

/// The compiler refused the program.
struct BuildFailure: Error {
  /// What it printed, or nothing if the user has seen it already.
  var diagnostics: String
}
