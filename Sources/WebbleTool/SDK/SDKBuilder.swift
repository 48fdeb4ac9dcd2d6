import Foundation

/// Builds the Swift SDK bundle out of the repository's sources and keeps it in the user's cache,
/// under a name that depends on everything it was built from.
struct SDKBuilder {
  let repository: Repository
  let toolchain: Toolchain
  var schedule = Schedule.normal
  var variant = SDKRecipe.Variant()
  var cache = BuildCache.standard

  /// The folder to give to `swift build --swift-sdks-path`; builds the SDK if it is not there yet.
  func build() async throws -> URL {
    try await cache.folder(.sdk, try fingerprint(), build: build(into:))
  }

  /// What decides in which order tasks run.
  enum Schedule: Equatable, Sendable {
    case normal
    /// Pseudo-random numbers from this seed; see SDK/_Concurrency/Exploration/Disturbance.swift.
    case disturbed(UInt16)
    /// The tests; see SDK/_Concurrency/Exploration/Exploration.swift.
    case explored
  }

  private var scheduleOptions: [String] {
    switch schedule {
    case .normal: []
    case .disturbed(let seed): ["-Xcc", "-DWEBBLE_SCHEDULE_SEED=\(seed)"]
    case .explored: ["-D", "WEBBLE_EXPLORES", "-Xcc", "-DWEBBLE_EXPLORES=1"]
    }
  }

  // MARK: The name of the bundle

  /// Changes with every source file, every option and the compiler.
  func fingerprint() throws -> Fingerprint {
    var hash = Fingerprint()
    hash.add(toolchain.version)
    for option in scheduleOptions { hash.add(option) }
    hash.add(String(decoding: try encode(SDKRecipe.toolset(variant)), as: UTF8.self))
    for option in SDKRecipe.clangOptions(variant) + SDKRecipe.swiftcOptions(variant) { hash.add(option) }
    for module in SDKRecipe.cModules {
      hash.add(module.name)
      let folders = try module.sources + [module.headers] + subfolders(of: module.headers)
      for file in try folders.flatMap({ try sources(in: $0, nil) }) {
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
    return hash
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

  private func subfolders(of folder: String) throws -> [String] {
    try FileManager.default
      .contentsOfDirectory(
        at: repository.root.appending(path: folder), includingPropertiesForKeys: nil)
      .filter(\.hasDirectoryPath).map { "\(folder)/\($0.lastPathComponent)" }.sorted()
  }

  /// Those of the module's folder and of its rooms.
  private func sources(of module: SDKRecipe.SwiftModule) throws -> [URL] {
    try ([module.sources] + subfolders(of: module.sources)).flatMap { try sources(in: $0, "swift") }
      .filter { $0.lastPathComponent != SDKRecipe.SwiftModule.excludedFile }
  }

  // MARK: Building

  private func build(into folder: URL) async throws {
    Terminal.note("Building the Swift SDK for threaded WebAssembly (once)…")
    // Once for each compiler, since the SDK is kept by its version.
    if let remark = CompilerVersion.remark(on: toolchain.version) { Terminal.note(remark) }
    let files = FileManager.default
    let sdk = folder.appending(path: SDKRecipe.bundlePath)
    let bundle = sdk.deletingLastPathComponent()
    let include = sdk.appending(path: "sysroot/include")
    let library = sdk.appending(path: "sysroot/lib")
    let objects = folder.appending(path: "objects")
    defer { try? files.removeItem(at: objects) }
    for directory in [include, library, objects] {
      try files.createDirectory(at: directory, withIntermediateDirectories: true)
    }
    try writeManifests(bundle: bundle, sdk: sdk)
    try files.copyItem(
      at: toolchain.unicodeTables,
      to: library.appending(path: toolchain.unicodeTables.lastPathComponent))

    for module in SDKRecipe.cModules {
      let place = include.appending(path: module.place)
      try files.createDirectory(at: place, withIntermediateDirectories: true)
      let headers = repository.root.appending(path: module.headers)
      for entry in try files.contentsOfDirectory(atPath: headers.path) {
        try files.copyItem(
          at: headers.appending(path: entry), to: place.appending(path: entry))
      }
      if let header = module.moduleHeader {
        let map = "module \(module.name) {\n  header \"\(header)\"\n  export *\n}\n"
        try map.write(
          to: place.appending(path: "module.modulemap"), atomically: true, encoding: .utf8)
      }
    }
    if schedule == .explored {
      // For modules that are compiled against the SDK: code of its modules goes into theirs.
      let header = include.appending(path: "CRuntime/runtime.h")
      let text = try String(contentsOf: header, encoding: .utf8)
      try "#define WEBBLE_EXPLORES 1\n\(text)".write(to: header, atomically: true, encoding: .utf8)
    }
    for name in SDKRecipe.emptyLibraries {
      try Data("!<arch>\n".utf8).write(to: library.appending(path: "lib\(name).a"))
    }
    async let fromC = compileC(include: include, into: objects)
    var fromSwift: [URL] = []
    for module in SDKRecipe.swiftModules {
      fromSwift.append(try await compile(module, include: include, into: objects))
    }
    try await check(
      toolchain.archiver,
      ["rcs", library.appending(path: "libwebble.a").path] + (fromC + fromSwift).map(\.path))
  }

  private func compileC(include: URL, into objects: URL) async throws -> [URL] {
    let includes = SDKRecipe.cModules.map { "-I\(include.appending(path: $0.place).path)" }
    var compiled: [URL] = []
    for module in SDKRecipe.cModules {
      for folder in module.sources {
        for source in try sources(in: folder, "c") {
          let object = objects.appending(
            path: "\(module.name)-\(source.deletingPathExtension().lastPathComponent).o")
          try await check(
            toolchain.clang,
            SDKRecipe.clangOptions(variant) + includes + ["-c", source.path, "-o", object.path])
          compiled.append(object)
        }
      }
    }
    return compiled
  }

  private func compile(
    _ module: SDKRecipe.SwiftModule, include: URL, into objects: URL
  ) async throws -> URL {
    let object = objects.appending(path: "\(module.name).o")
    try await check(
      toolchain.swiftc,
      SDKRecipe.swiftcOptions(variant) + module.options + scheduleOptions + [
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
    try encode(SDKRecipe.toolset(variant)).write(to: sdk.appending(path: "toolset.json"))
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
}
