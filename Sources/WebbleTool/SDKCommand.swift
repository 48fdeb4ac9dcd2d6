import ArgumentParser

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

  func run() async throws {
    let folder = try await SDKBuilder(repository: .find(), toolchain: .find()).build()
    print(path ? folder.path : folder.appending(path: "webble.artifactbundle").path)
  }
}
