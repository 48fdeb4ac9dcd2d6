import Foundation

@testable import WebbleTool

/// Writes `files` (path → content) below a new folder and gives it to `body`.
@discardableResult
func withFiles<Result: Sendable>(
  _ files: [String: String], _ body: (URL) async throws -> Result
) async throws -> Result {
  try await withTemporaryFolder { folder in
    for (path, content) in files {
      let file = folder.appending(path: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(content.utf8).write(to: file)
    }
    return try await body(folder)
  }
}

/// Runs what blocks on a thread of its own: Swift's own threads are few, and what it waits for needs one.
func onThread<Result: Sendable>(
  _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Swift.Result(catching: body)) }
  }
}
