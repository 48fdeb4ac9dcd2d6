import Foundation
import Testing

@testable import WebbleTool

/// What dumps tell of programs that hang.
extension OutcomeTests {
  @Test(arguments: [Engine.node, .chromium, .firefox, .webkit]) func dumpsTellWhatEachTaskWaitsFor(engine: Engine) async throws {
    let result = try await run(["hang", "waits"], of: Self.debug.value, in: engine)
    #expect(result.outcome == .exited(0), "\(result.errors)")
    let text = result.output.joined(separator: "\n")
    func expect(_ name: String, waitsFor what: String) {
      let pattern = try! Regex("task \\d+ \"\(name)\" waits for \(what), for ")
      #expect(text.contains(pattern), "\(name): \(text)")
    }
    expect("timer", waitsFor: "a timer of \\d+\\.\\d+ s more")
    expect("receiver", waitsFor: "an element of channel 0x[0-9a-f]+")
    expect("sender", waitsFor: "room in channel 0x[0-9a-f]+")
    expect("awaiter", waitsFor: "task \\d+ \"receiver\"")
    expect("continuation", waitsFor: "a continuation")
    expect("group", waitsFor: "a child of its group")
    expect("child", waitsFor: "an element of channel 0x[0-9a-f]+")
    expect("latch", waitsFor: "latch 0x[0-9a-f]+")
    expect("barrier", waitsFor: "barrier 0x[0-9a-f]+")
    expect("semaphore", waitsFor: "lock or semaphore 0x[0-9a-f]+")
    expect("stream", waitsFor: "an element of stream 0x[0-9a-f]+")
    expect("cancelled", waitsFor: "latch 0x[0-9a-f]+")
    #expect(text.contains(#/"cancelled".*\n.*, cancelled\n/#), "\(text)")
    #expect(text.contains(#/"receiver".*\n.*pinned, at home on worker [01],.*\n.*\n.*awaited by task \d+ "awaiter"/#), "\(text)")
    #expect(text.contains(#/"awaiter".*\n.*stealable, at home on a pool of 2 workers/#), "\(text)")
    #expect(text.contains(#/"child".*\n.*\n    child of task \d+ "group"/#), "\(text)")
    // The program's own function comes first, with the line on which it waits.
    #expect(text.contains(#/at closure #\d+ in hangInEachWay\(_:\) Sources\/Outcomes\/Hangs.swift:\d+/#), "\(text)")
    #expect(!text.contains("Deadlock"))
    #expect(result.output.last == "workers: 2, of 2")
  }

  @Test(arguments: [Engine.node, .chromium, .firefox, .webkit]) func aHangEndsWithADumpThatPointsOutADeadlock(engine: Engine) async throws {
    // The limit counts from the engine's start, which for WebKit's is late on a busy machine.
    let result = try await run(
      ["hang", "deadlock"], of: Self.debug.value, in: engine,
      timeLimit: .seconds(engine == .webkit ? 15 : 3), inspection: Inspection())
    #expect(result.outcome == .timedOut)
    let text = result.errors.joined(separator: "\n")
    #expect(
      text.contains(
        #/Deadlock: task \d+ "(left|right)" waits for task \d+ "(left|right)" waits for task \d+ "(left|right)"\n/#),
      "\(text)")
    #expect(text.contains(#/"left" waits for lock or semaphore 0x[0-9a-f]+, held by task \d+ "right"/#), "\(text)")
  }

  /// In Node, of a program whose main thread never comes back; in a browser such a page prints nothing that could
  /// tell when to send the signal.
  @Test(arguments: [(Engine.node, "busy"), (.chromium, "deadlock"), (.firefox, "deadlock"), (.webkit, "deadlock")])
  func aQuitSignalPrintsADumpAndTheProgramGoesOn(engine: Engine, hang: String) async throws {
    let (dumps, dump) = AsyncStream.makeStream(of: Void.self)
    let run = ProgramRun(
      engine: engine, site: try await Self.debug.value, repository: try .find(), arguments: ["hang", hang],
      timeLimit: .seconds(300), inspection: Inspection()
    ) { _, line in
      if line == "hangs" { kill(getpid(), SIGQUIT) }
      if line.contains(" waiting") && line.contains(" running, ") { dump.yield() }
    }
    let outcome = Task {
      defer { dump.finish() }
      return try await run.run()
    }
    var count = 0
    for await _ in dumps {
      count += 1
      if count == 2 { break }
      kill(getpid(), SIGQUIT)
    }
    #expect(count == 2)
    outcome.cancel()
    await #expect(throws: CancellationError.self) { try await outcome.value }
  }

  /// What the live view points out; here it is asked as that does.
  @Test func errorsThatNobodyReadsAreCounted() async throws {
    let site = try await Self.debug.value
    let output = try await withTemporaryFolder { folder in
      let script = folder.appending(path: "lost.mjs")
      let text = """
        import { start } from "\(site.folder.appending(path: "webble.js").absoluteString)";
        const program = await start({ arguments: ["lose errors"] });
        for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((done) => setTimeout(done, 20))) {
          const lent = program.exports.webble_snapshot(), at = Number(lent >> 32n), size = Number(lent & 0xffffffffn);
          const snapshot = JSON.parse(new TextDecoder().decode(new Uint8Array(program.memory.buffer).slice(at, at + size)));
          program.exports.webble_end_dump(at);
          const { count, entry } = snapshot.unreadErrors;
          const { starts, polls, scheduled } = snapshot.times;
          console.log(count, entry, snapshot.memory.holders.map((one) => one.thread).join());
          console.log("buckets", starts.length, polls.length, scheduled.length, starts.slice(0, 3).join());
          if (count > 1) process.exit(count === 2 ? 0 : 1);
        }
        process.exit(2);
        """
      try Data(text.utf8).write(to: script)
      return try await capture(Engine.node.requiredProgram(), [script.path])
    }
    #expect(output.succeeded, "\(output.everything)")
    #expect(output.output.contains(#/2 closure #\d in .*main thread.*worker 0/#), "\(output.everything)")
    #expect(output.output.contains("buckets 24 24 24 0,0.001,0.002\n"), "\(output.everything)")
  }

  @Test func aReleaseBuildSaysThatItKeepsNoRecord() async throws {
    let site = try await Self.release.value
    let output = try await withTemporaryFolder { folder in
      let script = folder.appending(path: "dump.mjs")
      let text = """
        import { start } from "\(site.folder.appending(path: "webble.js").absoluteString)";
        const program = await start({ arguments: ["arguments"] });
        try { program.dump(); } catch (error) { console.log(error.message); }
        process.exit(0);
        """
      try Data(text.utf8).write(to: script)
      return try await capture(Engine.node.requiredProgram(), [script.path])
    }
    #expect(output.output.contains("dump() is for builds with --inspect"), "\(output.everything)")
  }

  /// WebKit lets workers send nothing while the main thread is busy.
  @Test(arguments: [Engine.node, .chromium, .firefox]) func aBusyMainThreadIsSeen(engine: Engine) async throws {
    let result = try await run(
      ["hang", "busy"], of: Self.debug.value, in: engine, timeLimit: .seconds(3), inspection: Inspection())
    #expect(result.outcome == .timedOut)
    let text = result.errors.joined(separator: "\n")
    #expect(text.contains(#/task \d+ runs on main, for \d/#), "\(text)")
    #expect(text.contains(#/"sleeper" waits for a timer of/#), "\(text)")
  }
}
