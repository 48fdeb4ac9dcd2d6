import Foundation
import Testing

@testable import WebbleTool

struct SDKBuilderTests {
  private static let files = [
    "Sources/CPlatform/platform.c": "int x;", "Sources/CPlatform/include/platform.h": "int x;",
    "SDK/Runtime/entry.c": "int y;", "SDK/Runtime/include/runtime.h": "int y;",
    "Sources/WebbleAllocator/A.swift": "func a() {}", "SDK/_Concurrency/C.swift": "func c() {}",
    "Sources/WebbleAllocator/Invariants.swift": "func i() {}",
    "Sources/WebbleScheduler/S.swift": "func s() {}",
  ]

  private func fingerprint(
    version: String = "6.3", changing change: (inout [String: String]) -> Void = { _ in }
  ) async throws -> String {
    var files = Self.files
    change(&files)
    return try await withFiles(files) { folder in
      let nowhere = URL(filePath: "/nowhere")
      let toolchain = Toolchain(
        version: version, swift: nowhere, swiftc: nowhere, clang: nowhere, archiver: nowhere,
        unicodeTables: nowhere)
      let repository = Repository(root: folder)
      return try SDKBuilder(repository: repository, toolchain: toolchain).fingerprint()
    }
  }

  @Test func dependsOnContentsOnly() async throws {
    let first = try await fingerprint()
    #expect(first == (try await fingerprint()))
    #expect(first.count == 16)
  }

  @Test(arguments: [
    "Sources/CPlatform/platform.c", "Sources/CPlatform/include/platform.h", "SDK/Runtime/entry.c",
    "Sources/WebbleAllocator/A.swift", "Sources/WebbleScheduler/S.swift",
    "SDK/_Concurrency/C.swift",
  ])
  func changesWithEverySource(path: String) async throws {
    #expect(try await fingerprint() != (try await fingerprint { $0[path]! += " " }))
  }

  @Test func changesWithNamesAndTheCompiler() async throws {
    let first = try await fingerprint()
    let renamed = try await fingerprint {
      $0["SDK/_Concurrency/D.swift"] = $0.removeValue(forKey: "SDK/_Concurrency/C.swift")
    }
    #expect(first != renamed)
    #expect(first != (try await fingerprint(version: "6.4")))
  }

  @Test func ignoresSelfChecks() async throws {
    let changed = try await fingerprint { $0["Sources/WebbleAllocator/Invariants.swift"] = "" }
    #expect(try await fingerprint() == changed)
  }

  @Test func toolsetHasNoAbsolutePaths() throws {
    let json = String(decoding: try JSONEncoder().encode(SDKRecipe.toolset), as: UTF8.self)
    #expect(!json.replacing("\\/", with: "/").contains("\"/"))
  }
}
