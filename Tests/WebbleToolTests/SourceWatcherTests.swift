import Foundation
import Testing

@testable import WebbleTool

struct SourceWatcherTests {
  private func snapshots(
    changing change: (URL) throws -> Void
  ) async throws -> (before: SourceWatcher.Snapshot, after: SourceWatcher.Snapshot) {
    let files = [
      "Package.swift": "a", "Sources/App/App.swift": "b", ".build/x.o": "c",
      "node_modules/m.js": "d",
    ]
    return try await withFiles(files) { folder in
      let watcher = SourceWatcher(folders: [folder])
      let before = watcher.snapshot()
      #expect(before == watcher.snapshot())
      try change(folder)
      return (before, watcher.snapshot())
    }
  }

  @Test func seesChanges() async throws {
    let edited = try await snapshots {
      try Data("longer".utf8).write(to: $0.appending(path: "Sources/App/App.swift"))
    }
    #expect(edited.before != edited.after)
    let added = try await snapshots {
      try Data().write(to: $0.appending(path: "Sources/App/New.swift"))
    }
    #expect(added.before != added.after)
    let removed = try await snapshots {
      try FileManager.default.removeItem(at: $0.appending(path: "Package.swift"))
    }
    #expect(removed.before != removed.after)
  }

  @Test func ignoresBuildProducts() async throws {
    let result = try await snapshots {
      try Data("longer".utf8).write(to: $0.appending(path: ".build/x.o"))
      try Data("longer".utf8).write(to: $0.appending(path: "node_modules/m.js"))
    }
    #expect(result.before == result.after)
  }

  /// Through the system's own events and without: the same.
  @Test(.timeLimit(.minutes(1)), arguments: [false, true])
  func tellsOfEachChange(isPolling: Bool) async throws {
    let files = ["Package.swift": "a", "Sources/App/App.swift": "b", "other/Sources/Other.swift": "c"]
    try await withFiles(files) { folder in
      let real = URL(filePath: try #require(realpath(folder.path, nil).map { String(cString: $0) }))
      let watcher = SourceWatcher(
        folders: [real.appending(path: "Sources"), real.appending(path: "other")])
      let first = watcher.snapshot()
      var changes = watcher.changes(since: first, isPolling: isPolling).makeAsyncIterator()
      var last = first
      func expectChange(_ path: String, _ change: () throws -> Void) async throws {
        try change()
        let next = try #require(await changes.next())
        #expect(next.changes(since: last) == [real.appending(path: path).path])
        last = next
      }
      let app = real.appending(path: "Sources/App/App.swift")
      try await expectChange("Sources/App/App.swift") { try Data("edited".utf8).write(to: app) }
      // As most editors save.
      try await expectChange("Sources/App/App.swift") {
        try Data("written aside".utf8).write(to: app, options: .atomic)
      }
      let new = real.appending(path: "Sources/App/deep/er")
      try await expectChange("Sources/App/deep/er/New.swift") {
        try FileManager.default.createDirectory(at: new, withIntermediateDirectories: true)
        try Data("new".utf8).write(to: new.appending(path: "New.swift"))
      }
      try await expectChange("Sources/App/deep/er/New.swift") {
        try Data("newer".utf8).write(to: new.appending(path: "New.swift"))
      }
      try await expectChange("Sources/App/App.swift") {
        try FileManager.default.removeItem(at: app)
      }
      try await expectChange("other/Sources/Other.swift") {
        try Data("another".utf8).write(to: real.appending(path: "other/Sources/Other.swift"))
      }
    }
  }
}
