import ArgumentParser
import Foundation

/// What turns a site into what a certain host wants.
struct Deployment: ParsableArguments {
  @Option(
    name: .customLong("host"),
    help: """
      Write the file by which this host is told to send the isolation headers: netlify, cloudflare, \
      vercel, github-pages, nginx, apache or caddy.
      """)
  var host: StaticHost?

  @Flag(
    help: """
      Name the module and the glue by their content, so that browsers may keep them for ever. \
      webble-manifest.json tells the names.
      """)
  var hashNames = false

  @Flag(help: "Write .br and .gz files beside what is worth it, for hosts that send such.")
  var compress = false

  static let isolationScript = "webble-isolation.js"
  static let manifest = "webble-manifest.json"

  /// The same files as they are to be written.
  func files(of site: [String: Data], repository: Repository) throws -> SiteOutput {
    var files = site
    var hashed: [String] = []
    if hashNames { hashed = nameByContent(&files) }
    if let host {
      let file = try host.file(hashed: hashed)
      guard files[file.name] == nil else {
        throw Failure(
          """
          \(PublicFolder.name)/\(file.name) is there already, and --host \(host.rawValue) would write the \
          same. Leave --host out and add its lines yourself: \n\(file.text)
          """)
      }
      files[file.name] = Data(file.text.utf8)
      if host == .gitHubPages { try addIsolationScript(to: &files, repository) }
    }
    var output = SiteOutput()
    for (name, data) in files { output.add(name, data) }
    return output
  }

  /// Returns the new names.
  private func nameByContent(_ files: inout [String: Data]) -> [String] {
    var names: [String: String] = [:]
    let isUsersPage = files[Site.FileName.page].map { $0.range(of: Data(SiteOutput.pageMark.utf8)) == nil }
    let hasUsersPages = isUsersPage == true || files.keys.contains { $0 != Site.FileName.page && Self.isPage($0) }
    /// In what the build has made, names are spelled "./webble.js" or "app.wasm".
    func renamed(_ data: Data) -> Data {
      var text = String(decoding: data, as: UTF8.self)
      for (old, new) in names {
        for (before, after) in [("\"./", "\""), ("\"", "\"")] {
          text = text.replacing("\(before)\(old)\(after)", with: "\(before)\(new)\(after)")
        }
      }
      return Data(text.utf8)
    }
    // Each after what it names.
    for name in [Site.FileName.module, "webble.js"] {
      guard let data = files.removeValue(forKey: name) else { continue }
      let content = name.hasSuffix(".js") ? renamed(data) : data
      var hash = Fingerprint()
      hash.add(content)
      let parts = name.split(separator: ".")
      let new = "\(parts[0]).\(hash.description.prefix(12)).\(parts[1])"
      names[name] = new
      files[new] = content
      // A page of the user's names them as they were.
      if hasUsersPages && name == Site.FileName.module { files[name] = data }
    }
    if isUsersPage == false { files[Site.FileName.page] = files[Site.FileName.page].map(renamed) }
    if let glue = names["webble.js"] {
      files["webble.js"] = Data("export * from \"./\(glue)\";\n".utf8)
    }
    let lines = names.sorted { $0.key < $1.key }.map { "  \"\($0.key)\": \"\($0.value)\"" }
    files[Self.manifest] = Data("{\n\(lines.joined(separator: ",\n"))\n}\n".utf8)
    return Array(names.values)
  }

  private static func isPage(_ name: String) -> Bool { name.hasSuffix(".html") || name.hasSuffix(".htm") }

  /// The pages of the output get the line, not the user's own: a visit may begin at any of them.
  private func addIsolationScript(to files: inout [String: Data], _ repository: Repository) throws {
    files[Self.isolationScript] = try Data(
      contentsOf: repository.glue.appending(path: Self.isolationScript))
    for (name, page) in files where Self.isPage(name) {
      // What is not UTF-8 would not come out as it is.
      guard var text = String(data: page, encoding: .utf8), !text.contains(Self.isolationScript) else { continue }
      let folder = String(repeating: "../", count: name.filter { $0 == "/" }.count)
      let line = "<script src=\"\(folder)\(Self.isolationScript)\"></script>"
      // First in the head, which a page need not spell out.
      let place =
        text.firstMatch(of: /(?i)<head(?:\s[^>]*)?>/) ?? text.firstMatch(of: /(?i)<html(?:\s[^>]*)?>/)
        ?? text.firstMatch(of: /(?i)<!doctype[^>]*>/)
      text.insert(contentsOf: "\n\(line)", at: place?.range.upperBound ?? text.startIndex)
      files[name] = Data(text.utf8)
    }
  }

  // MARK: Compression

  /// What shrinks: pictures and fonts are compressed already, and types are for editors.
  static func isCompressible(_ name: String) -> Bool {
    let suffixes = [".wasm", ".js", ".mjs", ".css", ".html", ".json", ".svg", ".txt", ".xml"]
    return suffixes.contains(where: name.hasSuffix)
      && !["package.json", "vercel.json"].contains(name)
  }

  /// Adds the compressed files to those of `output`.
  func compress(_ output: inout SiteOutput, repository: Repository) async throws {
    let files = output.files.filter { Self.isCompressible($0.key) }
    output = try await withTemporaryFolder { [output] folder in
      var output = output
      let numbered = files.sorted { $0.key < $1.key }.enumerated()
      for (number, file) in numbered {
        try file.value.write(to: folder.appending(path: "\(number)"))
      }
      let paths = numbered.map { folder.appending(path: "\($0.offset)").path }
      try await compress(paths, repository: repository)
      for (number, file) in numbered {
        for suffix in ["br", "gz"] {
          let data = try Data(contentsOf: folder.appending(path: "\(number).\(suffix)"))
          // A host would send it in place of a smaller one.
          if data.count < file.value.count { output.add("\(file.key).\(suffix)", data) }
        }
      }
      return output
    }
  }

  private func compress(_ paths: [String], repository: Repository) async throws {
    let commands: [(URL, [String])]
    if let node = Engine.node.program {
      commands = [(node, [repository.glue.appending(path: "compress.mjs").path] + paths)]
    } else if let gzip = findExecutable(named: "gzip"), let brotli = findExecutable(named: "brotli") {
      commands = [(gzip, ["-9", "-n", "-k"] + paths), (brotli, ["-q", "11", "-k"] + paths)]
    } else {
      throw Failure(
        "--compress takes Node, or gzip and brotli. \(Engine.node.missing.message)",
        exitStatus: ExitStatus.unavailable)
    }
    for (program, arguments) in commands {
      let result = try await capture(program, arguments)
      guard result.succeeded else { throw Failure("nothing was compressed:\n\(result.everything)") }
    }
  }
}
