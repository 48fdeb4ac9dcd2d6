import ArgumentParser
import Foundation

struct SDKCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sdk",
    abstract: "Builds the Swift SDK and prints where it is.",
    discussion: """
      With it, SwiftPM builds a program without this tool: \
      swift build --swift-sdks-path "$(webble sdk --path)" --swift-sdk webble
      """)

  @Flag(help: "Print the folder that contains the bundle, to give to --swift-sdks-path.")
  var path = false

  @Option(
    help: ArgumentHelp(
      """
      Have editors show the package in this folder as the web sees it: names the SDK in its \
      .sourcekit-lsp/config.json. Again after an update of Webble or the toolchain.
      """, valueName: "path"))
  var editor: String?

  func run() async throws {
    let folder = try await SDKBuilder(repository: .find(), toolchain: .find()).build()
    if let editor {
      let package = URL(filePath: editor, directoryHint: .isDirectory).standardizedFileURL
      return try EditorConfiguration(package: package).name(sdk: folder)
    }
    print(path ? folder.path : folder.appending(path: "webble.artifactbundle").path)
  }
}
