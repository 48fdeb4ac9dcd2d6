import Foundation
import WasmPasses

/// The folder that a program becomes: everything a static host has to serve.
struct Site: Sendable {
  let folder: URL

  /// The parts of a site and their sizes in bytes.
  struct Part: Sendable {
    var name: String
    var size: Int
  }

  enum FileName {
    static let module = "app.wasm"
    static let symbols = "app.symbols.json"
    static let sourceMap = "app.wasm.map"
    /// The module once more, with its DWARF.
    static let debugModule = "app.debug.wasm"
    static let glue = "webble.js"
    static let glueTypes = "webble.d.ts"
    static let worker = "webble-worker.js"
    static let page = "index.html"
    static let package = "package.json"
    /// The types of what a program exports.
    static let exportTypes = "app.d.ts"
  }

  /// What a site has for browsers' tools, profilers and debuggers.
  struct ForTools: Sendable {
    var sourceMap: Bool
    /// The names of functions, in the module.
    var names: Bool
    /// Whether DWARF is in a file of its own, where there is any.
    var splitsDebug = false
  }

  /// Whether its page is the user's, from the package's folder Public.
  var hasUsersPage: Bool {
    let page = try? String(contentsOf: folder.appending(path: FileName.page), encoding: .utf8)
    return page.map { !$0.contains(SiteOutput.pageMark) } ?? false
  }

  /// Finishes the linked `module` and writes it to `folder`, with the glue and the files of the package's
  /// folder Public beside it.
  static func write(
    to folder: URL, module: URL, title: String, products: ProductBuilder, tailCalls: Bool,
    forTools: ForTools, includesPublic: Bool
  ) async throws -> Site {
    let (configuration, repository) = (products.configuration, products.repository)
    let site = Site(folder: folder)
    let finished = try await finish(
      module: module, tailCalls: tailCalls, forTools: forTools, products: products)
    var output = SiteOutput()
    output.add(FileName.module, Data(finished.bytes))
    output.add(FileName.symbols, finished.symbols)
    if let map = finished.sourceMap { output.add(FileName.sourceMap, map) }
    if let debug = finished.debugModule { output.add(FileName.debugModule, Data(debug)) }
    // The name of an import's module, as WebAssembly spells it: its length, and the text. Should other
    // data look the same, the glue has a part that nobody needs.
    let usesJavaScript = Data(finished.bytes).range(of: Data("\njavascript".utf8)) != nil
    let glue = try GlueScript(
      repository: repository, javaScript: usesJavaScript, inspects: products.variant.inspects,
      explores: products.variant.explores, hasLines: forTools.sourceMap,
      isShort: configuration == .release)
    let types = try String(
      contentsOf: repository.glue.appending(path: FileName.glueTypes), encoding: .utf8)
    for (name, text) in [
      (FileName.glue, glue.page), (FileName.worker, glue.worker), (FileName.glueTypes, types),
    ] {
      output.add(name, Data(text.utf8))
    }
    let page = try String(
      contentsOf: repository.glue.appending(path: FileName.page), encoding: .utf8
    ).replacing("{{title}}", with: escapedForHTML(title))
    output.add(FileName.page, Data(page.utf8))
    output.add(FileName.package, packageManifest(title))
    for (name, file) in try PublicFolder.files(in: products.package) {
      guard output.files[name] == nil || [FileName.page, FileName.package].contains(name) else {
        throw Failure(
          "\(PublicFolder.name)/\(name) has the name of a file that every build makes. Rename it.")
      }
      if includesPublic { output.add(name, try Data(contentsOf: file)) }
    }
    for (name, file) in try await TargetResources(of: products).files(beside: module) {
      output.add(name, try Data(contentsOf: file))
    }
    try output.write(to: folder, records: products.isPrivate(folder) ? nil : products.written)
    return site
  }

  /// With it the folder is a package for bundlers and for Node, as it is.
  private static func packageManifest(_ product: String) -> Data {
    let name = product.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    return Data(
      """
      {
        "name": "\(name.isEmpty ? "app" : name)",
        "version": "0.0.0",
        "private": true,
        "type": "module",
        \(SiteOutput.mark),
        "exports": {
          ".": { "types": "./\(FileName.glueTypes)", "default": "./\(FileName.glue)" },
          "./app": { "types": "./\(FileName.exportTypes)" },
          "./*": "./*"
        },
        "types": "./\(FileName.glueTypes)",
        "sideEffects": false
      }

      """.utf8)
  }

  /// All files, by their paths in the folder.
  func files() throws -> [String: Data] {
    var files: [String: Data] = [:]
    guard let paths = FileManager.default.enumerator(atPath: folder.path) else { return files }
    for case let path as String in paths {
      let file = folder.appending(path: path)
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder), !isFolder.boolValue {
        files[path] = try Data(contentsOf: file)
      }
    }
    return files
  }

  /// What a browser loads: the page, the module and the glue.
  func parts() throws -> [Part] {
    try [FileName.module, FileName.glue].map { name in
      Part(name: name, size: try Data(contentsOf: folder.appending(path: name)).count)
    }
  }

  // MARK: The module

  private struct FinishedModule {
    var bytes: [UInt8]
    /// A JSON array of the functions' names by index. Browsers do not tell a debug build's either.
    var symbols: Data
    var sourceMap: Data?
    var debugModule: [UInt8]?
  }

  private static func finish(
    module: URL, tailCalls: Bool, forTools: ForTools, products: ProductBuilder
  ) async throws -> FinishedModule {
    let linked = [UInt8](try Data(contentsOf: module))
    do {
      let names = try functionNames(of: linked)
      let lines = forTools.sourceMap ? try LineTable(of: linked) : nil
      let inlined = try lines.map { (lines) throws(WasmError) in try InlinedCalls(of: linked, lines: lines) }
      let demangled = try await Demangler(toolchain: products.toolchain)
        .demangle(Array(names.values) + (inlined?.names ?? []))
      let isRelease = products.configuration == .release
      let name = { (name: String) in demangled[name] ?? name }
      let passed = try runPasses(
        on: linked,
        options: PassOptions(
          atomicAccesses: products.schedule == .explored, memoryAccesses: products.preempts, tailCalls: tailCalls, stackChecks: isRelease ? .entries : .all, unusedParameters: isRelease,
          names: isRelease ? .strip(names: forTools.names ? name : nil) : .replace(name)))
      if passed.report.memoryAccessesSkipped > 0 {
        let (there, skipped) = (passed.report.memoryAccesses, passed.report.memoryAccessesSkipped)
        Terminal.note(
          """
          webble: --preempt leaves out \(skipped) of \(there + skipped) accesses to memory: their instructions are shorter than \
          a call in a module with so many functions. A release build has fewer.
          """)
      }
      guard let memory = passed.memory, memory.isShared, let maximum = memory.maximumPages else {
        throw Failure("\(module.lastPathComponent) does not import a shared memory with a maximum")
      }
      let metadata = Metadata(
        initialPages: memory.initialPages, maximumPages: maximum,
        symbols: FileName.symbols)
      let encoder = JSONEncoder()
      // The order of keys is another in each process otherwise, and so would the module's bytes be.
      encoder.outputFormatting = .sortedKeys
      // The memory's size is known only now, so the section follows in a step of its own.
      var sections = [("webble", [UInt8](try encoder.encode(metadata)))]
      if forTools.sourceMap { sections.append(("sourceMappingURL", sized(FileName.sourceMap))) }
      var debugModule: [UInt8]?
      if forTools.splitsDebug {
        debugModule = passed.bytes
        // By this name tools look for it: see the tool conventions of WebAssembly, "External DWARF".
        sections.append(("external_debug_info", sized(FileName.debugModule)))
      }
      let finished = try runPasses(
        on: passed.bytes,
        options: PassOptions(
          typedErrors: false, tailCalls: false, stackChecks: .none,
          names: forTools.splitsDebug ? .withoutDWARF : .keep, metadata: sections))
      var list = [String](repeating: "", count: (names.keys.max() ?? -1) + 1)
      for (index, name) in names { list[index] = demangled[name] ?? name }
      var map: SourceMap?
      if let lines, let inlined {
        map = SourceMap(
          try lines.moved(passed.moves, to: finished.bytes), inlined.moved(passed.moves), names: demangled,
          of: FileName.module, paths: SourcePaths(package: products.package, repository: products.repository.root))
      }
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return FinishedModule(
        bytes: finished.bytes, symbols: try JSONEncoder().encode(list),
        sourceMap: try map.map { try encoder.encode($0) }, debugModule: debugModule)
    } catch let error as WasmError {
      throw Failure("\(module.lastPathComponent): \(error)")
    }
  }

  /// A text as WebAssembly has it: its length, and the bytes; for those of fewer than 128.
  private static func sized(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }

  /// What the glue must know before it can make the memory: the custom section "webble", JSON.
  private struct Metadata: Encodable {
    var initialPages: Int
    var maximumPages: Int
    /// Where the function names are, relative to the module.
    var symbols: String
  }
}

func escapedForHTML(_ text: String) -> String {
  text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    .replacing("\"", with: "&quot;")
}
