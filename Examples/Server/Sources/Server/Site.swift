import Foundation
import NIOCore
import NIOHTTP1

/// The page's files, read once: no request can name another file.
struct Site: Sendable {
  private let files: [String: Response]

  /// - Parameter folder: what `webble build` has made; nil for none.
  init(_ folder: String?) throws {
    var files: [String: Response] = [:]
    for path in try folder.map(FileManager.default.subpathsOfDirectory) ?? [] {
      let file = URL(filePath: folder!).appending(path: path)
      guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
      var response = Response(.ok, Self.type(of: path), ByteBuffer(bytes: try Data(contentsOf: file)))
      // What shared memory asks for.
      response.headers.add(name: "Cross-Origin-Opener-Policy", value: "same-origin")
      response.headers.add(name: "Cross-Origin-Embedder-Policy", value: "require-corp")
      files["/" + path] = response
    }
    files["/"] = files["/index.html"]
    self.files = files
  }

  func file(at path: String) -> Response? { files[path] }

  private static func type(of path: String) -> String {
    switch path.split(separator: ".").last {
    case "html": "text/html; charset=utf-8"
    case "js": "text/javascript"
    case "json", "map": "application/json"
    case "wasm": "application/wasm"
    default: "application/octet-stream"
    }
  }
}
