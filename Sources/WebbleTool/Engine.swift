import ArgumentParser
import Foundation

/// Where a program runs.
enum Engine: String, CaseIterable, ExpressibleByArgument, Sendable {
  case chromium, firefox, webkit, node

  /// The installed engine that a command uses unless told otherwise: a browser if there is one.
  static var preferred: Engine {
    allCases.first { $0.program != nil } ?? .chromium
  }

  /// The engine's executable, if it is installed.
  var program: URL? {
    switch self {
    case .chromium:
      findExecutable(
        named: "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
        ?? existing("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
        ?? existing("/Applications/Chromium.app/Contents/MacOS/Chromium")
    case .firefox:
      findExecutable(named: "firefox-esr", "firefox")
        ?? existing("/Applications/Firefox.app/Contents/MacOS/firefox")
    case .webkit: findExecutable(named: "xvfb-run") == nil ? nil : Self.miniBrowser
    case .node: findExecutable(named: "node", "nodejs")
    }
  }

  func requiredProgram() throws -> URL {
    if let program { return program }
    throw missing
  }

  /// Says which package brings the engine.
  var missing: Failure {
    let (what, packages) =
      switch self {
      case .chromium: ("Chromium", "chromium")
      case .firefox: ("Firefox", "firefox-esr")
      case .webkit: ("WebKitGTK's MiniBrowser with xvfb-run", "webkit2gtk-driver xvfb")
      case .node: ("Node.js", "nodejs")
      }
    return Failure(
      "\(what) is not installed. On Debian and Ubuntu: apt-get install \(packages)",
      exitStatus: ExitStatus.unavailable)
  }

  /// WebKitGTK installs its browser aside from the search path, below a folder of the machine's
  /// architecture on Debian.
  private static var miniBrowser: URL? {
    let architectures =
      (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib"))?.sorted() ?? []
    let folders =
      architectures.map { "/usr/lib/\($0)" } + ["/usr/lib", "/usr/lib64", "/usr/libexec"]
    for version in ["webkit2gtk-4.1", "webkit2gtk-4.0", "webkitgtk-6.0"] {
      for folder in folders {
        if let program = existing("\(folder)/\(version)/MiniBrowser") { return program }
      }
    }
    return nil
  }
}

private func existing(_ path: String) -> URL? {
  FileManager.default.isExecutableFile(atPath: path) ? URL(filePath: path) : nil
}
