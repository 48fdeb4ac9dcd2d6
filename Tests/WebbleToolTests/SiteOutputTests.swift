import Foundation
import Testing

@testable import WebbleTool

struct SiteOutputTests {
  private func output(_ files: [String: String]) -> SiteOutput {
    var output = SiteOutput()
    for (name, text) in files { output.add(name, Data(text.utf8)) }
    return output
  }

  private func text(_ folder: URL, _ name: String) -> String? {
    try? String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }

  @Test func replacesWhatItHasWrittenAndRemovesWhatIsGone() async throws {
    try await withFiles(["notes.txt": "mine"]) { folder in
      let (site, records) = (folder.appending(path: "site"), folder.appending(path: "x/records"))
      try output(["app.wasm": "1", "a/style.css": "1", "old.png": "1"]).write(to: site, records: records)
      try output(["app.wasm": "2", "a/style.css": "2"]).write(to: site, records: records)
      #expect(text(site, "app.wasm") == "2" && text(site, "a/style.css") == "2")
      #expect(text(site, "old.png") == nil)
    }
  }

  @Test(arguments: ["index.html", "package.json", "style.css", "_headers", "deep/er.txt"])
  func neverReplacesWhatIsTheUsers(name: String) async throws {
    try await withFiles(["site/\(name)": "mine"]) { folder in
      let (site, records) = (folder.appending(path: "site"), folder.appending(path: "x/records"))
      let failure = #expect(throws: Failure.self) {
        try output(["app.wasm": "1", name: "generated"]).write(to: site, records: records)
      }
      #expect(failure?.message.contains(name) == true && failure?.message.contains("Public") == true)
      #expect(text(site, name) == "mine")
      // All or nothing.
      #expect(text(site, "app.wasm") == nil)
    }
  }

  @Test func keepsWhatTheUserHasChangedAfterwards() async throws {
    try await withFiles([:]) { folder in
      let (site, records) = (folder.appending(path: "site"), folder.appending(path: "x/records"))
      try output(["index.html": "page", "old.html": "page"]).write(to: site, records: records)
      for name in ["index.html", "old.html"] {
        try Data("edited".utf8).write(to: site.appending(path: name))
      }
      #expect(throws: Failure.self) {
        try output(["index.html": "page 2"]).write(to: site, records: records)
      }
      try output(["other.html": "page"]).write(to: site, records: records)
      #expect(text(site, "old.html") == "edited" && text(site, "index.html") == "edited")
    }
  }

  /// A clone, or another machine: there are no records.
  @Test func knowsItsOwnPageWithoutRecords() async throws {
    let files = [
      "site/index.html": "<head>\(SiteOutput.pageMark)</head>", "site/app.wasm": "old",
      "site/package.json": "{ \(SiteOutput.mark) }",
    ]
    try await withFiles(files) { folder in
      let site = folder.appending(path: "site")
      try output(["index.html": "new", "app.wasm": "new", "package.json": "new"])
        .write(to: site, records: folder.appending(path: "x/records"))
      #expect(text(site, "index.html") == "new")
    }
  }

  @Test func doesNotTakeAFolderForAFile() async throws {
    try await withFiles(["site/index.html/x": "mine"]) { folder in
      #expect(throws: Failure.self) {
        try output(["index.html": "new"])
          .write(to: folder.appending(path: "site"), records: folder.appending(path: "x/records"))
      }
    }
  }
}

struct PublicFolderTests {
  @Test func findsFilesAtAnyDepth() async throws {
    let files = [
      "Public/index.html": "", "Public/a b/ü.css": "", "Public/.well-known/x": "",
      "Public/.DS_Store": "", "Public/sub/.git/config": "", "Package.swift": "",
    ]
    try await withFiles(files) { package in
      let found = try PublicFolder.files(in: package)
      #expect(found.keys.sorted() == [".well-known/x", "a b/ü.css", "index.html"])
    }
    let others = [["Package.swift": ""], ["Public": "a file"]]
    for files in others {
      try await withFiles(files) { package in
        let found = try PublicFolder.files(in: package)
        #expect(found.isEmpty)
      }
    }
  }

  @Test(arguments: ["../secret.txt", "/etc/hostname", "missing", "/dev/null"])
  func refusesLinksThatLeadElsewhere(destination: String) async throws {
    try await withFiles(["Public/index.html": "", "secret.txt": ""]) { package in
      try FileManager.default.createSymbolicLink(
        atPath: package.appending(path: "Public/link").path, withDestinationPath: destination)
      let failure = #expect(throws: Failure.self) { _ = try PublicFolder.files(in: package) }
      #expect(failure?.message.contains("Public/link") == true)
    }
  }

  @Test func refusesAFIFO() async throws {
    try await withFiles(["Public/index.html": ""]) { package in
      mkfifo(package.appending(path: "Public/fifo").path, 0o600)
      _ = #expect(throws: Failure.self) { _ = try PublicFolder.files(in: package) }
    }
  }
}
