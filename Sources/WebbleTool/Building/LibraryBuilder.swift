import Foundation

/// Compiles the libraries that programs import and keeps them in the user's cache, so that a new
/// package compiles nothing but its own code.
struct LibraryBuilder {
  let repository: Repository
  let toolchain: Toolchain
  let configuration: BuildConfiguration
  let sdk: URL
  var variant = SDKRecipe.Variant()
  var cache = BuildCache.standard

  /// The compiled libraries: their modules, and an archive of their objects.
  struct Libraries {
    let folder: URL

    /// What `swift build` is to be told beside the options of the SDK.
    var buildOptions: [String] {
      [
        "-Xswiftc", "-I\(folder.path)",
        "-Xlinker", folder.appending(path: LibraryBuilder.archive).path,
      ]
    }

    /// By this Package.swift leaves the libraries' sources out.
    static let environment = ["WEBBLE_LIBRARIES": "compiled"]
  }

  private static let archive = "libraries.a"

  /// Not NAME.o: in debug builds the compiler gives that name to the wrapped module.
  private static func object(_ library: String, in folder: URL) -> URL {
    folder.appending(path: "\(library).code.o")
  }

  func build() async throws -> Libraries {
    Libraries(folder: try await cache.folder(.libraries, try fingerprint(), build: compile(into:)))
  }

  /// Changes with every source file, every option, the SDK and the compiler.
  func fingerprint() throws -> Fingerprint {
    var hash = Fingerprint()
    // Its name depends on the compiler, the options of the target, and all that it is made of.
    hash.add(sdk.lastPathComponent)
    // Debugging information names the sources by their paths.
    hash.add(repository.root.path)
    for option in SDKRecipe.libraryOptions(configuration, variant) { hash.add(option) }
    for library in SDKRecipe.libraries {
      hash.add(library)
      for file in sources(of: library) {
        hash.add(file.path)
        hash.add(try Data(contentsOf: file))
      }
    }
    return hash
  }

  private func sources(of library: String) -> [URL] {
    let folder = repository.root.appending(path: "Sources/\(library)")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return (files?.compactMap { $0 as? URL } ?? [])
      .filter { $0.pathExtension == "swift" }
      .sorted { $0.path < $1.path }
  }

  private func compile(into folder: URL) async throws {
    Terminal.note("Compiling the libraries for \(configuration) builds (once)…")
    let include = sdk.appending(path: "\(SDKRecipe.bundlePath)/sysroot/include")
    for library in SDKRecipe.libraries {
      try await check(
        toolchain.swiftc,
        SDKRecipe.libraryOptions(configuration, variant) + [
          "-I", include.path, "-I", folder.path, "-module-name", library,
          "-emit-module", "-emit-module-path",
          folder.appending(path: "\(library).swiftmodule").path,
          "-c", "-o", Self.object(library, in: folder).path,
        ] + sources(of: library).map(\.path))
    }
    try await check(
      toolchain.archiver,
      ["rcs", folder.appending(path: Self.archive).path]
        + SDKRecipe.libraries.map { Self.object($0, in: folder).path })
  }

  private func check(_ program: URL, _ arguments: [String]) async throws {
    let result = try await capture(program, arguments)
    guard result.succeeded else {
      throw Failure("compiling Webble's libraries failed:\n\(result.everything)")
    }
  }
}
