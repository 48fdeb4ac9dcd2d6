import Foundation
import Testing

@testable import WebbleTool

/// The files that `webble run` writes of programs that are built for inspection, and its reports of hangs.
extension OutcomeTests {
  @Test(arguments: engines) func aTimelineHasThreadsTasksAndWakeUps(engine: Engine) async throws {
    try await withTemporaryFolder { folder in
      let file = folder.appending(path: "trace.json")
      let result = try await run(
        ["hang", "waits"], of: Self.debug.value, in: engine, inspection: Inspection(trace: file))
      #expect(result.outcome == .exited(0), "\(result.errors)")
      let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as! [String: Any]
      let events = json["traceEvents"] as! [[String: Any]]
      func named(_ name: String, _ phase: String) -> [[String: Any]] {
        events.filter { $0["name"] as? String == name && $0["ph"] as? String == phase }
      }
      let threads = named("thread_name", "M").map { ($0["args"] as! [String: String])["name"]! }
      #expect(threads == ["main", "worker 0", "worker 1"])
      let timer = named("timer", "X")
      #expect(timer.count == 1 && timer[0]["cat"] as? String == "pinned", "\(timer)")
      #expect(named("awaiter", "X").first?["cat"] as? String == "stealable")
      #expect(named("turn", "X").count > 1)
      // An arrow from where the task was made to where it ran.
      let task = (timer[0]["args"] as! [String: Int])["task"]
      let ends = named("wake", "f").filter { $0["id"] as? Int == task }
      #expect(named("wake", "s").contains { $0["id"] as? Int == task && $0["tid"] as? Int == 0 })
      #expect(ends.first?["tid"] as? Int == timer[0]["tid"] as? Int)
    }
  }

  /// As with dumps: WebKit's workers send nothing while the main thread is busy, and Deno and Bun are not asked.
  @Test(arguments: [Engine.node, .chromium, .firefox]) func aProgramThatHangsLeavesItsTimeline(engine: Engine) async throws {
    try await withTemporaryFolder { folder in
      let file = folder.appending(path: "trace.json")
      let result = try await run(
        ["hang", "busy"], of: Self.debug.value, in: engine, timeLimit: .seconds(3),
        inspection: Inspection(trace: file))
      #expect(result.outcome == .timedOut)
      let text = try String(contentsOf: file, encoding: .utf8)
      #expect(text.contains(#""name":"sleeper""#), "\(text.prefix(2000))")
    }
  }

  @Test(arguments: engines) func aHeapProfileSaysWhoHoldsTheMemory(engine: Engine) async throws {
    try await withTemporaryFolder { folder in
      let file = folder.appending(path: "heap.txt")
      let result = try await run(
        ["hold memory"], of: Self.debug.value, in: engine, inspection: Inspection(heapProfile: file))
      #expect(result.outcome == .exited(0), "\(result.errors)")
      var held = 0, dropped = 0
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        let size = Int(line.split(separator: " ").last!)!
        if line.contains("holdMemory") { held += size }
        if line.contains("dropMemory") { dropped += size }
      }
      // 2 MB, of which a sample in 2 KiB is taken. Bun's stacks do not say whose they are.
      if engine.namesFrames { #expect((1_800_000..<2_400_000).contains(held), "\(held)") }
      #expect(dropped < 50_000, "\(dropped)")
    }
  }

  @Test(arguments: [Engine.node, .chromium, .firefox]) func leaksAreReportedByWhoHasAllocatedThem(engine: Engine) async throws {
    let inspection = Inspection(leaks: true)
    let result = try await run(["leak"], of: Self.debug.value, in: engine, inspection: inspection)
    #expect(result.outcome == .exited(0))
    let text = result.errors.joined(separator: "\n")
    #expect(text.contains(#/Leaks: nothing refers to 3 blocks of 1\d\d\d bytes in all/#), "\(text)")
    #expect(text.contains("1 block, 1000 bytes, allocated\n    at leakMemory() Sources/Outcomes/Memory.swift:"), "\(text)")
    #expect(text.contains(#/2 blocks, \d\d bytes, allocated\n    at leakMemory\(\) Sources\/Outcomes\/Memory.swift:/#), "\(text)")
    // Nothing of the runtime's own, and nothing that waits.
    let none = try await run(
      ["hang", "waits"], of: Self.debug.value, in: engine, inspection: Inspection(leaks: true, lost: false))
    #expect(none.errors.last == "No leaks.", "\(none.errors)")
  }

  /// Without being asked, when `main` has returned.
  @Test(arguments: engines) func whatIsLostIsReported(engine: Engine) async throws {
    func errors(_ kind: String, isolation: Bool = true) async throws -> String {
      let result = try await run(
        ["lose", kind], of: Self.debug.value, in: engine, isolation: isolation, inspection: Inspection())
      #expect(result.outcome == .exited(0), "\(result.errors)")
      return result.errors.joined(separator: "\n")
    }
    for isolation in engine == .node ? [true, false] : [true] {
      let tasks = try await errors("tasks", isolation: isolation)
      #expect(tasks.contains("Leaks: 6 tasks can never go on: nothing is left that could resume them\n"), "\(tasks)")
      for (name, wait) in [
        ("forgotten", "a continuation"), ("receiver", "an element of channel"), ("sender", "room in channel"),
        ("awaiter", "task \\d+ \"receiver\""), ("left", "lock or semaphore"), ("right", "lock or semaphore"),
      ] {
        #expect(tasks.contains(try Regex("task \\d+ \"\(name)\" waits for \(wait)")), "\(name): \(tasks)")
      }
      #expect(tasks.contains(#/closure #\d+ in .*loseTasks\(_:\) Sources\/Outcomes\/Memory.swift:\d+/#), "\(tasks)")
      // What a global variable, a timer, a task that runs or JavaScript may still reach is not lost.
      #expect(!tasks.contains("\"kept"), "\(tasks)")
      #expect(!tasks.contains("objects"), "\(tasks)")
    }
    let objects = try await errors("objects")
    #expect(
      objects.contains(
        #/Leaks: 4 objects in circles of references, which nothing else refers to; with what they hold 2\d{3} bytes/#),
      "\(objects)")
    #expect(objects.contains(#/    3 of Thing Sources\/Outcomes\/Memory.swift:\d+/#), "\(objects)")
    #expect(objects.contains(#/    1 of Caller Sources\/Outcomes\/Memory.swift:\d+/#), "\(objects)")
    #expect(!objects.contains("task"), "\(objects)")
  }

  /// What the function holds that has called exit(_:) is not lost.
  @Test(arguments: [Engine.node, .chromium]) func whatIsLostIsToldAtExitZero(engine: Engine) async throws {
    func errors(_ arguments: [String]) async throws -> String {
      let result = try await run(
        ["lose and exit"] + arguments, of: Self.debug.value, in: engine, inspection: Inspection())
      return result.errors.joined(separator: "\n")
    }
    let objects = try await errors(["objects", "0"])
    #expect(objects.contains("Leaks: 4 objects in circles of references"), "\(objects)")
    #expect(objects.contains(#/    3 of Thing /#), "\(objects)")
    #expect(try await errors(["tasks", "0"]).contains("tasks can never go on"))
    #expect(try await errors(["objects", "3"]) == "")
  }

  @Test(arguments: ["ready", "arguments", "lines", "hold memory"]) func nothingIsSaidOfProgramsThatLoseNothing(mode: String) async throws {
    let result = try await run([mode], of: Self.debug.value, in: .node, inspection: Inspection())
    #expect(result.errors == [], "\(result.errors)")
  }

  @Test(arguments: [
    ("past the end", "past the end of a block of 20 bytes was written"),
    ("far past the end", "far past the end of a block was written"),
    ("twice", "a block of 20 bytes was freed twice"),
    ("write after", "a block of 20 bytes was written to after it was freed"),
    ("object after", "an object was used after it was freed"),
  ])
  func debugBuildsTellOfMisusedMemory(misuse: (String, String)) async throws {
    let result = try await run(["misuse memory", misuse.0], of: Self.debug.value, in: .node)
    #expect(result.outcome == .exited(134), "\(result.output)")
    #expect(result.errors.first?.contains(misuse.1) == true, "\(result.errors)")
    #expect(result.errors.contains { $0.contains("misuseMemory(_:) Sources/Outcomes/Memory.swift:") }, "\(result.errors)")
  }

  @Test(arguments: [Engine.node, .chromium, .firefox]) func aThreadThatDoesNotComeBackIsReportedOnce(engine: Engine) async throws {
    let result = try await run(
      ["hang", "busy"], of: Self.debug.value, in: engine, timeLimit: .seconds(6),
      inspection: Inspection(hangTimeout: 1))
    let reports = result.errors.filter { $0.contains("has not come back to its event loop for") }
    #expect(reports.count == 1, "\(result.errors)")
    #expect(
      reports.first?.contains(#/The main thread has not .* for [12]\.\d+ s: task \d+ runs there, begun at /#) == true,
      "\(reports)")
  }
}
