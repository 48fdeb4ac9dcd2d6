import Foundation

extension Site {
  /// Writes `app.d.ts`, the types of what the program gives to the page's JavaScript with `JSExports`.
  ///
  /// A program registers its exports when it starts, so that is what is done, in Node, up to the first await
  /// of `main`.
  ///
  /// - Returns: false if the program exports nothing.
  func writeExportTypes(repository: Repository) async throws -> Bool {
    let module = try Data(contentsOf: folder.appending(path: FileName.module))
    // An import's module and name, as WebAssembly spells them: each text after its length.
    guard module.range(of: Data("\njavascript\u{06}export".utf8)) != nil else { return false }
    guard let node = Engine.node.program else {
      throw Failure("\(FileName.exportTypes) takes Node to write. \(Engine.node.missing.message)")
    }
    let script = repository.glue.appending(path: "export-types.mjs")
    let result = try await capture(node, [script.path, folder.path])
    guard result.succeeded else {
      throw Failure(
        """
        \(FileName.exportTypes) was not written, since main does not run in Node up to its first await: it \
        has to register its exports before it needs a page.
        \(result.everything)
        """)
    }
    try Data(result.output.utf8)
      .write(to: folder.appending(path: FileName.exportTypes), options: .atomic)
    return true
  }
}
