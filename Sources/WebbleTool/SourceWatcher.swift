import Foundation

/// Notices changes below folders by looking at them again and again: no events to lose, the same on
/// every system and file system.
struct SourceWatcher: Sendable {
  let folders: [URL]

  /// Between two looks.
  static let interval = Duration.milliseconds(300)

  /// What build products and version control keep to themselves.
  private static let passedOver: Set<String> = ["node_modules"]

  /// A hash over the names, sizes and modification times of all files that are not hidden.
  func snapshot() -> String {
    var hash = Fingerprint()
    let keys: [URLResourceKey] = [.contentModificationDateKey, .fileSizeKey, .isRegularFileKey]
    for folder in folders {
      let files = FileManager.default.enumerator(
        at: folder, includingPropertiesForKeys: keys, options: [.skipsHiddenFiles])
      var entries: [String] = []
      while let file = files?.nextObject() as? URL {
        if Self.passedOver.contains(file.lastPathComponent) {
          files?.skipDescendants()
          continue
        }
        guard let values = try? file.resourceValues(forKeys: Set(keys)),
          values.isRegularFile == true
        else { continue }
        let date = values.contentModificationDate?.timeIntervalSinceReferenceDate ?? 0
        entries.append("\(file.path)\n\(date)\n\(values.fileSize ?? 0)")
      }
      for entry in entries.sorted() { hash.add(entry) }
    }
    return hash.description
  }

  /// Returns once the files differ from `old` and have stayed the same for one interval: an editor
  /// or a checkout may write many of them.
  func change(since old: String) async throws -> String {
    var last = old
    while true {
      try await Task.sleep(for: Self.interval)
      let new = snapshot()
      if new != old && new == last { return new }
      last = new
    }
  }
}
