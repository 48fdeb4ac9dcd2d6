import Foundation

/// Compiles a package's executable product to a WebAssembly module with SwiftPM and the Swift SDK.
struct ProductBuilder: Sendable {
  let package: URL
  let repository: Repository
  let toolchain: Toolchain
  let configuration: BuildConfiguration
  var limits = MemoryLimits()
  /// See `SDKBuilder`.
  var schedule = SDKBuilder.Schedule.normal
  var variant = SDKRecipe.Variant()
  /// Whether a task may be preempted before each access to memory; of one whose schedules are explored.
  var preempts = false

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

  /// Where it is kept what builds have written into which folder.
  var written: URL { scratch.appending(path: "written") }

  /// Where the schedules are kept under which tests failed.
  var schedules: URL { scratch.appending(path: "schedules") }

  func describe() async throws -> PackageDescription {
    try await .load(package: package, scratch: scratch, toolchain: toolchain)
  }

  /// Builds `product` and returns the linked module.
  func build(product: String, output: Output) async throws -> URL {
    let sdk = try await SDKBuilder(
      repository: repository, toolchain: toolchain, schedule: schedule, variant: variant
    ).build()
    let libraries = try await LibraryBuilder(
      repository: repository, toolchain: toolchain, configuration: configuration, sdk: sdk, variant: variant
    ).build()
    removeModulesBuiltFromSources()
    let resources = try await TargetResources(of: self).compilerOptions(
      build: scratch.appending(path: "\(SDKRecipe.triple)/\(configuration.rawValue)"),
      in: scratch.appending(path: "resources"))
    let linkerOptions = SDKRecipe.linkerOptions(
      maximumMemory: limits.maximumMemory, stackSize: limits.stackSize)
    let arguments =
      [
        "build", "-c", configuration.rawValue, "--package-path", package.path,
        "--scratch-path", scratch.path, "--swift-sdks-path", sdk.path,
        "--swift-sdk", SDKRecipe.identifier, "--product", product,
      ] + libraries.buildOptions + resources + linkerOptions.flatMap { ["-Xlinker", $0] }
      + (configuration == .release ? SDKRecipe.releaseOptions.flatMap { ["-Xswiftc", $0] } : [])
    let environment = LibraryBuilder.Libraries.environment
    switch output {
    case .errorStream:
      guard
        try await runOnErrorStream(toolchain.swift, arguments, in: package, environment: environment)
      else {
        // What was printed went past this process. To see whether it was the linker that failed, ask again:
        // that compiles nothing which was compiled.
        let again = try await capture(
          toolchain.swift, arguments + ["--quiet"], in: package, environment: environment)
        let explanation = try await explanation(of: again.everything)
        throw BuildFailure(
          diagnostics: explanation ?? RestrictionAdvice.advice(onFailure: again.everything) ?? "")
      }
    case .onlyOnFailure:
      let result = try await capture(
        toolchain.swift, arguments + ["--quiet"], in: package, environment: environment)
      guard result.succeeded else {
        throw BuildFailure(
          diagnostics: try await explanation(of: result.everything)
            ?? [result.everything, RestrictionAdvice.advice(onFailure: result.everything)]
            .compactMap { $0 }.joined(separator: "\n"))
      }
    }
    let module = scratch.appending(
      path: "\(SDKRecipe.triple)/\(configuration.rawValue)/\(product).wasm")
    guard FileManager.default.fileExists(atPath: module.path) else {
      throw Failure("swift build succeeded, but left no module at \(module.path)")
    }
    return module
  }

  /// What to say in place of what the compiler or the linker says; nil if that will do.
  private func explanation(of output: String) async throws -> String? {
    if let crash = CompilerCrash.explanation(ofFailure: output) { return crash }
    let undefined = UndefinedSymbols(linkerOutput: output)
    return undefined.symbols.isEmpty
      ? TargetResources.explanation(ofFailure: output)
      : try await undefined.explanation(toolchain: toolchain, package: package)
  }

  /// An older version of this tool let SwiftPM compile the libraries, and the compiler would find what
  /// that left first.
  private func removeModulesBuiltFromSources() {
    let modules = scratch.appending(
      path: "\(SDKRecipe.triple)/\(configuration.rawValue)/Modules")
    for library in SDKRecipe.libraries {
      try? FileManager.default.removeItem(
        at: modules.appending(path: "\(library).swiftmodule"))
    }
  }
}

/// The compiler refused the program.
struct BuildFailure: Error {
  /// What it printed, or nothing if the user has seen it already.
  var diagnostics: String
}
