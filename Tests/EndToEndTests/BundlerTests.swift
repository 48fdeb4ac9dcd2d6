import Foundation
import Testing

@testable import WebbleTool

/// An application that imports the glue as any other module, put through bundlers. It calls exports of
/// the product Lives of Tests/JavaScript, one of which works on two workers.
@Suite(.serialized) struct BundlerTests {
  struct Bundler: Sendable, CustomTestStringConvertible {
    var name: String
    /// Whether it finds the module by the expression in the glue, and copies it.
    var copiesModule = false
    /// Whether what it makes is for `<script src>`.
    var isClassic = false
    /// Makes `app-HASH.js` in the folder `output`, and more of these where the application is split.
    var arguments: @Sendable (_ source: String, _ output: String) -> [String]
    var testDescription: String { name }
  }

  static let bundlers = [
    Bundler(name: "esbuild") {
      [
        $0, "--bundle", "--minify", "--splitting", "--format=esm", "--entry-names=[name]-[hash]",
        "--chunk-names=chunk-[hash]", "--outdir=\($1)",
      ]
    },
    Bundler(name: "rollup") {
      [$0, "-f", "es", "--entryFileNames", "[name]-[hash].js", "--chunkFileNames", "chunk-[hash].js", "-d", $1]
    },
    Bundler(name: "bun") {
      [
        "build", $0, "--minify", "--splitting", "--target=browser", "--entry-naming=[name]-[hash].[ext]",
        "--chunk-naming=chunk-[hash].[ext]", "--outdir=\($1)",
      ]
    },
    Bundler(name: "webpack", copiesModule: true, isClassic: true) {
      [
        "--mode", "production", "--entry", "./" + URL(filePath: $0).lastPathComponent, "-o", $1,
        "--output-filename", "app-[contenthash].js", "--output-chunk-filename", "chunk-[contenthash].js",
      ]
    },
  ]

  /// The module and the glue have names by their content.
  private static let site = Task {
    let repository = try Repository.find()
    let builder = try await SiteBuilder(
      package: repository.root.appending(path: "Tests/JavaScript").path,
      options: try BuildOptions.parse(["-c", "release"]))
    let site = try await builder.build(
      product: "Lives", into: builder.products.scratch.appending(path: "bundled-lives"),
      output: .onlyOnFailure)
    return try Deployment.parse(["--hash-names"]).files(of: site.files(), repository: repository).files
  }

  /// The glue in the application's own script, or in one that is loaded when it is asked for.
  enum Import: String, CaseIterable, Sendable {
    case whole = #"import { start } from "./webble.js"; const load = async () => start;"#
    case split = #"const load = async () => (await import("./webble.js")).start;"#
  }

  private static let application = """

    globalThis.run = async () => {
      const program = await (await load())({ print: () => {} });
      const texts = [program.swift.add(1, 2), await program.swift.onPool(21)];
      await program.stop();
      return texts.join(" ");
    };
    """

  /// Bundles the application into the folder `output`, and tells the name of the script to load.
  private func bundle(_ kind: Import, with bundler: Bundler, into output: URL) async throws -> String? {
    guard let program = findExecutable(named: bundler.name) else {
      Issue.record("\(bundler.name) is not installed: scripts/install-engines.sh \(bundler.name)")
      return nil
    }
    let files = FileManager.default
    try files.createDirectory(at: output, withIntermediateDirectories: true)
    let site = try await Self.site.value
    return try await withTemporaryFolder { source in
      for (name, data) in site { try data.write(to: source.appending(path: name)) }
      let entry = source.appending(path: "app.js")
      try Data((kind.rawValue + Self.application).utf8).write(to: entry)
      let bundling = try await capture(program, bundler.arguments(entry.path, output.path), in: source)
      #expect(bundling.succeeded, "\(bundling.everything)")
      for (name, data) in site where name.hasSuffix(".wasm") && !bundler.copiesModule {
        try data.write(to: output.appending(path: name))
      }
      let scripts = try files.contentsOfDirectory(atPath: output.path).filter { $0.hasSuffix(".js") }
      #expect((scripts.count == 1) == (kind == .whole), "\(scripts)")
      return try #require(scripts.first { $0.hasPrefix("app-") })
    }
  }

  private func check(
    _ kind: Import, with bundler: Bundler, below base: String, in engine: Engine
  ) async throws {
    let text = try await withTemporaryFolder { folder in
      guard let script = try await bundle(kind, with: bundler, into: folder.appending(path: base)) else {
        return "3 42"
      }
      let address = "./\(base)\(script)"
      let loading =
        bundler.isClassic
        ? """
        await new Promise((onload, onerror) => {
          document.head.append(Object.assign(document.createElement("script"), { src: "\(address)", onload, onerror }));
        });
        """ : "import \"\(address)\";"
      return try await engine.run(loading, calling: "globalThis.run", on: Site(folder: folder))
    }
    #expect(text == "3 42")
  }

  @Test(arguments: bundlers, ["", "sub/"])
  func anImportSurvives(bundler: Bundler, base: String) async throws {
    try await check(base.isEmpty ? .whole : .split, with: bundler, below: base, in: .chromium)
  }

  @Test func anImportSurvivesInFirefox() async throws {
    try await check(.whole, with: Self.bundlers[0], below: "sub/", in: .firefox)
  }

  /// The scripts and the module come from a server that only allows it.
  @Test func filesOfAnotherOriginDo() async throws {
    let text = try await withTemporaryFolder { folder in
      guard let script = try await bundle(.split, with: Self.bundlers[0], into: folder) else { return "3 42" }
      let files = StaticFiles(root: folder)
      let server = LocalServer(
        isolation: false,
        handler: { request in
          guard case .file(let path) = files.answer(to: request.path) else { return nil }
          return HTTPResponse(
            statusCode: .ok,
            headers: [
              .contentType: StaticFiles.mediaType(of: path), "Access-Control-Allow-Origin": "*",
              "Cross-Origin-Resource-Policy": "cross-origin",
            ], body: try Data(contentsOf: URL(filePath: path)))
        }, folders: [])
      return try await server.run { port in
        try await withTemporaryFolder { empty in
          try await Engine.chromium.run(
            "import \"http://127.0.0.1:\(port)/\(script)\";", calling: "globalThis.run", on: Site(folder: empty))
        }
      }
    }
    #expect(text == "3 42")
  }
}
