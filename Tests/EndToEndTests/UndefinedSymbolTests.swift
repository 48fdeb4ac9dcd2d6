import Foundation
import Testing

@testable import WebbleTool

/// What a user reads whose program calls what nothing defines.
struct UndefinedSymbolTests {
  @Test(arguments: BuildConfiguration.allCases)
  func theBuildSaysWhoCallsAndWhatToDo(configuration: BuildConfiguration) async throws {
    let root = try Repository.find().root
    let folder = root.appending(path: ".build/undefined-\(configuration.rawValue)")
    let files = [
      "Package.swift": """
        // swift-tools-version:6.2
        import PackageDescription
        let package = Package(
          name: "Undefined", dependencies: [.package(name: "webble", path: "\(root.path)")],
          targets: [
            .target(name: "CPart"),
            .executableTarget(
              name: "Undefined",
              dependencies: ["CPart", .product(name: "Webble", package: "webble")]),
          ])
        """,
      "Sources/CPart/include/part.h": "int part(void);",
      "Sources/CPart/part.c": """
        #include "part.h"
        int fork(void);
        int part(void) { return fork(); }
        """,
      "Sources/Undefined/Undefined.swift": """
        import CPart
        import Webble
        @_extern(c, "swift_getTypeByNothing") func type() -> Int32
        @inline(never) func look() -> Int32 {
          type()
        }
        @main struct Undefined {
          static func main() async { print(look() + part()) }
        }
        """,
    ]
    for (name, text) in files {
      let file = folder.appending(path: name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    let builder = try await SiteBuilder(
      package: folder.path, options: try BuildOptions.parse(["-c", configuration.rawValue]))
    let failure = await #expect(throws: BuildFailure.self) {
      _ = try await builder.build(
        product: "Undefined", into: builder.defaultFolder, output: .onlyOnFailure)
    }
    let text = eachDiagnosticOnce(failure?.diagnostics ?? "")
    #expect(text.contains("nothing defines fork\n  used by part"), "\(text)")
    #expect(text.contains("has none: use `import JavaScript`"), "\(text)")
    #expect(text.contains("nothing defines swift_getTypeByNothing\n  used by look()"), "\(text)")
    if configuration == .debug {
      #expect(text.contains("look(), Sources/Undefined/Undefined.swift:5"), "\(text)")
    }
  }
}
