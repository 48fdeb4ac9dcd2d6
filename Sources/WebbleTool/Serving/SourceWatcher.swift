import Foundation

/// Notices changes below folders: waits until the system tells of some, then looks what is another.
struct SourceWatcher: Sendable {
  let folders: [URL]

  /// How long nothing must have changed before a build is worth it: an editor or a checkout may write
  /// many files. Where the system does not tell, also the time between two looks.
  static let interval = Duration.milliseconds(150)
  private static let lookingInterval = Duration.milliseconds(500)

  /// What build products and version control keep to themselves.
  private static let passedOver: Set<String> = ["node_modules"]

  struct Snapshot: Equatable, Sendable {
    /// Of names, sizes and modification times of all files that are not hidden.
    fileprivate(set) var files: [String: String] = [:]
    /// The folders that they are in.
    fileprivate(set) var folders: Set<String> = []

    static func == (one: Self, other: Self) -> Bool { one.files == other.files }

    /// The paths of files that are others, new or gone.
    func changes(since old: Snapshot) -> Set<String> {
      Set(files.filter { old.files[$0.key] != $0.value }.keys)
        .union(old.files.keys.filter { files[$0] == nil })
    }
  }

  func snapshot() -> Snapshot {
    var result = Snapshot()
    let keys: Set<URLResourceKey> = [
      .contentModificationDateKey, .fileSizeKey, .isRegularFileKey, .isDirectoryKey,
    ]
    for folder in folders {
      result.folders.insert(folder.path)
      let entries = FileManager.default.enumerator(
        at: folder, includingPropertiesForKeys: Array(keys), options: [.skipsHiddenFiles])
      while let entry = entries?.nextObject() as? URL {
        if Self.passedOver.contains(entry.lastPathComponent) {
          entries?.skipDescendants()
          continue
        }
        guard let values = try? entry.resourceValues(forKeys: keys) else { continue }
        if values.isDirectory == true { result.folders.insert(entry.path) }
        // Beside the manifest lie notes, logs and the like, which nothing is built from.
        guard values.isRegularFile == true,
          entries?.level != 1 || entry.pathExtension == "swift"
        else { continue }
        let date = values.contentModificationDate?.timeIntervalSinceReferenceDate ?? 0
        result.files[entry.path] = "\(date) \(values.fileSize ?? 0)"
      }
    }
    return result
  }

  /// Snapshots that differ from the one before, the first from `old`.
  ///
  /// - Parameter isPolling: looks again and again, for file systems that tell of nothing.
  func changes(since old: Snapshot, isPolling: Bool) -> AsyncStream<Snapshot> {
    AsyncStream { continuation in
      let task = Task {
        var events: (any FileEvents)?
        if !isPolling {
          do { events = try systemFileEvents() } catch { note(error) }
        }
        var last = old
        while !Task.isCancelled {
          do {
            last = try await next(after: last, events)
            continuation.yield(last)
          } catch let failure as FileEventsFailure {
            note(failure)
            events = nil
          } catch {
            break
          }
        }
        continuation.finish()
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }

  private func note(_ error: any Error) {
    guard case FileEventsFailure.notAvailable(let reason) = error else { return }
    Terminal.note("Looking for changes twice a second, since \(reason).")
  }

  private func next(after old: Snapshot, _ events: (any FileEvents)?) async throws -> Snapshot {
    var last = old
    while true {
      // First the watches, then the look: what changes after the look is told of. A folder that the look
      // finds has no watch yet, so that there is another look.
      try events?.watch(last.folders)
      let new = snapshot()
      let hasNewFolders = !new.folders.isSubset(of: last.folders)
      let isQuiet = new == last && !hasNewFolders
      last.folders = new.folders
      if isQuiet && new != old { return new }
      if isQuiet {
        guard let events else {
          try await Task.sleep(for: Self.lookingInterval)
          continue
        }
        var iterator = events.events.makeAsyncIterator()
        await iterator.next()
        try Task.checkCancellation()
        continue
      }
      last = new
      try await Task.sleep(for: Self.interval)
    }
  }
}
