import Foundation
import Testing

@testable import WebbleTool

struct LibraryBuilderTests {
  private static let files = [
    "Sources/Webble/A.swift": "func a() {}", "Sources/Webble/Inner/B.swift": "func b() {}",
    "Sources/Webble/README.md": "", "Sources/JavaScript/J.swift": "func j() {}",
    "Sources/WebbleTesting/T.swift": "func t() {}",
  ]

  /// The fingerprints before and after `change`, of sources in the same place.
  private func fingerprints(
    _ change: @Sendable (URL) throws -> Void = { _ in },
    configuration: BuildConfiguration = .debug, sdk: String = "sdk-1"
  ) async throws -> (before: Fingerprint, after: Fingerprint) {
    try await withFiles(Self.files) { folder in
      let nowhere = URL(filePath: "/nowhere")
      let toolchain = Toolchain(
        version: "6.3", swift: nowhere, swiftc: nowhere, clang: nowhere, archiver: nowhere, disassembler: nowhere,
        unicodeTables: nowhere)
      func fingerprint(_ configuration: BuildConfiguration, _ sdk: String) throws -> Fingerprint {
        try LibraryBuilder(
          repository: Repository(root: folder), toolchain: toolchain, configuration: configuration,
          sdk: URL(filePath: "/cache/\(sdk)")
        ).fingerprint()
      }
      let before = try fingerprint(.debug, "sdk-1")
      try change(folder)
      return (before, try fingerprint(configuration, sdk))
    }
  }

  @Test func staysWhereNothingChanges() async throws {
    let (before, after) = try await fingerprints {
      try Data("x".utf8).write(to: $0.appending(path: "Sources/Webble/README.md"))
    }
    #expect(before == after)
  }

  @Test(arguments: files.keys.filter { $0.hasSuffix(".swift") })
  func changesWithEverySource(path: String) async throws {
    let (before, after) = try await fingerprints {
      try Data("changed".utf8).write(to: $0.appending(path: path))
    }
    #expect(before != after)
  }

  @Test func changesWithConfigurationAndSDK() async throws {
    let (before, release) = try await fingerprints(configuration: .release)
    #expect(before != release)
    let (again, otherSDK) = try await fingerprints(sdk: "sdk-2")
    #expect(again != otherSDK)
  }
}
