import Foundation

/// The files of the targets (`resources:` in Package.swift, with `.copy` or `.process`) of a package and of those that it
/// depends on.
///
/// SwiftPM collects those of a target in a folder, and generates a source file that finds it by Foundation. There is
/// none for the web, so the compiler reads another file in its place. No module named Foundation is made up for it:
/// packages ask `canImport(Foundation)` and then want all of it.
struct TargetResources: Sendable {
  /// The folder of a target's files, beside the linked module, and the target by its name in C.
  struct Folder: Equatable, Sendable {
    var target: String
    var name: String
  }

  let folders: [Folder]

  init(of package: PackageDescription) {
    folders = Self.folders(of: package)
  }

  private static func folders(of package: PackageDescription) -> [Folder] {
    package.targets.compactMap { target in
      let hasFolder = target.resources?.contains { $0.rule["copy"] != nil || $0.rule["process"] != nil }
      guard hasFolder == true, target.type != "test" else { return nil }
      return Folder(
        target: target.c99name ?? target.name,
        name: "\(package.manifestDisplayName ?? package.name)_\(target.name).resources")
    }
  }

  /// A package is described, which takes half a second, only if its manifest names any.
  init(of products: ProductBuilder) async throws {
    var folders: [Folder] = []
    if Self.manifestNames("resources", in: products.package) {
      folders += Self.folders(of: try await products.describe())
    }
    for package in try await Self.dependencies(of: products)
    where Self.manifestNames("resources", in: package) {
      folders += Self.folders(
        of: try await .load(
          package: package, scratch: products.scratch.appending(path: "resources/described"),
          toolchain: products.toolchain))
    }
    self.folders = folders
  }

  private static func manifest(in package: URL) -> String {
    (try? String(contentsOf: package.appending(path: "Package.swift"), encoding: .utf8)) ?? ""
  }

  private static func manifestNames(_ word: String, in package: URL) -> Bool {
    manifest(in: package).contains(word)
  }

  /// The folders of all packages that a package depends on, which SwiftPM is asked for after a change of the manifest
  /// only: that takes a second.
  private static func dependencies(of products: ProductBuilder) async throws -> [URL] {
    // The first is ours.
    guard manifest(in: products.package).split(separator: ".package(").count > 2 else { return [] }
    let state = products.scratch.appending(path: "workspace-state.json")
    let changed = date(of: products.package.appending(path: "Package.swift")) ?? .distantPast
    if date(of: state) ?? .distantPast < changed {
      let result = try await capture(
        products.toolchain.swift,
        [
          "package", "resolve", "--package-path", products.package.path, "--scratch-path",
          products.scratch.path,
        ], environment: LibraryBuilder.Libraries.environment)
      // The build will say why.
      guard result.succeeded else { return [] }
      try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: state.path)
    }
    guard let data = try? Data(contentsOf: state) else { return [] }
    return folders(inState: data, scratch: products.scratch)
  }

  private static func date(of file: URL) -> Date? {
    try? FileManager.default.attributesOfItem(atPath: file.path)[.modificationDate] as? Date
  }

  /// What SwiftPM notes of the packages that it has fetched; none if it has come to note it in another way.
  static func folders(inState data: Data, scratch: URL) -> [URL] {
    struct State: Decodable {
      struct Object: Decodable { var dependencies: [Dependency] }
      struct Dependency: Decodable {
        struct State: Decodable {
          var name: String
          var path: String?
        }
        var state: State
        var subpath: String
      }
      var object: Object
    }
    let dependencies = (try? JSONDecoder().decode(State.self, from: data))?.object.dependencies ?? []
    return dependencies.compactMap { dependency in
      if let path = dependency.state.path { return URL(filePath: path) }
      return dependency.state.name == "sourceControlCheckout"
        ? scratch.appending(path: "checkouts/\(dependency.subpath)") : nil
    }
  }

  /// Writes what the compiler is to read, and returns the options by which it does.
  ///
  /// - Parameter build: where SwiftPM builds this configuration.
  func compilerOptions(build: URL, in folder: URL) throws -> [String] {
    guard !folders.isEmpty else { return [] }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let overlay = Overlay(
      roots: try folders.map { resources in
        let accessor = folder.appending(path: "\(resources.target).swift")
        try write(Data(Self.accessor(of: resources).utf8), to: accessor)
        return .init(
          name: build.appending(
            path: "\(resources.target).build/DerivedSources/resource_bundle_accessor.swift").path,
          contents: accessor.path)
      })
    let file = folder.appending(path: "overlay-\(build.lastPathComponent).json")
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    try write(try encoder.encode(overlay), to: file)
    return ["-Xswiftc", "-vfsoverlay", "-Xswiftc", file.path]
  }

  /// What a target sees instead of `Foundation.Bundle`.
  static func accessor(of folder: Folder) -> String {
    """
    /// The files of this target's resources.
    enum Bundle {
      /// Their folder, relative to the page: `try await fetch(Bundle.module + "/words.txt").text()`
      static var module: String { "\(folder.name)" }
    }

    """
  }

  /// The files by their paths in a site.
  func files(beside module: URL) throws -> [String: URL] {
    var files: [String: URL] = [:]
    for folder in folders {
      let root = module.deletingLastPathComponent().appending(path: folder.name)
      guard let paths = FileManager.default.enumerator(atPath: root.path) else { continue }
      for case let path as String in paths {
        let file = root.appending(path: path)
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder), !isFolder.boolValue {
          files["\(folder.name)/\(path)"] = file
        }
      }
    }
    return files
  }

  /// What to say of a build that failed since a target has such files of which nothing was known; nil if it did not.
  static func explanation(ofFailure output: String) -> String? {
    guard output.contains("no such module 'Foundation'"),
      let match = output.firstMatch(of: /([^\/\s]+)\.build\/DerivedSources\/resource_bundle_accessor\.swift/)
    else { return nil }
    return """
      error: the target \(match.1) of another package has resources (.copy or .process), and what SwiftPM \
      generates to find them imports Foundation, which the web does not have
        Build again if the packages that it depends on have just changed. Otherwise take the files into your \
      package, or change the rule to .embedInCode, which makes a constant of the bytes.
      """
  }

  /// What has not changed keeps its date, so that nothing is compiled anew.
  private func write(_ data: Data, to file: URL) throws {
    if (try? Data(contentsOf: file)) != data { try data.write(to: file, options: .atomic) }
  }

  /// An overlay of LLVM's virtual file system.
  private struct Overlay: Encodable {
    var version = 0
    var roots: [File]

    struct File: Encodable {
      var type = "file"
      var name: String
      var contents: String
      private enum CodingKeys: String, CodingKey { case type, name, contents = "external-contents" }
    }
  }
}
