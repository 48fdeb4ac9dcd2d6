import Foundation

/// The scripts of a site, put together from the files in Glue/.
///
/// A bundler may merge `webble.js` with the page's own scripts, which must not run in workers. So it holds what
/// workers run as a text, from which it makes a blob, and imports nothing. The text repeats what stands right before
/// it, where gzip finds it.
struct GlueScript {
  /// The glue of the page.
  let page: String
  /// A file of its own for workers, where a Content-Security-Policy forbids blobs.
  let worker: String

  /// The files of the JavaScript half of the module JavaScript, each after those that it calls when it is read.
  private static let javaScriptParts =
    ["accesses", "bytes", "exports", "leaks", "listeners", "memory", "promises", "threads", "values"].map { "javascript/\($0).js" }
    + ["webble-javascript.js"]

  /// - Parameters:
  ///   - javaScript: whether the program imports the module JavaScript.
  ///   - inspects: whether the program is built for inspection.
  ///   - explores: whether schedules are explored.
  ///   - hasLines: whether there is a source map.
  ///   - isShort: whether to leave out comments and white space, and to shorten names.
  init(repository: Repository, javaScript: Bool, inspects: Bool, explores: Bool, hasLines: Bool, isShort: Bool) throws {
    /// Which lines of the files are for this program: those that begin so in a comment.
    let marks = [("inspection", inspects), ("exploration", explores), ("lines", hasLines), ("javascript", javaScript || hasLines)]
    func part(_ name: String) throws -> String {
      let file = repository.glue.appending(path: name)
      var script = Self.withoutModuleSyntax(try String(contentsOf: file, encoding: .utf8))
      for (mark, isThere) in marks where isThere { script = script.replacing("// \(mark): ", with: "") }
      return isShort ? shortened(script) : script
    }
    var shared = try (hasLines || inspects ? part("lines.js") : "")
      + (inspects ? part("profiles.js") + part("inspection.js") : "") + part("thread.js") + part("worker.js")
    if javaScript {
      let imports =
        try (explores ? part("javascript/answers.js") : "") + Self.javaScriptParts.map(part).joined()
      shared =
        "const javascriptImports=(()=>{\n\(imports)return imports;\n})();\n" + shared
    } else {
      shared = "const javascriptImports=undefined;\n" + shared
    }
    var main = try part("webble.js").replacing("async function start(", with: "export async function start(")
    var end = "becomeWorker();\n"
    if isShort {
      let names = ShortNames(for: shared + main + end)
      (shared, main, end) = (names.applied(to: shared), names.applied(to: main), names.applied(to: end))
    }
    worker = shared + end
    page = shared + "const workerSource=`\(Self.escaped(shared))`;\n" + main
  }

  /// One scope for all: imports go, and exports become plain declarations.
  private static func withoutModuleSyntax(_ script: String) -> String {
    script.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("import ") && !$0.hasPrefix("export const workerSource") }
      .map { $0.hasPrefix("export ") ? $0.dropFirst("export ".count) : $0 }
      .joined(separator: "\n")
  }

  /// As the text of a template literal.
  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("`", with: "\\`").replacing("${", with: "\\${")
  }
}
