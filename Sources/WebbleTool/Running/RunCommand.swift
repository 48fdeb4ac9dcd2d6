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
      Where to run: chromium, firefox, webkit, node, deno or bun (default: the first of these that \
      is installed), or native, as a program of this machine's.
      """)
  var place: Place?

  @OptionGroup var native: NativeOptions

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

  @Option(
    help: ArgumentHelp(
      "Write a timeline to this file: turns of event loops, tasks, spawns and wake-ups, for ui.perfetto.dev.",
      valueName: "file"))
  var trace: String?

  @Option(
    help: ArgumentHelp(
      "Write to this file which code holds the memory at the end: stacks and bytes, for flame graphs.",
      valueName: "file"))
  var heapProfile: String?

  @Flag(help: "Report at the end what memory nothing refers to any more, and which code has allocated it.")
  var leaks = false

  @Option(
    help: """
      Report a task that keeps its thread from the event loop for so many seconds (default: 5 in debug builds; \
      0: never).
      """)
  var hangTimeout: Double?

  /// What is wanted of the program, if it is built for that.
  private var inspection: Inspection? {
    guard inspects else { return nil }
    let hangTimeout = hangTimeout ?? (options.configuration == .debug ? 5 : 0)
    return Inspection(
      trace: trace.map { URL(filePath: $0) }, heapProfile: heapProfile.map { URL(filePath: $0) },
      leaks: leaks, hangTimeout: hangTimeout > 0 ? hangTimeout : nil)
  }

  private var inspects: Bool {
    options.inspects || trace != nil || heapProfile != nil || leaks || hangTimeout ?? 0 > 0
  }

  func validate() throws {
    if inspects, options.inspect == false, !options.inspects {
      throw ValidationError("--trace, --heap-profile, --leaks and --hang-timeout need what --no-inspect leaves out")
    }
    if let timeout, !(timeout > 0) { throw ValidationError("--timeout takes seconds above 0") }
    try native.check(native.places(place.map { [$0] } ?? []), options, noIsolation: noIsolation)
    if csp != nil, place == .native {
      throw ValidationError("--csp is for engines of the web, not for native programs")
    }
  }

  func run() async throws {
    let place = native.places(place.map { [$0] } ?? [])[0]
    _ = try place.engine?.requiredProgram()  // Before a build that would be for nothing.
    var options = options
    options.inspect = inspects
    let builder = try await SiteBuilder(package: path, options: options)
    let product = try await builder.products.describe().program(named: options.product)
    let outcome =
      switch place {
      case .engine(let engine): try await run(product, builder, in: engine)
      case .native: try await runNatively(product, builder.products)
      }
    switch outcome {
    case .exited(0): break
    case .exited(let status): throw ExitCode(status)
    case .timedOut:
      throw Failure(
        "\(product) did not end within \(timeout!.formatted()) s in \(place)",
        exitStatus: ExitStatus.timedOut)
    case .failed(let message): throw Failure(message)
    }
  }

  private func run(
    _ product: String, _ builder: SiteBuilder, in engine: Engine
  ) async throws -> ProgramRun.Outcome {
    try await builder.products.withPrivateFolder { folder in
      let site = try await builder.buildForUser(product: product, into: folder)
      return try await ProgramRun(
        engine: engine, site: site, repository: builder.products.repository, arguments: arguments,
        isolation: !noIsolation, contentSecurityPolicy: csp, usesUsersPage: true,
        timeLimit: timeout.map { .seconds($0) }, inspection: inspection, print: forward
      ).run()
    }
  }

  private func runNatively(
    _ product: String, _ products: ProductBuilder
  ) async throws -> ProgramRun.Outcome {
    let program = try await NativeBuilder(products: products, sanitizer: native.sanitize)
      .buildForUser(product: product)
    return try await NativeRun(
      program: program, arguments: arguments, sanitizer: native.sanitize,
      timeLimit: timeout.map { .seconds($0) }, print: forward
    ).run()
  }
}

private func forward(_ stream: ProgramRun.OutputStream, _ line: String) {
  Terminal.write(line: line, to: stream == .output ? STDOUT_FILENO : STDERR_FILENO)
}
