/// One workload on some workers, and what was counted.
struct Run {
  let workers: Int
  let nanoseconds: Int64
  let counts: Counts
  private let units: Int

  init(_ workload: Workload, workers: Int, _ options: Options) {
    self.workers = workers
    units = workload.units
    let machine = Machine(
      cores: workers + 1, isSimulated: options.isSimulated, yieldInterval: options.yieldInterval,
      lineSize: options.lineSize, costs: Costs())
    let program = Program(workers: workers, machine: machine)
    nanoseconds = machine.run { index in
      if index == workers {
        program.release(program.spawn(workload.mainProgram(workers), on: program.mainWorker))
      }
      program.runWorker(machine.cores[index].worker!)
    }
    counts = machine.counts
  }

  /// Jobs that went to another worker's deque or to the thief itself.
  var stolen: Int { counts.others(.top, .exchange) - counts.others(.top, .failure) }

  private static let columns: [(name: String, count: @Sendable (Run) -> Int)] = [
    ("transfers", { $0.counts.all(.transfer) }),
    ("false", { $0.counts.all(.falseTransfer) }),
    ("failed CAS", { $0.counts.all(.failure) }),
    ("stolen", { $0.stolen }),
    ("lost", { $0.counts.others(.top, .failure) }),
    ("looks", { $0.counts.others(.top, .load) }),
    ("searching", { $0.counts.all(.searching, .exchange) }),
    ("waits", { $0.counts.waits }),
    ("notified", { $0.counts.notifications }),
    ("injector", { $0.counts.all(.injector, .exchange) }),
    ("mailbox", { $0.counts.all(.mailbox, .exchange) }),
  ]

  static var heading: String {
    (["workers", "ns"] + columns.map(\.name)).map { padded($0, to: 10) }.joined()
  }

  /// All but the first a task.
  var line: String {
    let fields = [String(workers), String(nanoseconds / Int64(units))]
    return (fields + Run.columns.map { perTask($0.count(self)) }).map { padded($0, to: 10) }
      .joined()
  }

  /// The words by how often their lines went from one core to another.
  var words: String {
    let lines = Word.allCases.filter { counts.all($0, .transfer) * 1000 >= units }
      .sorted { counts.all($0, .transfer) > counts.all($1, .transfer) }
      .map { word in
        """
        \(padded("\(word)", to: 18)): transfers \(perTask(counts.all(word, .transfer))) \
        (the owner's \(perTask(counts.own(word, .transfer))), \
        false \(perTask(counts.all(word, .falseTransfer)))), \
        loads \(perTask(counts.all(word, .load))), stores \(perTask(counts.all(word, .store))), \
        exchanges \(perTask(counts.all(word, .exchange))), \
        failed \(perTask(counts.all(word, .failure)))
        """
      }
    return (["  \(workers) workers:"] + lines).joined(separator: "\n")
  }

  private func perTask(_ count: Int) -> String {
    let hundredths = (count * 100 + units / 2) / units
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
  }
}

private func padded(_ text: String, to width: Int) -> String {
  String(repeating: " ", count: max(1, width - text.count)) + text
}

/// A little of each row on both machines.
///
/// - Returns: whether every check has held. The checksums of the rows are preconditions.
func smoke() -> Bool {
  var (passed, failed) = (0, 0)
  var total = Counts()
  func check(_ name: String, _ workers: Int, _ condition: Bool) {
    if condition { passed += 1 } else { failed += 1 }
    if !condition { print("not ok \(name), \(workers) workers") }
  }
  for workload in workloads(share: 1) {
    for workers in [1, 2, 5, 16] {
      var options = Options()
      let run = Run(workload, workers: workers, options)
      let counts = run.counts
      total += counts
      let name = workload.name
      check("\(name): each task runs once", workers, counts.tasksRun == counts.tasksSpawned)
      check("\(name): nobody steals from itself", workers, workers > 1 || run.stolen == 0)
      // Each job is worth at most one wake-up when it is enqueued and one when a searcher finds it.
      check(
        "\(name): wake-ups are bounded", workers,
        counts.waits <= counts.notifications + workers + 1
          && counts.notifications <= 2 * counts.jobsRun + workers)
      options.isSimulated = false
      options.yieldInterval = 7
      let threads = Run(workload, workers: workers, options).counts
      check(
        "\(name): each task runs once on threads", workers,
        threads.tasksRun == threads.tasksSpawned && threads.tasksRun == counts.tasksRun)
    }
  }
  let named: [Word] = [
    .top, .bottom, .ring, .mailbox, .load, .futexWord, .injector, .searching, .sleepers,
  ]
  for word in named {
    check(
      "\(word) lies where Layout.swift says", 16,
      [Operation.load, .store, .exchange].contains { total.all(word, $0) > 0 })
  }
  print("\(passed) passed, \(failed) failed")
  return failed == 0
}

/// Where the words of a pool and a worker lie, in this build.
func printLayout() {
  let pool = Pool.make(workerCount: 1, isVirtual: false)
  let worker = pool.pointee.worker(0)
  print("Pool")
  for word in PoolLayout.words(of: pool) { print(line(word, UInt(bitPattern: pool))) }
  print("Worker")
  for word in WorkerLayout.words(of: worker) { print(line(word, UInt(bitPattern: worker))) }

  func line(_ word: PlacedWord, _ start: UInt) -> String {
    let offset = Int(word.address) - Int(start)
    return "\(padded(word.name, to: 16)) at \(offset), line \(offset / 64)"
  }
}
