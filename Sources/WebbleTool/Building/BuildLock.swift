import Foundation

extension ProductBuilder {
  /// Runs `body` while no other process, and nothing else in this one, builds this package: builds share folders,
  /// and a site must not be made of two of them.
  func exclusively<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
  ) async throws -> Result {
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    let file = scratch.appending(path: "lock").path
    // Each has its own: the lock belongs to what was opened. Closing it, as the process's end does, lets go.
    let descriptor = open(file, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw Failure("\(file) cannot be opened: \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      Terminal.note("Waiting for another build of this package…")
      await withCheckedContinuation { continuation in
        Thread.detachNewThread {
          while flock(descriptor, LOCK_EX) != 0 && errno == EINTR {}
          continuation.resume()
        }
      }
    }
    try Task.checkCancellation()
    return try await body()
  }

  /// A folder for the site of one run, which other builds leave alone; it goes with the end of `body`.
  func withPrivateFolder<Result: Sendable>(
    _ body: (URL) async throws -> Result
  ) async throws -> Result {
    let files = FileManager.default
    // Of processes that had no time to clean up.
    for name in (try? files.contentsOfDirectory(atPath: privateFolders.path)) ?? [] {
      guard let process = name.split(separator: "-").first.flatMap({ pid_t($0) }) else { continue }
      if kill(process, 0) != 0 && errno == ESRCH {
        try? files.removeItem(at: privateFolders.appending(path: name))
      }
    }
    let folder = privateFolders.appending(
      path: "\(getpid())-\(UUID().uuidString.prefix(8))", directoryHint: .isDirectory)
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? files.removeItem(at: folder) }
    return try await body(folder)
  }

  func isPrivate(_ folder: URL) -> Bool { folder.path.hasPrefix(privateFolders.path + "/") }

  private var privateFolders: URL { scratch.appending(path: "runs") }
}
