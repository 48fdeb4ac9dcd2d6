import Foundation

/// The sources that the tool was built from: they are what the Swift SDK is compiled from, in this
/// repository and in a checkout of it that another package depends on.
struct Repository: Sendable {
  let root: URL

  var glue: URL { root.appending(path: "Glue") }

  static func find() throws -> Repository {
    let root = URL(filePath: #filePath)  // …/Sources/WebbleTool/Support/Repository.swift
      .appending(path: "../../../..").standardizedFileURL
    guard FileManager.default.fileExists(atPath: root.appending(path: "SDK").path) else {
      throw Failure(
        """
        the sources of Webble are no longer at \(root.path), where this tool was built. \
        Build the tool again: swift build --product webble
        """)
    }
    return Repository(root: root)
  }
}
