import ArgumentParser
import Foundation
import Subprocess

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serves a program for development, rebuilds it when its sources change.",
    discussion: """
      Pages are cross-origin isolated, and reload themselves after each build: when a Swift source, \
      the manifest, a file in the folder Public or a package that this one depends on by path changes. \
      What the compiler refuses is shown in the page, too.
      """)

  @Argument(help: "The package's folder.")
  var path = "."

  @OptionGroup var options: BuildOptions

  @Option(help: "The port to listen on (default: 8080, or the next that is free); 0 takes any.")
  var port: UInt16?

  @Option(
    help: """
      The address to listen on (default: 127.0.0.1; 0.0.0.0 lets other machines in), or a name that \
      the server is to answer to besides localhost, for example that of a tunnel. May be given for each.
      """)
  var host: [String] = []

  @Flag(help: "Open the page in the browser.")
  var open = false

  @Flag(help: "Look for changes twice a second, for file systems that do not tell of them.")
  var poll = false

  func run() async throws {
    let builder = try await SiteBuilder(package: path, options: options)
    let package = try await builder.products.describe()
    let product = try package.program(named: options.product)
    let folder = builder.products.scratch.appending(path: "serve", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let state = DevelopmentState(firstGeneration: Int(Date().timeIntervalSince1970 * 1000))
    let publicFolder = builder.products.package.appending(path: PublicFolder.name)
    // The user's files straight from where they are: what is saved is served.
    let site = [publicFolder, folder].map { StaticFiles(root: $0) }
    let addresses = host.filter { $0 == "localhost" || RequestOrigin.isAddress($0) }
    guard addresses.count <= 1 else {
      throw Failure("--host takes one address to listen on. 0.0.0.0 stands for all of this machine's.")
    }
    let ours = StaticFiles(root: builder.products.repository.glue.appending(path: "serve-page"))
    var server = LocalServer(
      handler: { await answer($0, state: state, site: site, ours: ours) },
      folders: site.map { ("/", $0) } + [("/.webble/", ours)])
    if let address = addresses.first { server.host = address }
    server.names = host.filter { !addresses.contains($0) }
    server.port = port ?? 8080
    server.takesNextPort = port == nil
    try await server.run { [address = server.host] port in
      // Of all addresses, the one that browsers take for secure without HTTPS.
      let name = ["0.0.0.0", "::"].contains(address) ? "localhost" : address
      let url = "http://\(name.contains(":") ? "[\(name)]" : name):\(port)/"
      Terminal.write(line: "Serving \(product) at \(url)", to: STDOUT_FILENO)
      if options.inspects {
        Terminal.write(line: "What runs and what waits: \(url).webble/console", to: STDOUT_FILENO)
      }
      if open { await openInBrowser(url) }
      try await rebuild(builder, product: product, into: folder, state: state)
    }
  }

  // MARK: Building

  /// Builds, and again at each change, until it is cancelled.
  private func rebuild(
    _ builder: SiteBuilder, product: String, into folder: URL, state: DevelopmentState
  ) async throws {
    var folders = try await watchedFolders(builder)
    while true {
      let watcher = SourceWatcher(folders: folders)
      var last = watcher.snapshot()
      await build(builder, product: product, into: folder, state: state)
      for await snapshot in watcher.changes(since: last, isPolling: poll) {
        let changes = snapshot.changes(since: last)
        last = snapshot
        let isCode = changes.contains { !isPublic($0, builder) }
        if isCode {
          await build(builder, product: product, into: folder, state: state)
        } else {
          Terminal.note("Reloaded.")
          await state.reload()
        }
        if changes.contains(where: { $0.hasSuffix("/Package.swift") }),
          let new = try? await watchedFolders(builder), new != folders
        {
          folders = new
          break
        }
      }
      try Task.checkCancellation()
    }
  }

  private func isPublic(_ file: String, _ builder: SiteBuilder) -> Bool {
    file.hasPrefix(builder.products.package.appending(path: PublicFolder.name).path + "/")
  }

  /// The package's folder, and those of the packages that it depends on by path, also by way of others.
  private func watchedFolders(_ builder: SiteBuilder) async throws -> [URL] {
    var folders: [URL] = []
    var waiting = [builder.products.package]
    while let folder = waiting.popLast() {
      // As the system's events name it.
      let real = folder.resolvingSymlinksInPath()
      if folders.contains(real) { continue }
      folders.append(real)
      let isOwn = folder == builder.products.package
      let description =
        isOwn
        ? try await builder.products.describe()
        : try? await PackageDescription.load(
          package: folder, scratch: builder.products.scratch.appending(path: "described"),
          toolchain: builder.products.toolchain)
      waiting += (description?.localDependencies ?? []).map {
        URL(filePath: $0, relativeTo: folder).standardizedFileURL
      }
    }
    return folders
  }

  private func build(
    _ builder: SiteBuilder, product: String, into folder: URL, state: DevelopmentState
  ) async {
    Terminal.note("Building…")
    var diagnostics: String?
    let clock = ContinuousClock()
    let start = clock.now
    do {
      let site = try await builder.build(
        product: product, into: folder, output: .onlyOnFailure, includesPublic: false)
      // The site works without its types.
      _ = try? await site.writeExportTypes(repository: builder.products.repository)
      VersionRemarks(repository: builder.products.repository, scratch: builder.products.scratch).say()
    } catch let failure as BuildFailure {
      diagnostics = eachDiagnosticOnce(failure.diagnostics)
    } catch {
      diagnostics = "\(error)"
    }
    if Task.isCancelled { return }
    let time = (clock.now - start).formatted(.units(fractionalPart: .show(length: 1)))
    Terminal.note(diagnostics.map { "\($0)\nThe build failed." } ?? "Built in \(time).")
    await state.built(diagnostics: diagnostics)
  }

  private func openInBrowser(_ url: String) async {
    #if canImport(Darwin)
    let opener = findExecutable(named: "open")
    #else
    let opener = findExecutable(named: "xdg-open", "wslview")
    #endif
    guard let opener, let result = try? await capture(opener, [url]), result.succeeded else {
      Terminal.note("No browser could be opened. Open \(url) yourself.")
      return
    }
  }

  // MARK: Answering

  private func file(_ path: String, of files: StaticFiles) -> HTTPResponse? {
    guard case .file(let name) = files.answer(to: path), let file = OpenFile(path: name) else { return nil }
    return HTTPResponse(
      statusCode: .ok, headers: [.contentType: StaticFiles.mediaType(of: name)], body: file.readAll())
  }

  private func answer(
    _ request: HTTPRequest, state: DevelopmentState, site: [StaticFiles], ours: StaticFiles
  ) async -> HTTPResponse? {
    guard request.method == "GET" else { return nil }
    let path = request.path
    if path == "/.webble/state" {
      let known = request.query["after"].flatMap { Int($0) }
      return try? .json(await state.report(after: known ?? -1))
    }
    if path == "/.webble/console" { return file("/console.html", of: ours) }
    // Stands before the glue, in pages of builds for inspection, which the live view looks at.
    if path == "/webble.js", request.query.isEmpty, options.inspects { return file("/webble.js", of: ours) }
    guard !path.hasPrefix("/.webble/"), path.hasSuffix("/") || path.hasSuffix(".html") else {
      return nil
    }
    // Asked for before the file is read, so that a build in between makes the page reload.
    let generation = await state.report.generation
    // A page may end without `</body>`; what follows the end is read all the same.
    let reloader =
      #"<script type="module" src="/.webble/reload.js?generation=\#(generation)"></script>"#
    for files in site {
      guard case .file(let name) = files.answer(to: path), name.hasSuffix(".html") else { continue }
      guard let file = OpenFile(path: name) else { return nil }
      // Bytes, since a page may be in any encoding.
      return .page(file.readAll() + Data(reloader.utf8))
    }
    // The first build runs still, or has failed.
    return path == "/" ? .page(Data("<!doctype html><title>webble serve</title>\(reloader)".utf8)) : nil
  }
}
