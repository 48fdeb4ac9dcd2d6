import Foundation

/// Finds the file that a request means, and none outside `root`.
struct StaticFiles: Sendable {
  /// With every symbolic link in it resolved.
  private let root: String

  enum Answer: Equatable {
    case file(path: String)
    /// A folder, asked for without the slash at the end.
    case folder
    case forbidden
    case notFound
  }

  init(root: URL) {
    self.root = realPath(root.path) ?? root.path
  }

  /// Takes the path of a request as it came, percent-encoded.
  func answer(to requestPath: String) -> Answer {
    guard requestPath.hasPrefix("/"), let path = requestPath.removingPercentEncoding,
      !path.utf8.contains(0)
    else { return .notFound }
    // Looked at after decoding: "%2e%2e" and "%2f" are a way up as much as "../" is.
    let parts = path.split(whereSeparator: { $0 == "/" || $0 == "\\" })
    guard !parts.contains("..") else { return .forbidden }
    guard let file = realPath(([root] + parts.map(String.init)).joined(separator: "/")) else {
      return .notFound
    }
    // Looked at after links are resolved: a link in the folder may lead out of it.
    guard file == root || file.hasPrefix(root + "/") else { return .forbidden }
    var status = stat()
    guard stat(file, &status) == 0 else { return .notFound }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file(path: file)
    // Relative URLs of a page mean something else without the slash.
    case S_IFDIR: return path.hasSuffix("/") ? answer(to: requestPath + "index.html") : .folder
    // A FIFO, a socket, a device: to read it could take forever.
    default: return .forbidden
    }
  }

  static func mediaType(of path: String) -> String {
    switch path.split(separator: "/").last?.split(separator: ".").last?.lowercased() {
    case "html": "text/html; charset=utf-8"
    case "js", "mjs": "text/javascript; charset=utf-8"
    case "wasm": "application/wasm"
    case "json", "map": "application/json"
    case "css": "text/css; charset=utf-8"
    case "txt", "md", "ts", "swift": "text/plain; charset=utf-8"
    case "svg": "image/svg+xml"
    case "png": "image/png"
    case "jpg", "jpeg": "image/jpeg"
    case "gif": "image/gif"
    case "webp": "image/webp"
    case "avif": "image/avif"
    case "ico": "image/x-icon"
    case "woff": "font/woff"
    case "woff2": "font/woff2"
    case "ttf": "font/ttf"
    case "otf": "font/otf"
    case "mp3": "audio/mpeg"
    case "ogg", "opus": "audio/ogg"
    case "wav": "audio/wav"
    case "mp4", "m4v": "video/mp4"
    case "webm": "video/webm"
    case "pdf": "application/pdf"
    case "xml": "application/xml"
    case "webmanifest": "application/manifest+json"
    default: "application/octet-stream"
    }
  }
}

/// The absolute path without symbolic links, or nil if nothing is there.
private func realPath(_ path: String) -> String? {
  guard let resolved = realpath(path, nil) else { return nil }
  defer { free(resolved) }
  return String(cString: resolved)
}
