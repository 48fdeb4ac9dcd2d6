import Foundation
import Testing

@testable import WebbleTool

/// `webble test --explore` and its like, as a process of its own, on the programs in Tests/Exploration.
@Suite(.serialized) struct ExplorationTests {
  private static let package = "Tests/Exploration"

  /// What the tool prints, and its status.
  private func test(_ arguments: String...) async throws -> (text: String, status: Int32) {
    let root = try Repository.find().root
    return try await withTemporaryFolder { folder in
      let log = folder.appending(path: "log")
      FileManager.default.createFile(atPath: log.path, contents: nil)
      let process = Process()
      process.executableURL = root.appending(path: ".build/debug/webble")
      process.arguments = ["test", root.appending(path: Self.package).path] + arguments
      process.standardOutput = try FileHandle(forWritingTo: log)
      process.standardError = process.standardOutput
      let (ends, end) = AsyncStream.makeStream(of: Void.self)
      process.terminationHandler = { _ in end.finish() }
      try process.run()
      for await _ in ends {}
      return (try String(contentsOf: log, encoding: .utf8), process.terminationStatus)
    }
  }

  private func lines(_ text: String, with prefix: String) -> [String] {
    text.split(separator: "\n").map(String.init).filter { $0.hasPrefix(prefix) }
  }

  @Test(arguments: [("random", "debug"), ("random", "release"), ("pct", "release"), ("exhaustive", "release")])
  func findsEachFaultAndNoneWhereThereIsNone(strategy: String, configuration: String) async throws {
    let (text, status) = try await test(
      "--explore", "--seed", "3", "--strategy", strategy, "-c", configuration, "--in", "node", "--steps", "20000",
      "--stall", "5000")
    #expect(lines(text, with: "ok faulty:").isEmpty, "\(text)")
    #expect(lines(text, with: "not ok mended").isEmpty, "\(text)")
    #expect(lines(text, with: "not ok faulty:").count == 41, "\(text)")
    #expect(lines(text, with: "ok mended:").count == 41, "\(text)")
    // For these it takes --preempt.
    #expect(lines(text, with: "ok faulty memory:").count == 3, "\(text)")
    #expect(status == 1)
  }

  /// Deadlocks and leaks: each task with its name, what it waits for, and where.
  @Test func tellsWhatWaitsForWhat() async throws {
    let (text, _) = try await test("--explore", "--in", "node", "--filter", "faulty", "--steps", "20000", "--stall", "5000")
    for line in [
      "task 1, the test, waits for task 2 \"first\", at closure",
      "task 2 \"first\" waits for lock or semaphore A, held by task 3 \"second\", at closure",
      "task 3 \"second\" waits for lock or semaphore B, held by task 2 \"first\", at closure",
      "in a circle: task 2 \"first\" waits for task 3 \"second\" waits for task 2 \"first\"",
      "waits for a continuation that nobody has resumed, at Gate.wait(looking:) Sources/ExplorationTests/WaitingTests.swift:",
      "the test has ended, and what it has begun waits for what cannot come:",
      "task 2 \"listener\" waits for an element of channel A, at closure",
      "livelock: 5000 steps without progress (the bound of --stall): no task has begun, ended, or had",
      "task 2 goes on and on, after ", "livelock: the test has not ended after 20000 steps (the bound of --steps)",
      "two locks are taken in two orders: two tasks, each with one, may wait for each other for ever",
      "task 2 \"first\" takes lock A and under it lock B, begun at closure",
      "task 3 \"second\" takes lock B and under it lock A, begun at closure",
      "not the schedule's: when JavaScript calls the closure made at AnswerTests/AnswerTests.swift:",
      "before task 2 takes a lock", "accesses an atomic value", "gets the actor before task 3, which waits, too",
    ] {
      #expect(text.contains(line), "\(line) is missing in \(text)")
    }
    let (allowing, _) = try await test(
      "--explore", "--allow-leaks", "--in", "node", "--filter", "faulty: what a test has begun")
    #expect(lines(allowing, with: "ok faulty").count == 1, "\(allowing)")
    let (ordered, _) = try await test(
      "--explore", "--allow-lock-orders", "--in", "node", "--filter", "faulty: two locks of threads")
    #expect(lines(ordered, with: "ok faulty").count == 1, "\(ordered)")
  }

  /// Both answers, each with a schedule, and both again from one file.
  @Test func tellsOfAnswersThatDependOnTheSchedule() async throws {
    let (text, _) = try await test("--explore", "--in", "node", "--filter", "faulty: an answer is put together")
    let file = try #require(replays(text).first, "\(text)")
    #expect(text.contains("schedule 1 (--seed 1) and schedule "), "\(text)")
    let (again, status) = try await test("--replay", file, "--in", "node")
    #expect(status == 1)
    for text in [text, again] {
      for answer in ["[one, two]", "[two, one]"] {
        #expect(text.contains("OrderTests.swift:45: \(answer)"), "\(text)")
      }
      #expect(text.contains(", in the plain order") && text.contains(", if\n    step "), "\(text)")
    }
  }

  /// A replay asks nobody.
  @Test func keepsWhatFetchWasAnswered() async throws {
    let (text, _) = try await test("--explore", "--in", "node", "--filter", "faulty: a text that was fetched")
    let file = try #require(replays(text).first, "\(text)")
    #expect(text.contains("nothing is not before: then before") && !text.contains("answer: "), "\(text)")
    let schedule = try String(contentsOfFile: file, encoding: .utf8)
    let edited = schedule.replacing(Data("before".utf8).base64EncodedString(), with: Data("after".utf8).base64EncodedString())
    #expect(schedule != edited, "\(schedule)")
    try edited.write(toFile: file, atomically: true, encoding: .utf8)
    let again = try await test("--replay", file, "--in", "node")
    #expect(again.text.contains("nothing is not before: then after"), "\(again.text)")
  }

  /// Channels, locks, groups, streams, actors, handles and globals.
  @Test func findsNoFaultInOurOwnPrimitives() async throws {
    let (text, status) = try await test(
      "--explore", "1000", "-c", "release", "--in", "node", "--filter", "ours", "--steps", "20000",
      "--stall", "5000")
    #expect(lines(text, with: "ok ours").count == 19, "\(text)")
    #expect(lines(text, with: "ok ours").allSatisfy { $0.contains("(1000 schedules, ") }, "\(text)")
    #expect(text.contains("not the schedule's: what tickets.draw answers: it cannot be copied"), "\(text)")
    #expect(status == 0)
  }

  @Test(arguments: ["debug", "release"])
  func findsWhatOnlyAccessesToMemoryShow(configuration: String) async throws {
    let (text, _) = try await test(
      "--explore", "--preempt", "-c", configuration, "--in", "node", "--filter", " memory: ", "--product", "ExplorationTests")
    #expect(lines(text, with: "not ok faulty memory:").count == 3, "\(text)")
    #expect(lines(text, with: "ok mended memory:").count == 3, "\(text)")
    #expect(text.contains(" before task 2 accesses memory") || text.contains(" before task 3 accesses memory"), "\(text)")
    let file = try #require(replays(text).last, "\(text)")
    let again = try await test("--replay", file, "--times", "3", "-c", configuration, "--in", "node")
    #expect(again.text.contains("the same 3 times"), "\(again.text)")
  }

  /// The tool makes it shorter, since the program is gone.
  @Test func shortensAndRepeatsATrap() async throws {
    let (text, _) = try await test(
      "--explore", "-c", "release", "--in", "node", "--filter", "faulty: a continuation is resumed", "--product",
      "ExplorationTests")
    let steps = lines(text, with: "    step ")
    #expect(text.contains("shortened in ") && (1...3).contains(steps.count), "\(text)")
    let file = try #require(replays(text).first, "\(text)")
    let again = try await test("--replay", file, "--times", "3", "-c", "release", "--in", "node")
    #expect(again.text.contains("the same 3 times") && lines(again.text, with: "    step ") == steps, "\(again.text)")
  }

  /// A file with a schedule of each fault.
  private func replays(_ text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
      line.range(of: "again: webble test --replay ").map { String(line[$0.upperBound...]) }
    }
  }

  @Test func replaysWhatItHasFound() async throws {
    let (text, _) = try await test("--explore", "--in", "node", "--filter", "faulty: a ", "--steps", "20000", "--stall", "5000")
    let files = replays(text)
    #expect(files.count > 5, "\(text)")
    for file in files.prefix(4) {
      let first = try await test("--replay", file, "--in", "node")
      #expect(first.status == 1 && lines(first.text, with: "not ok").count == 1, "\(first.text)")
      for _ in 0..<2 { #expect(try await test("--replay", file, "--in", "node").text == first.text) }
    }
    if let file = files.first, let chromium = Engine.allCases.first(where: { $0 == .chromium && $0.program != nil }) {
      let node = try await test("--replay", file, "--in", "node")
      #expect(try await test("--replay", file, "--in", "\(chromium)").text == node.text)
    }
  }

  /// Thirty seconds of sleep, in the order that nothing has disturbed.
  @Test func lettingTimePass() async throws {
    let (text, status) = try await test("--virtual-time", "--in", "node", "--filter", "faulty: the order of sleeps")
    #expect(status == 0, "\(text)")
    let time = text.split(separator: "(").last?.split(separator: " ").first.flatMap { Int($0) }
    #expect((time ?? 30_000) < 5_000, "\(text)")
  }

  @Test func refusesWhatMakesNoSense() async throws {
    for (arguments, message) in [
      (["--explore", "0"], "--explore takes a number of schedules above 0"),
      (["--explore", "5", "--virtual-time"], "choose one of --explore, --replay and --virtual-time"),
      (["--replay", "/nowhere.schedule"], "there is no schedule at /nowhere.schedule"),
      (["--replay", #filePath], "is no schedule"),
      (["--explore", "5", "--strategy", "luck"], "'luck' is invalid"),
      (["--explore", "5", "--stall", "0"], "--stall takes a number above 0"),
      (["--explore", "5", "--times", "2"], "--times is for --replay"),
      (["--virtual-time", "--preempt"], "--preempt is for --explore"),
      (["--explore", "5", "--in", "native"], "--in node; natively, --sanitize thread finds races"),
    ] {
      let root = try Repository.find().root
      let process = Process()
      let output = Pipe()
      process.executableURL = root.appending(path: ".build/debug/webble")
      process.arguments = ["test", root.appending(path: Self.package).path] + arguments
      process.standardError = output
      try process.run()
      let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      process.waitUntilExit()
      #expect(text.contains(message), "\(text)")
      #expect(process.terminationStatus != 0)
    }
  }
}
