import ArgumentParser
import Foundation

/// What checks a native program while it runs.
enum Sanitizer: String, ExpressibleByArgument, CaseIterable, Sendable { case thread, address }

/// Compiles a package's executable product for this machine.
struct NativeBuilder: Sendable {
  let products: ProductBuilder
  let sanitizer: Sanitizer?

  /// Apart from SwiftPM's own folder, as the web's is, and from that of other sanitizers.
  private var scratch: URL {
    products.scratch.appending(path: "native" + (sanitizer.map { "-\($0.rawValue)" } ?? ""))
  }

  /// Builds what a user is waiting for, and returns the program.
  func buildForUser(product: String) async throws -> URL {
    let arguments =
      [
        "build", "-c", products.configuration.rawValue, "--package-path", products.package.path,
        "--scratch-path", scratch.path, "--product", product,
      ] + (sanitizer.map { ["--sanitize", $0.rawValue] } ?? [])
    let swift = products.toolchain.swift
    if Terminal.errorIsTerminal {
      guard try await runOnErrorStream(swift, arguments, in: products.package) else {
        throw Failure("\(product) was not built")
      }
    } else {
      let result = try await capture(swift, arguments + ["--quiet"], in: products.package)
      if !result.succeeded {
        let diagnostics = eachDiagnosticOnce(result.everything)
        if !diagnostics.isEmpty { Terminal.note(diagnostics) }
        throw Failure("\(product) was not built")
      }
    }
    return scratch.appending(path: "\(products.configuration.rawValue)/\(product)")
  }
}
