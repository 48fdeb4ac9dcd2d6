import Foundation
import Testing

@testable import WebbleTool

struct StaticFilesTests {
  private func check(_ path: String, is expected: (String) -> StaticFiles.Answer) async throws {
    let files = [
      "site/index.html": "page", "site/a b.txt": "space", "site/sub/index.html": "sub",
      "site/..hidden": "dots", "secret.txt": "secret", "site-other/x.txt": "sibling",
    ]
    try await withFiles(files) { folder in
      let manager = FileManager.default
      let site = folder.appending(path: "site")
      try manager.createSymbolicLink(
        at: site.appending(path: "out"), withDestinationURL: folder.appending(path: "secret.txt"))
      try manager.createSymbolicLink(
        at: site.appending(path: "sibling"),
        withDestinationURL: folder.appending(path: "site-other"))
      try manager.createSymbolicLink(
        at: site.appending(path: "inside"), withDestinationURL: site.appending(path: "a b.txt"))
      // The temporary folder itself may be reached through a link.
      let root = try #require(realpath(site.path, nil).map { String(cString: $0) })
      #expect(StaticFiles(root: site).answer(to: path) == expected(root))
    }
  }

  @Test(arguments: [
    ("/", "/index.html"), ("/index.html", "/index.html"), ("/a%20b.txt", "/a b.txt"),
    ("/sub/", "/sub/index.html"), ("//index.html", "/index.html"), ("/./index.html", "/index.html"),
    ("/..hidden", "/..hidden"), ("/inside", "/a b.txt"),
  ])
  func findsWhatIsInTheFolder(path: String, file: String) async throws {
    try await check(path) { .file(path: $0 + file) }
  }

  @Test(arguments: [
    "/../secret.txt", "/sub/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt",
    "/%2E%2E%2Fsecret.txt", "/..\\secret.txt", "/sub/..", "/out", "/sibling/x.txt",
  ])
  func refusesWhatIsOutside(path: String) async throws {
    try await check(path) { _ in .forbidden }
  }

  @Test(arguments: [
    "/missing", "", "index.html", "http://host/index.html", "/index.html%00.txt", "/%zz", "/index.html/x",
  ])
  func doesNotFindWhatIsNotThere(path: String) async throws {
    try await check(path) { _ in .notFound }
  }
}
