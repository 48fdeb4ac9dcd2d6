/// A benchmark's row, as tasks.
struct Workload {
  let name: String
  let mainProgram: (Int) -> MainProgram
  /// How many tasks, besides the main program, or steps of them, the counts are divided by.
  let units: Int
}

/// What the main thread does. Its pool is closed when it has ended.
class MainProgram: Code {
  final override func step(_ task: TaskPointer, _ program: Program) -> Int? {
    guard let result = proceed(task, program) else { return nil }
    program.end()
    return result
  }

  func proceed(_ task: TaskPointer, _ program: Program) -> Int? { fatalError("abstract") }
}

/// Resumes one task when as many have ended as it was made for.
final class Countdown {
  /// As in ../Sources/Benchmarks/Spawning.swift: on lines of its own, references not counted.
  private let remaining: UnsafeMutablePointer<Atomic<Int>>
  var waiter: TaskPointer?

  init(_ count: Int) { remaining = .onOwnLines(Atomic(count)) }
  deinit { remaining.deallocate() }

  func taskEnded(_ program: Program) {
    let left = remaining.pointee.subtract(1, ordering: .acquiringAndReleasing).newValue
    if left == 0 { program.enqueue(waiter!) }
  }
}

// MARK: Rows 3 and 4

private final class Leaf: Code {
  let countdown: Countdown
  init(_ countdown: Countdown) { self.countdown = countdown }

  override func step(_ task: TaskPointer, _ program: Program) -> Int? {
    countdown.taskEnded(program)
    return 0
  }
}

private func spawnLeaves(_ count: Int, _ isPinned: Bool, _ countdown: Countdown, _ program: Program)
{
  for _ in 0..<count {
    let home = isPinned ? program.pool.pointee.leastLoaded : nil
    home?.pointee.load.add()
    program.release(program.spawn(Leaf(countdown), on: home, isLoad: isPinned))
  }
}

private final class Spawner: Code {
  let count: Int
  let isPinned: Bool
  let countdown: Countdown
  init(_ count: Int, _ isPinned: Bool, _ countdown: Countdown) {
    (self.count, self.isPinned, self.countdown) = (count, isPinned, countdown)
  }

  override func step(_ task: TaskPointer, _ program: Program) -> Int? {
    spawnLeaves(count, isPinned, countdown, program)
    return 0
  }
}

private final class Spawning: MainProgram {
  let count: Int
  let isPinned: Bool
  let fromWorker: Bool
  private var hasBegun = false
  init(_ count: Int, isPinned: Bool, fromWorker: Bool) {
    (self.count, self.isPinned, self.fromWorker) = (count, isPinned, fromWorker)
  }

  override func proceed(_ task: TaskPointer, _ program: Program) -> Int? {
    if hasBegun { return 0 }
    hasBegun = true
    let countdown = Countdown(count)
    countdown.waiter = task
    if fromWorker {
      program.release(
        program.spawn(
          Spawner(count, isPinned, countdown), on: program.pool.pointee.worker(0)))
    } else {
      spawnLeaves(count, isPinned, countdown, program)
    }
    return nil
  }
}

// MARK: Row 5a

private final class Yielder: Code {
  var left: Int
  init(_ count: Int) { left = count }

  override func step(_ task: TaskPointer, _ program: Program) -> Int? {
    if left == 0 { return 0 }
    left -= 1
    program.enqueue(task, yielding: true)
    return nil
  }
}

/// Spawns tasks and awaits them in turn.
private final class Awaiting: MainProgram {
  private let makeCodes: (Program) -> [(code: Code, worker: Int?)]
  private let check: (Int) -> Void
  private var handles: [TaskPointer]?
  private var next = 0
  private var sum = 0

  init(
    _ makeCodes: @escaping (Program) -> [(code: Code, worker: Int?)],
    check: @escaping (Int) -> Void
  ) {
    self.makeCodes = makeCodes
    self.check = check
  }

  override func proceed(_ task: TaskPointer, _ program: Program) -> Int? {
    let handles =
      self.handles
      ?? makeCodes(program).map {
        program.spawn($0.code, on: $0.worker.map { program.pool.pointee.worker($0) })
      }
    self.handles = handles
    while next < handles.count {
      guard let value = program.value(of: handles[next], for: task) else { return nil }
      sum += value
      next += 1
    }
    check(sum)
    return 0
  }
}

// MARK: Row 6

/// Room for one number, as in ../Sources/Benchmarks/RoundTrips.swift.
private final class Slot {
  private let state = UnsafeMutablePointer.onOwnLines(Atomic<UInt>(0))
  private var receiver: TaskPointer?

  deinit { state.deallocate() }

  func send(_ program: Program) {
    if state.pointee.exchange(1, ordering: .acquiringAndReleasing) == 2 {
      let receiver = receiver!
      state.pointee.store(0, ordering: .relaxed)
      program.enqueue(receiver)
    }
  }

  /// - Returns: whether there was something; otherwise the task is enqueued when it is sent.
  func receive(_ task: TaskPointer) -> Bool {
    if state.pointee.load(ordering: .acquiring) != 1 {
      receiver = task
      if state.pointee.compareExchange(
        expected: 0, desired: 2, ordering: .acquiringAndReleasing
      ).exchanged {
        return false
      }
    }
    state.pointee.store(0, ordering: .releasing)
    return true
  }
}

private final class Player: Code {
  private let own: Slot
  private let other: Slot
  private var left: Int
  private let serves: Bool
  private var isReceiving = false
  private var rounds = 0

  init(_ own: Slot, _ other: Slot, _ count: Int, serves: Bool) {
    (self.own, self.other, left, self.serves) = (own, other, count, serves)
  }

  override func step(_ task: TaskPointer, _ program: Program) -> Int? {
    while true {
      if isReceiving {
        isReceiving = false
        rounds += 1
        left -= 1
        if !serves { other.send(program) }
      }
      if left == 0 { return rounds }
      if serves { other.send(program) }
      isReceiving = true
      if !own.receive(task) { return nil }
    }
  }
}

// MARK: Rows 7b, 7c

private final class Loop: Code {
  let cost: Int64
  init(_ cost: Int64) { self.cost = cost }

  override func step(_ task: TaskPointer, _ program: Program) -> Int? {
    program.machine.compute(cost)
    return 1
  }
}

/// As in ../Sources/Benchmarks/SpeedUp.swift.
private func imbalancedCosts(clustered: Bool) -> [Int64] {
  var costs = [Int64](repeating: 1, count: 256)
  var seed: UInt32 = 1
  for heavy in 0..<16 {
    var place = heavy
    if !clustered {
      repeat {
        seed = seed &* 1_664_525 &+ 1_013_904_223
        place = Int(seed >> 24)
      } while costs[place] != 1
    }
    costs[place] = 100
  }
  return costs
}

// MARK: Row 8, Skynet

private final class Fibonacci: Code {
  private let n: Int
  private var children: [TaskPointer] = []
  private var sum = 0
  private var next = 0
  init(_ n: Int) { self.n = n }

  override func step(_ task: TaskPointer, _ program: Program) -> Int? {
    if n < 12 {
      program.machine.compute(Int64(fibonacci(n)) * 2)
      program.releasePool(1)
      return fibonacci(n)
    }
    if children.isEmpty {
      children = [n - 1, n - 2].map { program.spawn(Fibonacci($0), captures: 1) }
    }
    while next < 2 {
      guard let value = program.value(of: children[next], for: task) else { return nil }
      sum += value
      next += 1
    }
    program.releasePool(1)
    return sum
  }
}

private func fibonacci(_ n: Int) -> Int {
  var (a, b) = (0, 1)
  for _ in 0..<n { (a, b) = (b, a + b) }
  return a
}

private func fibonacciTasks(_ n: Int) -> Int {
  n < 12 ? 1 : 1 + fibonacciTasks(n - 1) + fibonacciTasks(n - 2)
}

private final class SkynetNode: Code {
  private let number: Int
  private let size: Int
  private var children: [TaskPointer] = []
  private var sum = 0
  private var next = 0
  init(_ number: Int, _ size: Int) { (self.number, self.size) = (number, size) }

  override func step(_ task: TaskPointer, _ program: Program) -> Int? {
    if size == 1 {
      program.releasePool(1)
      return number
    }
    if children.isEmpty {
      let part = size / 10
      children = (0..<10).map {
        program.spawn(SkynetNode(number + $0 * part, part), captures: 1)
      }
    }
    while next < 10 {
      guard let value = program.value(of: children[next], for: task) else { return nil }
      sum += value
      next += 1
    }
    program.releasePool(1)
    return sum
  }
}

// MARK: All

/// - Parameter share: of the full amount of work, in percent.
func workloads(share: Int) -> [Workload] {
  let spawns = 20_000 * share / 100
  let yields = 20_000 * share / 100
  let rounds = 2_000 * share / 100
  let unit = Int64(50_000 * share / 100)
  let n = share == 100 ? 27 : 18
  let leaves = share == 100 ? 100_000 : 1_000
  func loops(_ name: String, clustered: Bool) -> Workload {
    Workload(
      name: name,
      mainProgram: { _ in
        Awaiting { _ in
          imbalancedCosts(clustered: clustered).map { (Loop($0 * unit), nil) }
        } check: {
          precondition($0 == 256, "a loop is missing")
        }
      }, units: 256)
  }
  func spawning(_ name: String, isPinned: Bool, fromWorker: Bool) -> Workload {
    Workload(
      name: name,
      mainProgram: { _ in
        Spawning(spawns, isPinned: isPinned, fromWorker: fromWorker)
      }, units: spawns)
  }
  return [
    spawning("3a", isPinned: true, fromWorker: false),
    spawning("3b", isPinned: true, fromWorker: true),
    spawning("4a", isPinned: false, fromWorker: false),
    spawning("4b", isPinned: false, fromWorker: true),
    Workload(
      name: "5a",
      mainProgram: { _ in
        Awaiting { _ in
          [(Yielder(yields), nil)]
        } check: {
          precondition($0 == 0)
        }
      }, units: yields),
    Workload(
      name: "6",
      mainProgram: { workers in
        Awaiting { _ in
          let (there, back) = (Slot(), Slot())
          return [
            (Player(back, there, rounds, serves: true), 0),
            (Player(there, back, rounds, serves: false), min(1, workers - 1)),
          ]
        } check: {
          precondition($0 == 2 * rounds, "a round is missing")
        }
      }, units: rounds),
    loops("7b", clustered: false),
    loops("7c", clustered: true),
    Workload(
      name: "8",
      mainProgram: { _ in
        Awaiting { _ in
          [(Fibonacci(n), nil)]
        } check: {
          precondition($0 == fibonacci(n), "a Fibonacci number is wrong")
        }
      }, units: fibonacciTasks(n)),
    Workload(
      name: "skynet",
      mainProgram: { _ in
        Awaiting { _ in
          [(SkynetNode(0, leaves), nil)]
        } check: {
          precondition($0 == leaves * (leaves - 1) / 2, "Skynet's sum is wrong")
        }
      }, units: leaves * 10 / 9),
  ]
}
