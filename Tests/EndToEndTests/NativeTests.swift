import Foundation
import Synchronization
import Testing

@testable import WebbleTool

/// Builds Tests/Native for this machine, as `webble run --in native` does, and runs it.
@Suite(.serialized) struct NativeTests {
  private static let plain = Task { try await build(.debug, nil) }
  private static let release = Task { try await build(.release, nil) }
  private static let checkedThreads = Task { try await build(.debug, .thread) }
  private static let checkedAddresses = Task { try await build(.debug, .address) }

  private static func build(
    _ configuration: BuildConfiguration, _ sanitizer: Sanitizer?
  ) async throws -> URL {
    var options = try BuildOptions.parse([])
    options.configuration = configuration
    let builder = try await SiteBuilder(
      package: Repository.find().root.appending(path: "Tests/Natively").path, options: options)
    return try await NativeBuilder(products: builder.products, sanitizer: sanitizer)
      .buildForUser(product: "NativeEndings")
  }

  private func run(
    _ arguments: String..., in program: Task<URL, any Error> = plain, sanitizer: Sanitizer? = nil,
    timeLimit: Duration = .seconds(100)
  ) async throws -> (outcome: ProgramRun.Outcome, output: [String], errors: String) {
    let lines = Mutex<[(ProgramRun.OutputStream, String)]>([])
    let outcome = try await NativeRun(
      program: program.value, arguments: arguments, sanitizer: sanitizer, timeLimit: timeLimit
    ) { stream, line in lines.withLock { $0.append((stream, line)) } }.run()
    let all = lines.withLock { $0 }
    return (
      outcome, all.filter { $0.0 == .output }.map(\.1),
      all.filter { $0.0 == .error }.map(\.1).joined(separator: "\n")
    )
  }

  @Test func argumentsAndStatusesAreAsOnTheWeb() async throws {
    for program in [Self.plain, Self.release] {
      let returned = try await run("arguments", "--x", "ü \"y\"", "", in: program)
      #expect(returned.outcome == .exited(0))
      #expect(returned.output == ["begins", "arguments", "--x", "ü \"y\"", "", "ends"])
      #expect(try await run("exit", in: program).outcome == .exited(7))
      let trapped = try await run("trap", in: program)
      #expect(trapped.outcome == .exited(134))
      #expect(trapped.output == ["begins"], "what was printed before a trap is written")
      #expect(trapped.errors.contains("the cause"))
      #expect(try await run("overflow", in: program).outcome == .exited(134))
    }
  }

  @Test func theTimeLimitEndsAHang() async throws {
    // Built before the clock runs.
    _ = try await Self.plain.value
    let result = try await run("hang", timeLimit: .seconds(5))
    #expect(result.outcome == .timedOut)
    #expect(result.output == ["begins"])
  }

  @Test func whatNeedsJavaScriptStopsWithAMessage() async throws {
    let without = try await run("JavaScript", "nothing")
    #expect(without.outcome == .exited(0))
    #expect(without.output == ["begins", "has JavaScript: false", "true", "ends"])
    for use in ["global", "object", "closure", "fetch", "worker", "remote"] {
      let result = try await run("JavaScript", use)
      #expect(result.outcome == .exited(134), "\(use)")
      #expect(result.errors.contains("JavaScript was used in a native program"), "\(use)")
      #expect(result.output.last == "true", "\(use)")
    }
  }

  @Test func aPoolMayHave256Workers() async throws {
    let result = try await run("many workers")
    #expect(result.output == ["begins", "256 4999950000", "ends"])
  }

  @Test func limitsAreNamed() async throws {
    let count = try await run("too many workers")
    #expect(count.output[1] == "a pool of 1025 workers: there must be 1 to 1024")
    let limited = try await Self.limited.value
    let stacks = try await run("no stacks", in: Task { limited })
    #expect(stacks.outcome == .exited(0))
    #expect(stacks.output[1].contains("a stack of 8 MiB"), "\(stacks.output)")
    #expect(stacks.output[1].contains("ulimit -v"))
  }

  /// A script that runs the program with too little memory for the stacks of 256 threads.
  private static let limited = Task {
    let program = try await plain.value
    let script = program.deletingLastPathComponent().appending(path: "limited.sh")
    try "#!/bin/sh\nulimit -v 1500000\nexec '\(program.path)' \"$@\"\n"
      .write(to: script, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script.path)
    return script
  }

  @Test func aPoolIsNotUsedAfterAFork() async throws {
    let result = try await run("fork")
    #expect(result.output.contains("the child has stopped"), "\(result.output)")
    #expect(result.errors.contains("in a process that was forked after the pool was made"))
  }

  @Test func theThreadSanitizerFindsARaceAndNoOther() async throws {
    let race = try await run("race", in: Self.checkedThreads, sanitizer: .thread)
    #expect(race.outcome != .exited(0))
    #expect(race.errors.contains("WARNING: ThreadSanitizer: "))
    let none = try await run("arguments", in: Self.checkedThreads, sanitizer: .thread)
    #expect(none.outcome == .exited(0))
    #expect(none.errors == "")
  }

  @Test func theAddressSanitizerFindsMemoryThatWasFreed() async throws {
    let bad = try await run("use after free", in: Self.checkedAddresses, sanitizer: .address)
    #expect(bad.outcome != .exited(0))
    #expect(bad.errors.contains("heap-use-after-free"))
    let none = try await run("arguments", in: Self.checkedAddresses, sanitizer: .address)
    #expect(none.outcome == .exited(0), "\(none.errors)")
  }

  @Test(arguments: [
    ["run", "--sanitize", "thread", "--in", "node"], ["run", "--in", "native", "--no-isolation"],
    ["run", "--sanitize", "thread", "--no-tail-calls"], ["run", "--sanitize", "memory"],
    ["test", "--sanitize", "thread", "--in", "native,node"], ["test", "--in", "node,nativ"],
    ["run", "--in", "native", "--csp", "x"], ["test", "--in", "native", "--schedule-seed", "1"],
  ])
  func refusesWhatIsNotForNativePrograms(arguments: [String]) {
    #expect(throws: (any Error).self) { try Webble.parseAsRoot(arguments) }
  }
}
