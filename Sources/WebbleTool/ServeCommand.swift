import ArgumentParser
import FlyingFox
import Foundation

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serves a program for development, rebuilds it when its sources change.",
    discussion: "Pages are cross-origin isolated, and reload themselves after each build.")

  @Argument(help: "The package's folder.")
  var path = "."

  @OptionGroup var options: BuildOptions

  @Option(help: "The port to listen on; 0 takes any free one.")
  var port: UInt16 = 8080

  @Option(help: "The address to listen on; 0.0.0.0 lets other machines in.")
  var host = "127.0.0.1"

  func run() async throws {
    let builder = try await SiteBuilder(package: path, options: options)
    let package = try await builder.products.describe()
    let product = try package.program(named: options.product)
    let folder = builder.defaultFolder
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let watcher = SourceWatcher(
      folders: [builder.products.package] + package.localDependencies.map { URL(filePath: $0) })
    let state = DevelopmentState(firstGeneration: Int(Date().timeIntervalSince1970 * 1000))
    let site = StaticFiles(root: folder)
    let glue = builder.products.repository.glue
    let server = LocalServer(
      host: host, port: port, handler: { try await answer($0, state: state, site: site) },
      folders: [
        ("/", site),
        ("/.webble/", StaticFiles(root: glue.appending(path: "serve-page"))),
      ])
    try await server.run { port in
      let address = host.contains(":") ? "[\(host)]" : host
      Terminal.write(line: "Serving \(product) at http://\(address):\(port)/", to: STDOUT_FILENO)
      var snapshot = watcher.snapshot()
      while true {
        Terminal.note("Building…")
        let diagnostics = try await build(builder, product: product, into: folder)
        Terminal.note(diagnostics.map { "\($0)\nThe build failed." } ?? "Built.")
        await state.built(diagnostics: diagnostics)
        snapshot = try await watcher.change(since: snapshot)
      }
    }
  }

  /// Returns what is wrong with the program, if something is.
  private func build(_ builder: SiteBuilder, product: String, into folder: URL) async throws
    -> String?
  {
    do {
      _ = try await builder.build(product: product, into: folder, output: .onlyOnFailure)
      return nil
    } catch let failure as BuildFailure {
      return failure.diagnostics
    } catch let failure as Failure {
      return failure.message
    }
  }

  private func answer(_ request: HTTPRequest, state: DevelopmentState, site: StaticFiles)
    async throws -> HTTPResponse?
  {
    guard request.method == .GET else { return nil }
    let path = request.target.path()
    if path == "/.webble/state" {
    let known = request.query.first { $0.name == "after" }.flatMap { Int($0.value) }
      return try .json(await state.report(after: known ?? -1))
    }
    guard !path.hasPrefix("/.webble/"), path.hasSuffix("/") || path.hasSuffix(".html") else {
      return nil
    }
    // Asked for before the file is read, so that a build in between makes the page reload.
    let generation = await state.report.generation
    // A page may end without `</body>`; what follows the end is read all the same.
    let reloader =
      #"<script type="module" src="/.webble/reload.js?generation=\#(generation)"></script>"#
    switch site.answer(to: path) {
    case .file(let file) where file.hasSuffix(".html"):
      guard let page = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
      return .page(page + reloader)
    case .notFound where path == "/":
      // The first build runs still, or has failed.
      return .page("<!doctype html><title>webble serve</title>" + reloader)
    default: return nil
    }
  }
}

extension HTTPResponse {
  fileprivate static func page(_ html: String) -> HTTPResponse {
    HTTPResponse(
      statusCode: .ok, headers: [.contentType: "text/html; charset=utf-8"], body: Data(html.utf8))
  }
}
