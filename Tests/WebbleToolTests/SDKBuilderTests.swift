import Foundation
import Testing

@testable import WebbleTool

struct SDKBuilderTests {
  /// A source in each folder that the recipe names, and a self-check.
  private static let files: [String: String] = {
    var files = ["Sources/WebbleAllocator/Invariants.swift": "func i() {}"]
    for module in SDKRecipe.cModules {
      files["\(module.headers)/header.h"] = "int x;"
      for folder in module.sources { files["\(folder)/source.c"] = "int x;" }
    }
    for module in SDKRecipe.swiftModules {
      files["\(module.sources)/A.swift"] = "func a() {}"
      files["\(module.sources)/Room/C.swift"] = "func c() {}"
    }
    return files
  }()

  private func fingerprint(
    version: String = "6.3", changing change: (inout [String: String]) -> Void = { _ in }
  ) async throws -> String {
    var files = Self.files
    change(&files)
    return try await withFiles(files) { folder in
      let nowhere = URL(filePath: "/nowhere")
      let toolchain = Toolchain(
        version: version, swift: nowhere, swiftc: nowhere, clang: nowhere, archiver: nowhere, disassembler: nowhere,
        unicodeTables: nowhere)
      let repository = Repository(root: folder)
      return try SDKBuilder(repository: repository, toolchain: toolchain).fingerprint().description
    }
  }

  @Test func dependsOnContentsOnly() async throws {
    let first = try await fingerprint()
    #expect(first == (try await fingerprint()))
    #expect(first.count == 16)
  }

  @Test(arguments: files.keys.filter { !$0.hasSuffix("Invariants.swift") })
  func changesWithEverySource(path: String) async throws {
    #expect(try await fingerprint() != (try await fingerprint { $0[path]! += " " }))
  }

  @Test func changesWithNamesAndTheCompiler() async throws {
    let first = try await fingerprint()
    let renamed = try await fingerprint {
      $0["SDK/_Concurrency/B.swift"] = $0.removeValue(forKey: "SDK/_Concurrency/A.swift")
    }
    #expect(first != renamed)
    #expect(first != (try await fingerprint(version: "6.4")))
  }

  @Test func ignoresSelfChecks() async throws {
    let changed = try await fingerprint { $0["Sources/WebbleAllocator/Invariants.swift"] = "" }
    #expect(try await fingerprint() == changed)
  }

  @Test func vectorsAreAskedForUnlessRefused() throws {
    for (simd, isThere) in [(true, true), (false, false)] {
      let json = String(decoding: try JSONEncoder().encode(SDKRecipe.toolset(.init(simd: simd))), as: UTF8.self)
      #expect(json.contains("-msimd128") == isThere)
      #expect(SDKRecipe.clangOptions(.init(simd: simd)).contains("-msimd128") == isThere)
      #expect(SDKRecipe.swiftcOptions(.init(simd: simd)).contains("-msimd128") == isThere)
      for configuration in BuildConfiguration.allCases {
        #expect(
          SDKRecipe.libraryOptions(configuration, .init(simd: simd)).contains("-msimd128") == isThere)
      }
    }
  }

  @Test func toolsetHasNoAbsolutePaths() {
    let toolset = SDKRecipe.toolset(.init())
    for part in [toolset.swiftCompiler, toolset.cCompiler, toolset.cxxCompiler, toolset.linker] {
      var previous = ""
      for option in part.extraCLIOptions {
        // What follows this one is looked for in the SDK.
        #expect(!option.hasPrefix("/") || previous == "-iwithsysroot", "\(option)")
        #expect(!option.contains("=/"), "\(option)")
        previous = option
      }
    }
  }
}
