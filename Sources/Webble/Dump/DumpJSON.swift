#if arch(wasm32)
import WebbleAllocator
import WebbleScheduler
@_spi(Webble) import _Concurrency

/// The dump for JavaScript, as JSON: what webble.d.ts calls `ProgramDump`, but for its text.
struct DumpJSON {
  private(set) var text = ""

  init(_ dump: PoolDump) {
    text = "{\"recordsTasks\":\(dump.recordsTasks),\"deadlocks\":"
    text += list(dump.deadlocks) { list($0) { "\($0)" } }
    text += ",\"tasks\":" + list(dump.tasks) { task($0) }
    text += ",\"workers\":" + list(dump.workers) { worker($0) } + "}"
  }

  /// With what the memory holds besides, and errors that are lost: for the live view of `webble serve`.
  init(ofAllWithMemory dump: PoolDump) {
    self.init(dump)
    let statistics = Allocator.statistics
    var classes: [UInt: UInt] = [:]
    var holders: [Int32: UInt] = [:]
    Allocator.forEachSpan { span in
      classes[span.blockSize, default: 0] += span.byteCount
      holders[span.thread, default: 0] += span.byteCount
    }
    let errors = unreadErrors()
    text.removeLast()
    text += ",\"unreadErrors\":{\"count\":\(errors.count),\"entry\":"
    text += string(errors.count == 0 ? "" : DumpedFunction(functionName(errors.entry)).text) + "}"
    text += ",\"memory\":{\"reserved\":\(statistics.reservedByteCount),\"used\":\(statistics.usedByteCount)"
    text += ",\"limit\":\(statistics.limitByteCount),\"classes\":"
    text += list(classes.keys.sorted().filter { classes[$0]! > 0 }) {
      "{\"size\":\($0),\"bytes\":\(classes[$0]!)}"
    }
    text += ",\"holders\":" + list(holders.keys.sorted().filter { holders[$0]! > 0 }) {
      "{\"thread\":\(string(Self.name(ofThread: $0))),\"bytes\":\(holders[$0]!)}"
    } + "}"
    let workers = dump.workers.map { $0.metrics }
    text += ",\"times\":{\"starts\":"
    text += list(Array(0..<TimeHistogram.bucketCount)) { milliseconds(.nanoseconds(TimeHistogram.start(ofBucket: $0))) }
    text += ",\"polls\":\(counts(workers.compactMap { $0.pollTimeHistogram }))"
    text += ",\"scheduled\":\(counts(workers.compactMap { $0.scheduledDurationHistogram }))}}"
  }

  private func counts(_ histograms: [DurationHistogram]) -> String {
    list(DurationHistogram(sumOf: histograms)?.buckets ?? []) { "\($0.count)" }
  }

  private static func name(ofThread thread: Int32) -> String {
    switch thread {
    case Allocator.noThread: "large blocks"
    case Allocator.mainThread: "main thread"
    case Allocator.unknownThread: "ended threads, and the inspector"
    default: "worker \(thread)"
    }
  }

  private func list<Element>(_ elements: [Element], _ json: (Element) -> String) -> String {
    "[" + elements.map(json).joined(separator: ",") + "]"
  }

  private func string(_ text: String?) -> String {
    guard let text else { return "null" }
    var json = "\""
    for unit in text.unicodeScalars {
      switch unit {
      case "\"", "\\": json += "\\"; json.unicodeScalars.append(unit)
      case "\u{0}"..<" ": json += " "
      default: json.unicodeScalars.append(unit)
      }
    }
    return json + "\""
  }

  private func number(_ number: Int?) -> String { number.map { "\($0)" } ?? "null" }

  private func milliseconds(_ duration: Duration) -> String {
    let microseconds = duration.microseconds
    let digits = "\((microseconds < 0 ? -microseconds : microseconds) % 1000 + 1000)".dropFirst()
    return "\(microseconds < 0 ? "-" : "")\((microseconds < 0 ? -microseconds : microseconds) / 1000).\(digits)"
  }

  private func task(_ task: TaskDump) -> String {
    var json = "{\"identifier\":\(task.identifier),\"name\":\(string(task.name)),\"state\":"
    switch task.state {
    case .ready: json += "\"ready\""
    case .running: json += "\"running\""
    case .waiting: json += "\"waiting\""
    }
    json += ",\"track\":\"\(task.track)\",\"home\":\(string(task.home))"
    json += ",\"thread\":\(string(task.thread.map { $0.description })),\"priority\":\(task.priority.rawValue)"
    json += ",\"isCancelled\":\(task.isCancelled),\"isDeadlocked\":\(task.isDeadlocked)"
    json += ",\"parent\":\(number(task.parent)),\"creator\":\(number(task.creator))"
    json += ",\"holds\":\(list(task.heldLocks) { "\($0)" })"
    json += ",\"awaitedBy\":\(list(task.awaitedBy) { "\($0)" }),\"polls\":\(task.pollsCount)"
    json += ",\"busy\":\(milliseconds(task.busyDuration)),\"age\":\(milliseconds(task.age))"
    json += ",\"timeInState\":\(milliseconds(task.timeInState)),\"entry\":\(string(task.entry))"
    json += ",\"functions\":\(list(task.functions) { string($0) }),\"waitsFor\":"
    return json + (task.waitsFor.map { wait($0) } ?? "null") + "}"
  }

  private func wait(_ wait: TaskDump.Wait) -> String {
    var json = "{\"what\":\"\(wait.kind.phrase)\",\"address\":\(wait.address),\"task\":\(number(wait.task))"
    json += ",\"holder\":\(number(wait.holder)),\"remaining\":"
    return json + (wait.remaining.map { milliseconds($0) } ?? "null") + "}"
  }

  private func worker(_ worker: WorkerDump) -> String {
    let metrics = worker.metrics
    var json = "{\"pool\":\(worker.pool),\"index\":\(metrics.index),\"isInTurn\":\(worker.isInTurn)"
    json += ",\"pinnedTasks\":\(worker.pinnedTasksCount),\"ready\":\(metrics.localQueueDepth)"
    json += ",\"polls\":\(metrics.pollsCount),\"longPolls\":\(metrics.longPollsCount)"
    json += ",\"steals\":\(metrics.stealCount),\"parks\":\(metrics.parkCount),\"wakes\":\(metrics.wakeCount)"
    json += ",\"spins\":\(metrics.spinCount),\"mailboxPeak\":\(metrics.mailboxPeak)"
    return json + ",\"dequePeak\":\(metrics.dequePeak),\"busy\":\(milliseconds(metrics.busyDuration))}"
  }
}
#endif
