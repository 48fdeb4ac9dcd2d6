import Foundation
import Testing

@testable import WebbleTool

/// Every function of the Embedded standard library can be called: nothing that its code needs is missing from the SDK.
///
/// Each function is called on the first type that has it, with up to three types for its own parameters: 5,500 calls.
/// On every type there are 12,100, which take five minutes on one core; a change of compiler asks for these:
///
///     WEBBLE_TEST_WHOLE_LIBRARY=1 swift test --filter StandardLibraryTests
@Suite(.serialized) struct StandardLibraryTests {
  @Test(arguments: [BuildConfiguration.debug, .release])
  func everyFunctionLinks(configuration: BuildConfiguration) async throws {
    let toolchain = try await Toolchain.find()
    let sdk = try await SDKBuilder(repository: .find(), toolchain: toolchain).build()
    try await withTemporaryFolder { folder in
      let uses = Uses(of: try await symbolGraph(toolchain: toolchain, folder: folder))
      // A graph of another shape would give none.
      #expect(uses.all.count > 12_000 && uses.onOneType.count > 4_500)
      let isWhole = ProcessInfo.processInfo.environment["WEBBLE_TEST_WHOLE_LIBRARY"] != nil
      let chosen = isWhole ? uses.all : uses.onOneType
      let objects = try await compile(
        chosen, configuration, sdk: sdk, toolchain: toolchain, folder: folder)
      let undefined = try await undefinedSymbols(in: objects, sdk: sdk, toolchain: toolchain)
      #expect(undefined == [])
    }
  }

  private func symbolGraph(toolchain: Toolchain, folder: URL) async throws -> SymbolGraph {
    let binaries = toolchain.swiftc.deletingLastPathComponent()
    let resources = binaries.appending(path: "../lib/swift").standardizedFileURL
    let result = try await capture(
      binaries.appending(path: "swift-symbolgraph-extract"),
      [
        "-module-name", "Swift", "-target", SDKRecipe.triple, "-resource-dir", resources.path,
        "-I", resources.appending(path: "embedded").path, "-output-dir", folder.path,
      ])
    let file = folder.appending(path: "Swift.symbols.json")
    guard let data = try? Data(contentsOf: file) else { throw Failure(result.everything) }
    return try JSONDecoder().decode(SymbolGraph.self, from: data)
  }

  /// A module for each 500 uses, on all processors; the object files of what the compiler takes.
  private func compile(
    _ uses: [Use], _ configuration: BuildConfiguration, sdk: URL, toolchain: Toolchain, folder: URL
  ) async throws -> [URL] {
    let sdk = sdk.appending(path: SDKRecipe.bundlePath)
    let options =
      SDKRecipe.libraryOptions(configuration, .init())
      + ["-suppress-warnings", "-I", sdk.appending(path: "sysroot/include").path]
    let parts = stride(from: 0, to: uses.count, by: 500).map { uses[$0..<min($0 + 500, uses.count)] }
    return try await withThrowingTaskGroup(of: URL.self) { group in
      var objects: [URL] = []
      for (number, part) in parts.enumerated() {
        if number >= ProcessInfo.processInfo.activeProcessorCount, let object = try await group.next() {
          objects.append(object)
        }
        group.addTask {
          let name = "Part\(number)"
          let source = folder.appending(path: "\(name).swift")
          let object = folder.appending(path: "\(name).o")
          let functions = part.enumerated().map { index, use in
            "public func use\(index)\(use.code)  // \(use.name)"
          }
          try Data((Self.types + functions.joined(separator: "\n")).utf8).write(to: source)
          let result = try await capture(
            toolchain.swiftc,
            options + ["-module-name", name, "-c", "-o", object.path, source.path])
          guard result.succeeded else {
            throw Failure("the compiler refuses a call:\n\(result.everything)")
          }
          return object
        }
      }
      for try await object in group { objects.append(object) }
      return objects
    }
  }

  /// What stands for types of the program.
  private static let types = """
    public final class Object: Identifiable {}
    public enum Raw: Int { case one = 1 }
    public struct Bits: OptionSet {
      public var rawValue: Int
      public init(rawValue: Int) { self.rawValue = rawValue }
    }

    """

  /// Links all, keeping what nobody calls, with the SDK.
  private func undefinedSymbols(in objects: [URL], sdk: URL, toolchain: Toolchain) async throws -> [String] {
    let library = sdk.appending(path: "\(SDKRecipe.bundlePath)/sysroot/lib")
    let linker = SDKRecipe.toolset(.init()).linker.extraCLIOptions
    let result = try await capture(
      toolchain.swiftc.deletingLastPathComponent().appending(path: "wasm-ld"),
      objects.map(\.path) + linker + [
        "-L\(library.path)", "--no-gc-sections", "--error-limit=0", "-o", "/dev/null",
      ])
    let undefined = UndefinedSymbols(linkerOutput: result.errorOutput).symbols.map(\.name)
    if !result.succeeded, undefined.isEmpty { throw Failure(result.everything) }
    // A program has that one.
    return undefined.filter { $0 != "main" }
  }
}
