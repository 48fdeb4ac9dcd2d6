import Foundation
import Testing

@testable import WebbleTool

struct VersionRemarkTests {
  private func write(_ text: String, _ path: String, in folder: URL) throws {
    let file = folder.appending(path: path)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// As SwiftPM leaves it in the folder of a package's build.
  private func writeState(_ dependency: String, in scratch: URL) throws {
    try write(#"{"object": {"dependencies": [\#(dependency)]}, "version": 7}"#, "workspace-state.json", in: scratch)
  }

  @Test func tellsOfAnotherVersionThatThePackageDependsOn() async throws {
    try await withTemporaryFolder { folder in
      let own = folder.appending(path: "own"), other = folder.appending(path: "other")
      let scratch = folder.appending(path: "scratch")
      for root in [own, other] {
        try write("", "Sources/WebbleTool/Webble.swift", in: root)
        try write("one", "SDK/a.c", in: root)
      }
      let remarks = VersionRemarks(repository: Repository(root: own), scratch: scratch, executable: nil)
      func dependsOn(_ path: String) throws {
        try writeState(#"{"state": {"name": "fileSystem", "path": "\#(path)"}, "subpath": "x"}"#, in: scratch)
      }
      #expect(remarks.onTheTool == nil)
      #expect(remarks.onTheDependency == nil)
      try dependsOn(own.path)
      #expect(remarks.onTheDependency == nil)
      try dependsOn(other.path)
      #expect(remarks.onTheDependency == nil)
      try write("two", "SDK/a.c", in: other)
      #expect(remarks.onTheDependency?.contains("depends on the Webble in \(other.path)") == true)

      try FileManager.default.createDirectory(
        at: scratch.appending(path: "checkouts"), withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: other, to: scratch.appending(path: "checkouts/webble"))
      try writeState(#"{"state": {"name": "sourceControlCheckout"}, "subpath": "webble"}"#, in: scratch)
      #expect(remarks.onTheDependency?.contains("checkouts/webble") == true)
    }
  }

  @Test func tellsOfAToolThatIsOlderThanItsSources() async throws {
    try await withTemporaryFolder { folder in
      try write("", "Sources/WebbleTool/Webble.swift", in: folder)
      try write("", "bin/webble", in: folder)
      let tool = folder.appending(path: "bin/webble")
      let remarks = VersionRemarks(
        repository: Repository(root: folder), scratch: folder, executable: tool)
      let source = folder.appending(path: "Sources/WebbleTool/Webble.swift").path
      let manager = FileManager.default
      try manager.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -60)], ofItemAtPath: source)
      #expect(remarks.onTheTool == nil)
      try manager.setAttributes([.modificationDate: Date(timeIntervalSinceNow: 60)], ofItemAtPath: source)
      #expect(remarks.onTheTool?.contains("older than its sources") == true)
    }
  }
}
