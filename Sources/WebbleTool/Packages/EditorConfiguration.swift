import Foundation

/// What sourcekit-lsp, the language server of editors, reads of a package: `.sourcekit-lsp/config.json`.
/// With the SDK in it, editors show the package as the web sees it; without, as this machine does.
struct EditorConfiguration {
  let package: URL

  var file: URL { package.appending(path: ".sourcekit-lsp/config.json") }

  /// Names the SDK in the file, and leaves the rest of it as it is.
  func name(sdk: URL) throws {
    guard FileManager.default.fileExists(atPath: package.appending(path: "Package.swift").path) else {
      throw Failure("there is no Package.swift in \(package.path)")
    }
    var settings: [String: Any] = [:]
    if let data = try? Data(contentsOf: file) {
      guard let existing = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
        throw Failure("\(file.path) is not a JSON object: mend or remove it first.")
      }
      settings = existing
    }
    var swiftPM = settings["swiftPM"] as? [String: Any] ?? [:]
    swiftPM["swiftSDKsDirectory"] = sdk.path
    swiftPM["swiftSDK"] = SDKRecipe.identifier
    settings["swiftPM"] = swiftPM
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try JSONSerialization.data(
      withJSONObject: settings, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    ).write(to: file)
  }
}
