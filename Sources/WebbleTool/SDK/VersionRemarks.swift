import Foundation
import Synchronization

/// What the builder of a program should know if the tool, its sources, and the Webble that the package depends on are
/// not of one version. The program gets what the tool's sources make, whatever the package depends on.
struct VersionRemarks {
  let repository: Repository
  /// SwiftPM's folder for the package's build.
  let scratch: URL
  /// The tool's own file.
  var executable = Bundle.main.executableURL

  private static let said = Mutex<Set<String>>([])

  /// Says each once, however often the program is built. After a build, when SwiftPM has found what the package
  /// depends on.
  func say() {
    for remark in [onTheTool, onTheDependency].compactMap(\.self)
    where Self.said.withLock({ $0.insert(remark).inserted }) {
      Terminal.note(remark)
    }
  }

  /// The tool was installed, and then its sources were changed: by an update, most likely. One that SwiftPM has built in
  /// place is built again by it.
  var onTheTool: String? {
    guard let executable, !executable.resolvingSymlinksInPath().pathComponents.contains(".build"),
      let built = modified(executable)
    else { return nil }
    let sources = ["Sources/WebbleTool", "Sources/WasmPasses"].flatMap { files(in: repository.root.appending(path: $0)) }
    guard sources.contains(where: { modified($0).map { $0 > built } == true }) else { return nil }
    return """
      This webble is older than its sources in \(repository.root.path), which the Swift SDK is built from, too: the two may \
      not fit. Install it again: `make install`.
      """
  }

  var onTheDependency: String? {
    let own = repository.root.resolvingSymlinksInPath().path
    let others = dependencies.filter { isWebble($0) && $0.resolvingSymlinksInPath().path != own }
    guard let other = others.first, contents(of: other) != contents(of: repository.root) else { return nil }
    return """
      The package depends on the Webble in \(other.path), and this webble is another version, of \(repository.root.path): \
      the program gets the libraries and the SDK of that. `swift run webble` in the package is the version that it \
      depends on.
      """
  }

  /// The folders of all packages that the package depends on, as SwiftPM has found them.
  private var dependencies: [URL] {
    guard let state = try? Data(contentsOf: scratch.appending(path: "workspace-state.json")),
      let all = try? JSONDecoder().decode(WorkspaceState.self, from: state)
    else { return [] }
    return all.object.dependencies.map { dependency in
      dependency.state.path.map { URL(filePath: $0, directoryHint: .isDirectory) }
        ?? scratch.appending(path: "checkouts/\(dependency.subpath)")
    }
  }

  private struct WorkspaceState: Decodable {
    var object: Object
    struct Object: Decodable { var dependencies: [Dependency] }
    struct Dependency: Decodable {
      var state: State
      var subpath: String
    }
    /// `path` is of packages that are no checkouts.
    struct State: Decodable { var path: String? }
  }

  private func isWebble(_ folder: URL) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: "Sources/WebbleTool/Webble.swift").path)
  }

  /// All that programs are made from.
  private func contents(of root: URL) -> Fingerprint {
    var hash = Fingerprint()
    for folder in ["Sources", "SDK", "Glue"] {
      let folder = root.appending(path: folder).standardizedFileURL
      for file in files(in: folder).sorted(by: { $0.path < $1.path }) {
        hash.add(String(file.standardizedFileURL.path.dropFirst(folder.path.count)))
        hash.add((try? Data(contentsOf: file)) ?? Data())
      }
    }
    return hash
  }

  private func files(in folder: URL) -> [URL] {
    let all = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey])
    return (all?.compactMap { $0 as? URL } ?? [])
      .filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true }
  }

  private func modified(_ file: URL) -> Date? {
    (try? file.resolvingSymlinksInPath().resourceValues(forKeys: [.contentModificationDateKey]))?
      .contentModificationDate
  }
}
