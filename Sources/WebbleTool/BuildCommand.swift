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

  func validate() throws {
    if let maximumMemory, !(1...4096).contains(maximumMemory) {
      throw ValidationError("--maximum-memory takes a number of MiB from 1 to 4096")
    }
    if let stackSize, !(16...(1 << 20)).contains(stackSize) {
      throw ValidationError("--stack-size takes a number of KiB from 16 to 1048576")
    }
  }
}

/// The steps from a package to a site.
struct SiteBuilder: Sendable {
  let products: ProductBuilder
  let tailCalls: Bool

  init(package path: String, options: BuildOptions) async throws {
    products = ProductBuilder(
      package: URL(filePath: path, directoryHint: .isDirectory).standardizedFileURL,
      repository: try .find(), toolchain: try await .find(), configuration: options.configuration,
      limits: .init(
        maximumMemory: options.maximumMemory.map { $0 << 20 },
        // The linker wants whole units of the stack's alignment, 16 bytes.
        stackSize: options.stackSize.map { $0 << 10 }),
      scheduleSeed: options.scheduleSeed)
    tailCalls = !options.noTailCalls
  }

  /// Where a site goes unless the user says otherwise.
  var defaultFolder: URL { products.scratch.appending(path: "site") }

  func build(product: String, into folder: URL, output: ProductBuilder.Output) async throws
    -> Site
  {
    let module = try await products.build(product: product, output: output)
    return try await Site.write(
      to: folder, module: module, title: product, configuration: products.configuration,
      tailCalls: tailCalls, repository: products.repository, toolchain: products.toolchain)
  }

  /// Builds what a user is waiting for: progress on a terminal, diagnostics at a failure.
  func buildForUser(product: String, into folder: URL) async throws -> Site {
    do {
      return try await build(
        product: product, into: folder,
        output: Terminal.errorIsTerminal ? .errorStream : .onlyOnFailure)
    } catch let failure as BuildFailure {
      if !failure.diagnostics.isEmpty { Terminal.note(failure.diagnostics) }
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

  func run() async throws {
    let builder = try await SiteBuilder(package: path, options: options)
    let product = try await builder.products.describe().program(named: options.product)
    let folder = output.map { URL(filePath: $0, directoryHint: .isDirectory) }
    let site = try await builder.buildForUser(
      product: product, into: folder ?? builder.defaultFolder)
    Terminal.note("\(product) is in \(site.folder.path)")
    do {
      if try await site.writeExportTypes(repository: builder.products.repository) {
        Terminal.note("  \(Site.FileName.exportTypes): the types of its exports")
      }
    } catch let failure as Failure {
      // The site works without.
      Terminal.note("  \(failure.message)")
    }
    for part in try site.parts() {
      let compressed = try await compressedSize(site.folder.appending(path: part.name))
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
