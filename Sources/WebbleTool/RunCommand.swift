import ArgumentParser
import Foundation

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Builds a program, runs it without a window and forwards what it prints.",
    discussion: """
      Exits with the program's status: 0 when main returns, the code given to exit(_:), 134 after \
      a trap, 124 when --timeout has passed.
      """)

  @Argument(help: "The package's folder.")
  var path = "."

  @OptionGroup var options: BuildOptions

  @Option(
    name: .customLong("in"),
    help: """
      Where to run: chromium, firefox, webkit or node (default: the first of these that is \
      installed).
      """)
  var engine: Engine?

  @Option(help: "Stop the program after that many seconds.")
  var timeout: Double?

  @Flag(help: "Serve the page without the isolation headers: one thread, no shared memory.")
  var noIsolation = false

  @Option(
    help: ArgumentHelp(
      "Serve the page with this Content-Security-Policy, to see what the program needs of it.",
      valueName: "policy"))
  var csp: String?

  @Argument(parsing: .postTerminator, help: "Arguments of the program, after --.")
  var arguments: [String] = []

  func validate() throws {
    if let timeout, !(timeout > 0) { throw ValidationError("--timeout takes seconds above 0") }
  }

  func run() async throws {
    let engine = engine ?? .preferred
    _ = try engine.requiredProgram()  // Before a build that would be for nothing.
    let builder = try await SiteBuilder(package: path, options: options)
    let product = try await builder.products.describe().program(named: options.product)
    let site = try await builder.buildForUser(product: product, into: builder.defaultFolder)
    let outcome = try await ProgramRun(
      engine: engine, site: site, repository: builder.products.repository, arguments: arguments,
      isolation: !noIsolation, contentSecurityPolicy: csp, timeLimit: timeout.map { .seconds($0) },
      print: { stream, line in
        Terminal.write(line: line, to: stream == .output ? STDOUT_FILENO : STDERR_FILENO)
      }
    ).run()
    switch outcome {
    case .exited(0): break
    case .exited(let status): throw ExitCode(status)
    case .timedOut:
      throw Failure(
        "\(product) did not end within \(timeout!.formatted()) s in \(engine)",
        exitStatus: ExitStatus.timedOut)
    case .failed(let message): throw Failure(message)
    }
  }
}
