import Foundation

/// Gives `body` an empty folder and removes it afterwards.
func withTemporaryFolder<Result: Sendable>(
  _ body: (URL) async throws -> Result
) async throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "webble-\(UUID().uuidString.prefix(8))", directoryHint: .isDirectory)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder)
}
