#if arch(wasm32)
@_spi(Webble) import _Concurrency
import Webble

/// The name and the place of a function.
func place(ofFunction function: UInt) -> String {
  functionName(function).split(separator: "\t").joined(separator: " ")
}

/// Whether a task lives that was made since the one with this identifier.
func lives(since first: UInt32) -> Bool { inspectedTasks().contains { $0.identifier >= first } }

/// What each task that waits, of those made since the one with this identifier, waits for.
///
/// - Parameter includesRunning: whether to tell of those, too, that wait for nothing.
func waits(since first: UInt32, includesRunning: Bool = false) -> [String] {
  let dump = ThreadPool.dump()
  let tasks = dump.tasks.filter { $0.identifier >= Int(first) && ($0.state == .waiting || includesRunning) }
  func label(_ identifier: Int) -> String {
    let number = identifier - Int(first) + 1
    // Made before the test, by another.
    if number < 1 { return "an older task" }
    if number == 1 { return "task 1, the test," }
    let name = dump.tasks.first { $0.identifier == identifier }?.name
    return "task \(number)" + (name.map { " \"\($0)\"" } ?? "")
  }
  // Addresses tell nobody anything: the first of a kind is A.
  var seen: [UInt] = []
  func letter(_ address: UInt) -> String {
    let index = seen.firstIndex(of: address) ?? seen.count
    if index == seen.count { seen.append(address) }
    return index < 26 ? String(UnicodeScalar(UInt8(65 + index))) : "\(index)"
  }
  var lines: [String] = []
  for task in tasks {
    var line = label(task.identifier)
    line += task.state == .waiting ? " waits for " : " goes on and on, after \(task.pollsCount) turns"
    if task.state != .waiting {
      if task.functions.isEmpty { line += ", begun at \(task.entry)" }
    } else if let wait = task.waitsFor {
      if wait.kind == .task {
        line += wait.task.map { label($0) } ?? "a task that has ended"
      } else {
        line += wait.kind == .continuation ? "a continuation that nobody has resumed" : "\(wait.kind.phrase)"
        if wait.kind.hasAddress, wait.address != 0 { line += " " + letter(wait.address) }
      }
      if let holder = wait.holder { line += ", held by \(label(holder))" }
    } else {
      line += "what is not known"
    }
    if let function = task.functions.first { line += ", at \(function)" }
    lines.append(line)
  }
  for circle in dump.deadlocks where circle.allSatisfy({ $0 >= Int(first) }) {
    lines.append("in a circle: " + (circle + [circle[0]]).map(label).joined(separator: " waits for "))
  }
  return lines
}
#endif
