import Foundation
import Subprocess
import Synchronization
import SystemPackage

/// The browser's side of a run: the page that the runner serves starts the program and posts what
/// it prints back to the server that it came from. No driver, no debugging protocol.
extension ProgramRun {
  /// What the page posts, in lists. Kept in step with Glue/runner-page/.
  private struct Event: Decodable, Sendable {
    /// The runner page is up.
    var loaded: Bool?
    var stream: OutputStream?
    var line: String?
    var exit: Int32?
    /// The lines before were a dump that was asked for.
    var dumped: Bool?
  }

  private final class Page: Sendable {
    let hasLoaded = Atomic(false)
  }

  private struct Instructions: Encodable, Sendable {
    var arguments: [String]
    var inspection: Inspection.Instructions?
  }

  /// How long a browser may take from its start to the page.
  private static let loadingTime = Duration.seconds(90)

  func runInBrowser(_ dumps: DumpRequests?) async throws -> Outcome {
    _ = try engine.requiredProgram()
    // The program's end, the browser's end, the loading time and then the time limit race; the first
    // is the outcome.
    let (outcomes, outcome) = AsyncStream.makeStream(of: Outcome.self)
    let (loads, load) = AsyncStream.makeStream(of: Void.self)
    let page = Page()
    // A request without it is not from the page that this run has opened.
    let secret = UUID().uuidString
    let server = LocalServer(
      isolation: isolation,
      contentSecurityPolicy: contentSecurityPolicy,
      handler: { request in
        if let interrupted = InterruptedResponse(path: request.path) {
          return try await interrupted.answer()
        }
        if request.path == "/.webble/requests" {
          guard Self.isFromOwnPage(request, secret), let dumps else { return Self.stranger }
          try await dumps.next()
          return .text("dump", status: .ok)
        }
        return try handle(request, secret: secret) { event in
          if event.dumped == true { dumps?.dumped() }
          if event.loaded == true {
            page.hasLoaded.store(true, ordering: .relaxed)
            load.yield()
          }
          if let status = event.exit { outcome.yield(.exited(status)) }
        }
      },
      folders: [
        ("/", StaticFiles(root: site.folder)),
        ("/.webble/", StaticFiles(root: repository.glue.appending(path: "runner-page"))),
      ])
    return try await server.run { port in
      try await withThrowingTaskGroup(of: Void.self) { group in
        defer { group.cancelAll() }
        group.addTask {
          do {
            let end = try await engine.openBrowser(at: "http://127.0.0.1:\(port)/?\(secret)")
            outcome.yield(.failed(end))
          } catch {
            outcome.yield(.failed("\(engine) did not start: \(error)"))
          }
        }
        group.addTask {
          try await Task.sleep(for: Self.loadingTime)
          if !page.hasLoaded.load(ordering: .relaxed) {
            outcome.yield(.failed(notLoaded))
          }
        }
        if let timeLimit {
          group.addTask {
            for await _ in loads {
              try await Task.sleep(for: timeLimit)
              await dumps?.dump()
              outcome.yield(.timedOut)
            }
          }
        }
        for await outcome in outcomes { return outcome }
        throw CancellationError()
      }
    }
  }

  private var notLoaded: String {
    site.hasUsersPage && usesUsersPage
      ? """
      the page did not start the program within \(Self.loadingTime): a script of \
      \(PublicFolder.name)/index.html has to import start from "./webble.js" and call it
      """ : "\(engine) did not load the page within \(Self.loadingTime)"
  }

  private static func isFromOwnPage(_ request: HTTPRequest, _ secret: String) -> Bool {
    (request.headers["Cookie"] ?? "").split(separator: "; ").contains("webble=\(secret)")
  }

  private func handle(
    _ request: HTTPRequest, secret: String, received: @Sendable (Event) -> Void
  ) throws -> HTTPResponse? {
    let isFromOwnPage = Self.isFromOwnPage(request, secret)
    switch (request.method, request.path) {
    case ("GET", "/") where request.query[secret] != nil:
      // The page, its workers and its scripts carry the secret from here on, and see nothing of it.
      var redirection = HTTPResponse.text("See /", status: .seeOther)
      redirection.headers["Location"] = "/"
      redirection.headers["Set-Cookie"] = "webble=\(secret); Path=/; HttpOnly; SameSite=Strict"
      return redirection
    case ("GET", "/"), ("GET", "/index.html"):
      return site.hasUsersPage && usesUsersPage ? nil : try runnerPage("index.html")
    // In a page of the user's, which starts the program itself, this stands before the glue.
    case ("GET", "/webble.js") where site.hasUsersPage && usesUsersPage && request.query.isEmpty:
      return try runnerPage("webble.js")
    case ("GET", "/.webble/instructions.json"):
      guard isFromOwnPage else { return Self.stranger }
      return try .json(Instructions(arguments: arguments, inspection: inspection?.instructions(requests: nil)))
    case ("POST", let path) where path.hasPrefix("/.webble/profiles/"):
      guard isFromOwnPage else { return Self.stranger }
      try inspection?.write(request.body, kind: String(path.dropFirst("/.webble/profiles/".count)))
      return HTTPResponse(statusCode: .noContent)
    case ("POST", "/.webble/events"):
      guard isFromOwnPage else { return Self.stranger }
      guard let events = try? JSONDecoder().decode([Event].self, from: request.body) else {
        return .text("This is no list of events.", status: .badRequest)
      }
      for event in events {
        if let line = event.line { print(event.stream ?? .output, line) }
        received(event)
      }
      return HTTPResponse(statusCode: .noContent)
    default: return nil
    }
  }

  private func runnerPage(_ name: String) throws -> HTTPResponse {
    let file = repository.glue.appending(path: "runner-page/\(name)")
    return HTTPResponse(
      statusCode: .ok, headers: [.contentType: StaticFiles.mediaType(of: name)],
      body: try Data(contentsOf: file))
  }

  private static let stranger = HTTPResponse.text(
    "This is for the page that `webble` has opened.", status: .forbidden)
}

extension Engine {
  /// Runs the browser until it ends by itself. Returns a message about that: it should not.
  func openBrowser(at url: String) async throws -> String {
    try await withTemporaryFolder { folder in
      let launch = try BrowserLaunch(self, url: url, folder: folder)
      let log = FilePath(folder.appending(path: "log").path)
      let descriptor = try FileDescriptor.open(
        log, .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite])
      let status = try await withProcessGroup { group in
        // To a file, not a pipe: helpers that outlive the browser would keep a pipe open.
        try await Subprocess.run(
          .path(FilePath(launch.program.path)), arguments: Arguments(launch.arguments),
          environment: .inherit.updating(launch.environment), platformOptions: .processGroup,
          input: .none, output: .fileDescriptor(descriptor, closeAfterSpawningProcess: false),
          error: .fileDescriptor(descriptor, closeAfterSpawningProcess: true)
        ) { execution in
          group.remember(execution.processIdentifier.value)
        }.terminationStatus
      }
      let text = (try? String(contentsOfFile: log.string, encoding: .utf8)) ?? ""
      let tail = text.split(separator: "\n").suffix(20).joined(separator: "\n")
      return "\(self) ended before the program did (\(status))\(tail.isEmpty ? "" : ":\n\(tail)")"
    }
  }
}
