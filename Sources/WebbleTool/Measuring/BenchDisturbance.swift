import Foundation

/// How long processors have worked, as the kernel counts: for everyone, and for this process and
/// those that it has started.
struct ProcessorTime {
  /// In seconds since the machine started.
  private var everyone: Double
  private var own: Double
  private let moment = ContinuousClock.now

  /// nil: the system does not tell (other than Linux).
  init?() {
    guard let stat = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
      let line = stat.split(separator: "\n").first
    else { return nil }
    let tick = 1 / Double(sysconf(Int32(_SC_CLK_TCK)))
    // user, nice, system; not idle, nor interrupts, which count for nobody.
    everyone = line.split(separator: " ").dropFirst().prefix(3).compactMap { Double($0) }
      .reduce(0, +) * tick
    own = Self.ownTicks(of: Self.processes()) * tick
  }

  /// How many processors the others have kept busy on average since `start`.
  func load(ofOthersSince start: ProcessorTime) -> Double {
    let (seconds, attoseconds) = start.moment.duration(to: moment).components
    let others = (everyone - start.everyone) - (own - start.own)
    return max(0, others) / (Double(seconds) + Double(attoseconds) / 1e18)
  }

  struct Process {
    var id: Int32
    var parent: Int32
    var group: Int32
    /// Its own, and those of its children that have ended.
    var ticks: Double

    /// Reads a line of /proc/PID/stat, see proc(5).
    init?(_ line: String) {
      // The second field is the name in parentheses, which may contain anything.
      guard let end = line.lastIndex(of: ")"), let id = Int32(line.prefix { $0 != " " }) else {
        return nil
      }
      let fields = line[end...].split(separator: " ").dropFirst().map(String.init)
      guard fields.count > 14, let parent = Int32(fields[1]), let group = Int32(fields[2]) else {
        return nil
      }
      self.id = id
      self.parent = parent
      self.group = group
      ticks = fields[11...14].compactMap(Double.init).reduce(0, +)
    }
  }

  private static func processes() -> [Process] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.filter { $0.first?.isNumber == true }.compactMap { name in
      // Those that have ended meanwhile have none.
      (try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8)).flatMap(Process.init)
    }
  }

  /// Ticks of the process `root`, of those that it started, of those that they started, and so on,
  /// and of those in the groups of these: a browser's helpers may have lost their parents.
  static func ownTicks(of processes: [Process], root: Int32 = getpid()) -> Double {
    guard let rootGroup = processes.first(where: { $0.id == root })?.group else { return 0 }
    var own: Set = [root]
    var groups: Set<Int32> = []
    var count = 0
    while count < own.count {
      count = own.count
      for process in processes
      where own.contains(process.parent) || groups.contains(process.group) {
        own.insert(process.id)
        if process.group != rootGroup { groups.insert(process.group) }
      }
    }
    return processes.filter { own.contains($0.id) }.map(\.ticks).reduce(0, +)
  }
}
