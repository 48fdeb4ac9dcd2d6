import ArgumentParser
import Foundation

/// What every command that builds a program lets the user choose.
struct BuildOptions: ParsableArguments {
  @Option(name: [.short, .long], help: "How to build: debug or release.")
  var configuration = BuildConfiguration.debug

  @Option(help: "The executable product to build, if the package has several.")
  var product: String?

  @Flag(help: "Leave out the pass that turns calls at the end of async functions into tail calls.")
  var noTailCalls = false

  @Flag(
    inversion: .prefixedNo,
    help: "Use the engine's vectors of 128 bits; without, the program also runs where there are none.")
  var simd = true

  @Flag(
    inversion: .prefixedNo,
    help: "Keep a record of all tasks, for dumps: what each waits for, and where. Default: in debug builds.")
  var inspect: Bool?

  @Flag(help: "Write a source map of a release build, too: lines for browsers' tools and for reports of traps.")
  var sourceMap = false

  @Flag(
    help: """
      Release builds: keep checks apart and the texts of preconditions, so that reports of traps tell which has \
      failed. Costs about 0.5 % of the module, and a source map.
      """)
  var checks = false

  @Flag(help: "Keep the functions' names in the module of a release build, for profilers.")
  var names = false

  @Flag(
    help: "Put a debug build's debugging information for lldb and Chromium's extension into a file of its own.")
  var splitDebug = false

  @Option(help: "The most memory the program may use, in MiB (at most 4096).")
  var maximumMemory: Int?

  @Option(help: "The size of the main thread's stack, in KiB.")
  var stackSize: Int?

  @Option(
    help: """
      Disturb the order in which tasks run, by pseudo-random numbers from this seed: for tests of \
      concurrent code.
      """)
  var scheduleSeed: UInt16?

  var inspects: Bool { inspect ?? (configuration == .debug) }

  var forTools: Site.ForTools {
    .init(
      sourceMap: configuration == .debug || sourceMap || checks || inspects, names: configuration == .debug || names,
      splitsDebug: splitDebug)
  }

  func validate() throws {
    if let maximumMemory, !(1...4096).contains(maximumMemory) {
      throw ValidationError("--maximum-memory takes a number of MiB from 1 to 4096")
    }
    if let stackSize, !(16...(1 << 20)).contains(stackSize) {
      throw ValidationError("--stack-size takes a number of KiB from 16 to 1048576")
    }
    if splitDebug, configuration == .release {
      throw ValidationError(
        "--split-debug is for debug builds: the code of a release build moves, and DWARF would not fit it")
    }
  }
}

/// The steps from a package to a site.
struct SiteBuilder: Sendable {
  let products: ProductBuilder
  let tailCalls: Bool
  let forTools: Site.ForTools

  /// - Parameter schedule: in place of the options'.
  init(
    package path: String, options: BuildOptions, schedule: SDKBuilder.Schedule? = nil, preempts: Bool = false
  ) async throws {
    var options = options
    // An exploration tells of deadlocks, and so of what tasks wait for, and where.
    if schedule == .explored { options.inspect = true }
    products = ProductBuilder(
      // By its real name: the compiler takes what it has made under another for something else.
      package: URL(filePath: path, directoryHint: .isDirectory).standardizedFileURL.resolvingSymlinksInPath(),
      repository: try .find(), toolchain: try await .find(), configuration: options.configuration,
      limits: .init(
        // Pools are never freed, and an exploration makes one for each schedule.
        maximumMemory: (options.maximumMemory ?? (schedule == .explored ? 4096 : nil)).map { $0 << 20 },
        // The linker wants whole units of the stack's alignment, 16 bytes.
        stackSize: options.stackSize.map { $0 << 10 }),
      schedule: schedule ?? options.scheduleSeed.map { .disturbed($0) } ?? .normal,
      variant: .init(
        simd: options.simd, inspects: options.inspects,
        keepsChecks: options.checks && options.configuration == .release, explores: schedule == .explored),
      preempts: preempts)
    tailCalls = !options.noTailCalls
    forTools = options.forTools
  }

  /// Where a site goes unless the user says otherwise.
  var defaultFolder: URL { products.scratch.appending(path: "site") }

  /// - Parameter includesPublic: whether to copy the files of the package's folder Public.
  func build(
    product: String, into folder: URL, output: ProductBuilder.Output, includesPublic: Bool = true
  ) async throws -> Site {
    try await products.exclusively {
      let module = try await products.build(product: product, output: output)
      return try await Site.write(
        to: folder, module: module, title: product, products: products, tailCalls: tailCalls,
        forTools: forTools, includesPublic: includesPublic)
    }
  }

  /// Builds what a user is waiting for: progress on a terminal, diagnostics at a failure.
  func buildForUser(product: String, into folder: URL) async throws -> Site {
    do {
      let site = try await build(
        product: product, into: folder,
        output: Terminal.errorIsTerminal ? .errorStream : .onlyOnFailure)
      VersionRemarks(repository: products.repository, scratch: products.scratch).say()
      return site
    } catch let failure as BuildFailure {
      let diagnostics = eachDiagnosticOnce(failure.diagnostics)
      if !diagnostics.isEmpty { Terminal.note(diagnostics) }
      throw Failure("\(product) was not built")
    }
  }
}

struct BuildCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Builds a package into a folder that is ready for any static host.",
    discussion: """
      The host has to send two headers, or the program runs on the main thread alone:
        Cross-Origin-Opener-Policy: same-origin
        Cross-Origin-Embedder-Policy: require-corp
      """)

  @Argument(help: "The package's folder.")
  var path = "."

  @OptionGroup var options: BuildOptions

  @Option(name: [.short, .long], help: "Where to write (default: PATH/.build/webble/site).")
  var output: String?

  @OptionGroup var deployment: Deployment

  func run() async throws {
    let builder = try await SiteBuilder(package: path, options: options)
    let product = try await builder.products.describe().program(named: options.product)
    let folder =
      output.map { URL(filePath: $0, directoryHint: .isDirectory).standardizedFileURL }
      ?? builder.defaultFolder
    try await builder.products.withPrivateFolder { try await build(product, builder, aside: $0, into: folder) }
  }

  private func build(
    _ product: String, _ builder: SiteBuilder, aside: URL, into folder: URL
  ) async throws {
    let repository = builder.products.repository
    let plain = try await builder.buildForUser(product: product, into: aside)
    var notes: [String] = []
    do {
      if try await plain.writeExportTypes(repository: repository) {
        notes.append("\(Site.FileName.exportTypes): the types of its exports")
      }
    } catch let failure as Failure {
      // The site works without.
      notes.append(failure.message)
    }
    var files = try deployment.files(of: try plain.files(), repository: repository)
    if deployment.compress { try await deployment.compress(&files, repository: repository) }
    try await builder.products.exclusively { [files] in
      try files.write(to: folder, records: builder.products.written)
    }
    Terminal.note("\(product) is in \(folder.path)")
    for note in notes { Terminal.note("  \(note)") }
    for part in try plain.parts() {
      // What a debug build weighs, nobody wants to know by the byte, or to wait for.
      let compressed =
        options.configuration == .debug
        ? nil : try await compressedSize(plain.folder.appending(path: part.name))
      let gzip = compressed.map { ", \($0.formatted()) with gzip -9" } ?? ""
      Terminal.note("  \(part.name): \(part.size.formatted()) bytes\(gzip)")
    }
  }

  /// The size of `file` under `gzip -9` in bytes, or nil where there is no gzip.
  private func compressedSize(_ file: URL) async throws -> Int? {
    guard let gzip = findExecutable(named: "gzip") else { return nil }
    return try await byteCount(gzip, ["-9", "-c", file.path])
  }
}
