import Foundation

/// Builds the Swift SDK bundle out of the repository's sources and keeps it in the user's cache,
/// under a name that depends on everything it was built from.
struct SDKBuilder {
  let repository: Repository
  let toolchain: Toolchain
  /// Disturbs the order in which tasks run; see `isDisturbed` in SDK/_Concurrency/Disturbance.swift.
  var scheduleSeed: UInt16?
  var cache = SDKBuilder.defaultCache

  /// `$XDG_CACHE_HOME/webble`, or `~/.cache/webble`.
  static var defaultCache: URL {
    let environment = ProcessInfo.processInfo.environment
    let base =
      environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? URL(filePath: $0) : nil }
      ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache")
    return base.appending(path: "webble")
  }

  /// The bundles that are kept beside the current one, and how long a bundle is safe from removal
  /// since its last use, in seconds: another build may be reading it.
  private static let keptBundles = 4
  private static let graceTime: TimeInterval = 3600

  /// The folder to give to `swift build --swift-sdks-path`; builds the SDK if it is not there yet.
  func build() async throws -> URL {
    let files = FileManager.default
    let folder = cache.appending(path: "sdk-\(try fingerprint())")
    if !files.fileExists(atPath: folder.path) {
      try await build(into: folder)
    }
    try? files.setAttributes([.modificationDate: Date()], ofItemAtPath: folder.path)
    prune(keeping: folder)
    return folder
  }

  private var scheduleOptions: [String] {
    scheduleSeed.map { ["-Xcc", "-DWEBBLE_SCHEDULE_SEED=\($0)"] } ?? []
  }

  // MARK: The name of the bundle

  /// Changes with every source file, every option and the compiler.
  func fingerprint() throws -> String {
    var hash = Fingerprint()
    hash.add(toolchain.version)
    for option in scheduleOptions { hash.add(option) }
    hash.add(String(decoding: try encode(SDKRecipe.toolset), as: UTF8.self))
    for option in SDKRecipe.clangOptions + SDKRecipe.swiftcOptions { hash.add(option) }
    for module in SDKRecipe.cModules {
      hash.add(module.name)
      for file in try sources(in: module.sources, "c") + sources(in: module.headers, nil) {
        hash.add(file.lastPathComponent)
        hash.add(try Data(contentsOf: file))
      }
    }
    for module in SDKRecipe.swiftModules {
      hash.add(module.name)
      for option in module.options { hash.add(option) }
      for file in try sources(of: module) {
        hash.add(file.lastPathComponent)
        hash.add(try Data(contentsOf: file))
      }
    }
    return hash.description
  }

  /// The files directly in a folder of the repository, with that extension if one is given.
  private func sources(in folder: String, _ fileExtension: String?) throws -> [URL] {
    let directory = repository.root.appending(path: folder)
    return try FileManager.default
      .contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
      .filter {
        !$0.hasDirectoryPath && (fileExtension == nil || $0.pathExtension == fileExtension)
      }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
  }

  private func sources(of module: SDKRecipe.SwiftModule) throws -> [URL] {
    try sources(in: module.sources, "swift").filter {
      $0.lastPathComponent != SDKRecipe.SwiftModule.excludedFile
    }
  }

  // MARK: Building

  private func build(into folder: URL) async throws {
    Terminal.note("Building the Swift SDK for threaded WebAssembly (once)…")
    let files = FileManager.default
    try files.createDirectory(at: cache, withIntermediateDirectories: true)
    // Built aside and renamed in one step: a second process either sees all of it or none.
    let temporary = cache.appending(path: "building-\(UUID().uuidString)")
    defer { try? files.removeItem(at: temporary) }
    let bundle = temporary.appending(path: "sdk/\(SDKRecipe.identifier).artifactbundle")
    let sdk = bundle.appending(path: SDKRecipe.identifier)
    let include = sdk.appending(path: "sysroot/include")
    let library = sdk.appending(path: "sysroot/lib")
    let objects = temporary.appending(path: "objects")
    for directory in [include, library, objects] {
      try files.createDirectory(at: directory, withIntermediateDirectories: true)
    }
    try writeManifests(bundle: bundle, sdk: sdk)
    try files.copyItem(
      at: toolchain.unicodeTables,
      to: library.appending(path: toolchain.unicodeTables.lastPathComponent))

    for module in SDKRecipe.cModules {
      try files.copyItem(
        at: repository.root.appending(path: module.headers),
        to: include.appending(path: module.name))
    }
    var archived: [URL] = []
    for module in SDKRecipe.cModules {
      archived += try await compile(module, include: include, into: objects)
    }
    for module in SDKRecipe.swiftModules {
      archived.append(try await compile(module, include: include, into: objects))
    }
    try await check(
      toolchain.archiver,
      ["rcs", library.appending(path: "libwebble.a").path] + archived.map(\.path))

    let built = temporary.appending(path: "sdk")
    if rename(built.path, folder.path) != 0 && !files.fileExists(atPath: folder.path) {
      let reason = String(cString: strerror(errno))
      throw Failure("cannot move the Swift SDK to \(folder.path): \(reason)")
    }
  }

  private func compile(
    _ module: SDKRecipe.CModule, include: URL, into objects: URL
  ) async throws -> [URL] {
    let includes = SDKRecipe.cModules.map { "-I\(include.appending(path: $0.name).path)" }
    var compiled: [URL] = []
    for source in try sources(in: module.sources, "c") {
      let object = objects.appending(
        path: "\(module.name)-\(source.deletingPathExtension().lastPathComponent).o")
      try await check(
        toolchain.clang,
        SDKRecipe.clangOptions + includes + ["-c", source.path, "-o", object.path])
      compiled.append(object)
    }
    return compiled
  }

  private func compile(
    _ module: SDKRecipe.SwiftModule, include: URL, into objects: URL
  ) async throws -> URL {
    let object = objects.appending(path: "\(module.name).o")
    try await check(
      toolchain.swiftc,
      SDKRecipe.swiftcOptions + module.options + scheduleOptions + [
        "-I", include.path, "-module-name", module.name,
        "-emit-module", "-emit-module-path",
        include.appending(path: "\(module.name).swiftmodule").path,
        "-c", "-o", object.path,
      ] + sources(of: module).map(\.path))
    return object
  }

  private func check(_ program: URL, _ arguments: [String]) async throws {
    let result = try await capture(program, arguments)
    guard result.succeeded else {
      throw Failure("building the Swift SDK failed:\n\(result.everything)")
    }
  }

  // MARK: Manifests

  /// The three files of a Swift SDK bundle (Swift Evolution 0387), all paths relative.
  private func writeManifests(bundle: URL, sdk: URL) throws {
    let info = BundleInfo(
      schemaVersion: "1.0",
      artifacts: [
        SDKRecipe.identifier: .init(
          type: "swiftSDK", version: "1.0.0", variants: [.init(path: SDKRecipe.identifier)])
      ])
    let description = SDKDescription(
      schemaVersion: "4.0",
      targetTriples: [
        SDKRecipe.triple: .init(
          sdkRootPath: "sysroot", includeSearchPaths: ["sysroot/include"],
          toolsetPaths: ["toolset.json"])
      ])
    try encode(info).write(to: bundle.appending(path: "info.json"))
    try encode(description).write(to: sdk.appending(path: "swift-sdk.json"))
    try encode(SDKRecipe.toolset).write(to: sdk.appending(path: "toolset.json"))
  }

  private func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value)
  }

  private struct BundleInfo: Encodable {
    var schemaVersion: String
    var artifacts: [String: Artifact]
    struct Artifact: Encodable { var type: String, version: String, variants: [Variant] }
    struct Variant: Encodable { var path: String }
  }

  private struct SDKDescription: Encodable {
    var schemaVersion: String
    var targetTriples: [String: Triple]
    struct Triple: Encodable {
      var sdkRootPath: String, includeSearchPaths: [String], toolsetPaths: [String]
    }
  }

  // MARK: Pruning

  private func prune(keeping current: URL) {
    let files = FileManager.default
    let entries =
      (try? files.contentsOfDirectory(
        at: cache, includingPropertiesForKeys: [.contentModificationDateKey])) ?? []
    func lastUse(_ folder: URL) -> Date {
      (try? folder.resourceValues(forKeys: [.contentModificationDateKey]))?.contentModificationDate
        ?? .distantPast
    }
    let old = entries.filter {
      ($0.lastPathComponent.hasPrefix("sdk-") || $0.lastPathComponent.hasPrefix("building-"))
        && $0.lastPathComponent != current.lastPathComponent
    }
    .sorted { lastUse($0) > lastUse($1) }
    .dropFirst(Self.keptBundles)
    .filter { lastUse($0) < Date(timeIntervalSinceNow: -Self.graceTime) }
    for folder in old { try? files.removeItem(at: folder) }
  }
}
