import FlyingFox
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
  }

  private final class Page: Sendable {
    let hasLoaded = Atomic(false)
  }

  private struct Instructions: Encodable, Sendable {
    var arguments: [String]
  }

  /// How long a browser may take from its start to the page.
  private static let loadingTime = Duration.seconds(90)

  func runInBrowser() async throws -> Outcome {
    _ = try engine.requiredProgram()
    // The program's end, the browser's end, the loading time and then the time limit race; the first
    // is the outcome.
    let (outcomes, outcome) = AsyncStream.makeStream(of: Outcome.self)
    let (loads, load) = AsyncStream.makeStream(of: Void.self)
    let page = Page()
    let server = LocalServer(
      isolation: isolation,
      contentSecurityPolicy: contentSecurityPolicy,
      handler: { request in
        try await handle(request) { event in
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
            let end = try await engine.openBrowser(at: "http://127.0.0.1:\(port)/")
            outcome.yield(.failed(end))
          } catch {
            outcome.yield(.failed("\(engine) did not start: \(error)"))
          }
        }
        group.addTask {
          try await Task.sleep(for: Self.loadingTime)
          if !page.hasLoaded.load(ordering: .relaxed) {
            outcome.yield(.failed("\(engine) did not load the page within \(Self.loadingTime)"))
          }
        }
        if let timeLimit {
          group.addTask {
            for await _ in loads {
              try await Task.sleep(for: timeLimit)
              outcome.yield(.timedOut)
            }
          }
        }
        for await outcome in outcomes { return outcome }
        throw CancellationError()
      }
    }
  }

  private func handle(_ request: HTTPRequest, received: @Sendable (Event) -> Void) async throws
    -> HTTPResponse?
  {
    switch request.path {
    case "/" where request.method == .GET:
      let page = repository.glue.appending(path: "runner-page/index.html")
      return HTTPResponse(
        statusCode: .ok, headers: [.contentType: StaticFiles.mediaType(of: page.path)],
        body: try Data(contentsOf: page))
    case "/.webble/instructions.json" where request.method == .GET:
      return try .json(Instructions(arguments: arguments))
    case "/.webble/events" where request.method == .POST:
      for event in try JSONDecoder().decode([Event].self, from: await request.bodyData) {
        if let line = event.line { print(event.stream ?? .output, line) }
        received(event)
      }
      return HTTPResponse(statusCode: .noContent)
    default: return try await InterruptedResponse(path: request.path)?.answer()
    }
  }
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

/// Gives `body` an empty folder and removes it afterwards.
func withTemporaryFolder<Result: Sendable>(
  _ body: (URL) async throws -> Result
) async throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "webble-\(UUID().uuidString.prefix(8))", directoryHint: .isDirectory)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder)
}
