extension PoolDump: CustomStringConvertible {
  /// The tasks, each with what it waits for, then the workers. A list longer than 500 tasks is cut.
  public var description: String {
    var lines: [String] = []
    let limit = 500
    if recordsTasks {
      lines.append(
        "\(counted(tasks.count, "task")): \(count(.running)) running, \(count(.ready)) ready, \(count(.waiting)) waiting")
    } else {
      lines.append("No record of tasks: debug builds keep one, and release builds with --inspect.")
    }
    for circle in deadlocks {
      lines.append(
        "Deadlock: " + (circle + [circle[0]]).map { label(of: $0) }.joined(separator: " waits for "))
    }
    for task in tasks.prefix(limit) { lines += task.lines(in: self) }
    if tasks.count > limit { lines.append("and \(tasks.count - limit) more tasks") }
    for worker in workers { lines.append(worker.line(hasPools: (workers.last?.pool ?? 0) > 0)) }
    return lines.joined(separator: "\n")
  }

  private func count(_ state: TaskDump.State) -> Int { tasks.reduce(0) { $0 + ($1.state == state ? 1 : 0) } }

  func label(of identifier: Int) -> String {
    guard let name = tasks.first(where: { $0.identifier == identifier })?.name else { return "task \(identifier)" }
    return "task \(identifier) \"\(name)\""
  }
}

extension TaskDump: CustomStringConvertible {
  /// What the dump's text says of the task; other tasks have no names here.
  public var description: String {
    lines(in: PoolDump(workers: [], tasks: [self], recordsTasks: true)).joined(separator: "\n")
  }

  func lines(in dump: PoolDump) -> [String] {
    var head = dump.label(of: identifier)
    switch state {
    case .ready: head += " is ready"
    case .running: head += " runs"
    case .waiting: head += " waits"
    }
    if state == .running, let thread { head += " on \(thread)" }
    if let waitsFor, state == .waiting || waitsFor.kind == .mutex { head += waitsFor.text(in: dump) }
    head += ", for \(timeInState.text)"
    if isDeadlocked { head += ", in a deadlock" }
    var lines = [head]
    var about = "\(track), at home on \(home), priority \(priority.word), \(age.text) old"
    about += ", \(counted(pollsCount, "poll")), ran \(busyDuration.text)"
    if isCancelled { about += ", cancelled" }
    lines.append("    " + about)
    if let parent { lines.append("    child of \(dump.label(of: parent))") }
    else if let creator { lines.append("    made by \(dump.label(of: creator))") }
    if !awaitedBy.isEmpty {
      lines.append("    awaited by " + awaitedBy.map { dump.label(of: $0) }.joined(separator: ", "))
    }
    for (index, function) in functions.enumerated() {
      lines.append((index == 0 ? "    at " : "    awaited by ") + function)
    }
    lines.append("    begun at \(entry)")
    return lines
  }
}

extension TaskDump.Wait {
  fileprivate func text(in dump: PoolDump) -> String {
    var text = " for \(kind.phrase)"
    if kind == .task {
      text = " for " + (task.map { dump.label(of: $0) } ?? "a task that has ended")
    } else if kind.hasAddress, address != 0 {
      text += " \(hexadecimal(address))"
    }
    if let holder { text += ", held by \(dump.label(of: holder))" }
    if let remaining {
      text += remaining < .zero ? " that is \((Duration.zero - remaining).text) late" : " of \(remaining.text) more"
    }
    return text
  }
}

extension TaskDump.Wait: CustomStringConvertible {
  /// What is waited for: "a timer of 12.5 ms more", "lock or semaphore 0x10a20, held by task 7".
  public var description: String {
    let text = self.text(in: PoolDump(workers: [], tasks: [], recordsTasks: true))
    return String(text.dropFirst(" for ".count))
  }
}

extension WorkerDump: CustomStringConvertible {
  /// One line.
  public var description: String { line(hasPools: true) }

  fileprivate func line(hasPools: Bool) -> String {
    var line = "worker \(metrics.index)"
    if hasPools { line += " of pool \(pool)" }
    line += isInTurn ? " runs: " : " idle: "
    line += "\(metrics.localQueueDepth) ready, \(counted(pinnedTasksCount, "pinned task"))"
    line += ", \(counted(metrics.pollsCount, "poll")), \(counted(metrics.parkCount, "park"))"
    line += ", \(metrics.stealCount) stolen, busy \(metrics.busyDuration.text)"
    return line
  }
}

extension TaskDump.State: CustomStringConvertible {
  public var description: String {
    switch self {
    case .ready: "ready"
    case .running: "running"
    case .waiting: "waiting"
    }
  }
}

extension TaskDump.Track: CustomStringConvertible {
  public var description: String {
    switch self {
    case .pinned: "pinned"
    case .stealable: "stealable"
    case .main: "main"
    case .custom: "custom"
    }
  }
}

extension TaskPriority {
  var word: String {
    switch self {
    case .high: "high"
    case .medium: "medium"
    case .low: "low"
    case .background: "background"
    default: "\(rawValue)"
    }
  }
}

extension Duration {
  /// With a unit that fits: "1.234 s", "56.7 ms", "8.9 us".
  var text: String {
    let microseconds = self.microseconds
    if microseconds >= 1_000_000 { return "\(decimal(microseconds / 1000, over: 1000)) s" }
    if microseconds >= 1000 { return "\(decimal(microseconds / 100, over: 10)) ms" }
    return "\(microseconds) us"
  }

  var microseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
  }
}

private func decimal(_ value: Int64, over unit: Int64) -> String {
  var digits = "\(value % unit)"
  while digits.utf8.count < "\(unit)".utf8.count - 1 { digits = "0" + digits }
  return "\(value / unit).\(digits)"
}

func counted(_ count: Int, _ thing: StaticString) -> String { "\(count) \(thing)\(count == 1 ? "" : "s")" }

func hexadecimal(_ value: UInt) -> String { "0x" + String(value, radix: 16) }
