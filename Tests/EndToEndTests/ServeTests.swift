import Foundation
import Testing

@testable import WebbleTool

/// The command `webble serve` as a process of its own.
struct ServeTests {
  /// Waits for `condition`, and says what it waited for if that does not come.
  private func wait(for what: String, _ condition: () throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(600)
    while try !condition() {
      guard ContinuousClock.now < deadline else { throw Failure("waited in vain for \(what)") }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// The live view shows the workers of the page's program.
  private func lookAtTheConsole(_ log: String, in folder: URL) async throws {
    let address = try #require(log.firstMatch(of: #/Serving .* at (\S+)/#)?.1)
    #expect(log.contains("What runs and what waits: \(address).webble/console"))
    let script = folder.appending(path: "console.mjs")
    try Data(consoleScript.utf8).write(to: script)
    let output = try await capture(
      Engine.node.requiredProgram(),
      [
        script.path, Engine.chromium.requiredProgram().path, folder.appending(path: "profile").path, String(address),
      ])
    #expect(output.succeeded, "\(output.everything)")
    #expect(output.output.contains("worker 0"), "\(output.everything)")
    #expect(output.output.contains("polls a second"), "\(output.everything)")
  }

  @Test(arguments: [SIGTERM, SIGINT]) func rebuildsReloadsAndEnds(signal: Int32) async throws {
    let repository = try Repository.find()
    let tool = repository.root.appending(path: ".build/debug/webble")
    try await withTemporaryFolder { folder in
      let package = folder.appending(path: "my-app", directoryHint: .isDirectory)
      try NewPackage(folder: package, template: .vanilla, repository: repository).write()
      let log = folder.appending(path: "log")
      FileManager.default.createFile(atPath: log.path, contents: nil)
      let process = Process()
      process.executableURL = tool
      process.arguments = ["serve", package.path, "--port", "0", "--open"]
      // What opens a browser is asked to, and writes down where.
      let opener = folder.appending(path: "opener", directoryHint: .isDirectory)
      let opened = folder.appending(path: "opened")
      try FileManager.default.createDirectory(at: opener, withIntermediateDirectories: true)
      for name in ["open", "xdg-open"] {
        let program = opener.appending(path: name).path
        try Data("#!/bin/sh\necho \"$@\" >>'\(opened.path)'\n".utf8).write(to: URL(filePath: program))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
      }
      var environment = ProcessInfo.processInfo.environment
      environment["PATH"] = "\(opener.path):\(environment["PATH"] ?? "")"
      process.environment = environment
      process.standardOutput = try FileHandle(forWritingTo: log)
      process.standardError = process.standardOutput
      try process.run()
      defer { process.terminate() }
      func said(_ text: String) throws -> Bool {
        try String(contentsOf: log, encoding: .utf8).contains(text)
      }
      try await wait(for: "the first build") { try said("Built in") }
      let address = try #require(String(contentsOf: log, encoding: .utf8).firstMatch(of: #/Serving .* at (\S+)/#)?.1)
      #expect(try String(contentsOf: opened, encoding: .utf8) == "\(address)\n")
      // Once is enough.
      if signal == SIGTERM { try await lookAtTheConsole(String(contentsOf: log, encoding: .utf8), in: folder) }
      let source = package.appending(path: "Sources/MyApp/Wrong.swift")
      try Data("let wrong: Int = \"text\"\n".utf8).write(to: source)
      try await wait(for: "the diagnostic") { try said("The build failed.") }
      let diagnostic = "Wrong.swift:1:18: error: cannot convert value"
      let text = try String(contentsOf: log, encoding: .utf8)
      #expect(text.components(separatedBy: diagnostic).count == 2, "\(text)")
      try Data("p {}\n".utf8).write(to: package.appending(path: "Public/style.css"))
      try await wait(for: "the reload") { try said("Reloaded.") }

      kill(process.processIdentifier, signal)
      let start = ContinuousClock.now
      try await wait(for: "its end") { !process.isRunning }
      #expect(ContinuousClock.now - start < .seconds(20))
      #expect(process.terminationStatus == 128 + signal)
    }
  }
}
