import Foundation
import Testing

@testable import WebbleTool

struct SourceWatcherTests {
  private func snapshots(
    changing change: (URL) throws -> Void
  ) async throws -> (before: String, after: String) {
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
}
