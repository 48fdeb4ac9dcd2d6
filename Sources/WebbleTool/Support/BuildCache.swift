import Foundation

/// Folders that the tool builds once and keeps for the user, each under a name that depends on
/// everything it was built from.
struct BuildCache: Sendable {
  let root: URL

  /// `$XDG_CACHE_HOME/webble`, or `~/.cache/webble`.
  static var standard: BuildCache {
    let environment = ProcessInfo.processInfo.environment
    let base =
      environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? URL(filePath: $0) : nil }
      ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache")
    return BuildCache(root: base.appending(path: "webble"))
  }

  /// The folders of a kind that are kept beside the current one, and how long a folder is safe from
  /// removal since its last use, in seconds: another build may be reading it.
  private static let keptFolders = 4
  private static let graceTime: TimeInterval = 3600

  /// What the name of a folder begins with.
  enum Kind: String, CaseIterable {
    case sdk, libraries, building
  }

  /// The folder `kind`-`fingerprint`. If it is not there, `build` fills an empty folder, which then
  /// gets that name in one step: a second process sees either all of it or nothing.
  func folder(
    _ kind: Kind, _ fingerprint: Fingerprint, build: (URL) async throws -> Void
  ) async throws -> URL {
    let files = FileManager.default
    let folder = root.appending(path: "\(kind)-\(fingerprint)")
    if !files.fileExists(atPath: folder.path) {
      let temporary = root.appending(path: "\(Kind.building)-\(UUID().uuidString)")
      defer { try? files.removeItem(at: temporary) }
      try files.createDirectory(at: temporary, withIntermediateDirectories: true)
      try await build(temporary)
      if rename(temporary.path, folder.path) != 0 && !files.fileExists(atPath: folder.path) {
        throw Failure("cannot write \(folder.path): \(String(cString: strerror(errno)))")
      }
    }
    try? files.setAttributes([.modificationDate: Date()], ofItemAtPath: folder.path)
    prune(keeping: folder)
    return folder
  }

  private func prune(keeping current: URL) {
    let files = FileManager.default
    let entries =
      (try? files.contentsOfDirectory(
        at: root, includingPropertiesForKeys: [.contentModificationDateKey])) ?? []
    func lastUse(_ folder: URL) -> Date {
      (try? folder.resourceValues(forKeys: [.contentModificationDateKey]))?.contentModificationDate
        ?? .distantPast
    }
    for kind in Kind.allCases {
      let old = entries.filter {
        $0.lastPathComponent.hasPrefix("\(kind)-")
          && $0.lastPathComponent != current.lastPathComponent
      }
      .sorted { lastUse($0) > lastUse($1) }
      .dropFirst(Self.keptFolders)
      .filter { lastUse($0) < Date(timeIntervalSinceNow: -Self.graceTime) }
      for folder in old { try? files.removeItem(at: folder) }
    }
  }
}
