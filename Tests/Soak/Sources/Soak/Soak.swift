import JavaScript
import Webble
import WebbleAllocator

/// All kinds of work at once, until the time is over: each knows what has to come out, and stops the program
/// if it does not. Prints now and then how much memory is in use.
///
///     Soak [SECONDS [KIND…]]
///
/// Memory stays where it is after the first seconds, but for what a pool leaves behind (see Limits): `pools` makes
/// it rise by 6 KiB a round. The main thread's stack has to stay exactly where it is.
@main struct Soak {
  typealias Kind = @MainActor (_ pool: ThreadPool, _ seed: Int) async -> Int

  /// Each makes one round, and returns how many things it has checked.
  static let kinds: [(name: String, round: Kind)] = [
    ("tasks", tasks), ("bounded", bounded), ("unbounded", unbounded), ("locks", locks),
    ("actors", actors), ("groups", groups), ("streams", streams), ("timers", timers),
    ("objects", objects), ("sent", sent), ("algorithms", algorithms), ("pools", pools),
    ("frees", frees), ("broadcast", broadcast),
  ]

  @MainActor static func main() async {
    let seconds = programArguments.first.flatMap { Int($0) } ?? 20
    let wanted = programArguments.dropFirst()
    let pool = try! ThreadPool(workerCount: 2)
    let start = ContinuousClock.now
    let end = start + .seconds(seconds)
    let progress = Progress()
    let loops = kinds.indices.filter { wanted.isEmpty || wanted.contains(kinds[$0].name) }.map { kind in
      Task {
        var seed = kind
        while ContinuousClock.now < end {
          progress.checked += await kinds[kind].round(pool, seed)
          progress.rounds[kind] += 1
          seed &+= 1
          await Task.yield()
        }
      }
    }
    let reports = Task {
      let stack = stackPointer()
      while ContinuousClock.now < end {
        check(stackPointer(), stack, "the main thread's stack")
        progress.report(after: ContinuousClock.now - start)
        try? await Task.sleep(for: .seconds(Swift.min(seconds / 4, 30)))
      }
    }
    for loop in loops { await loop.value }
    await reports.value
    progress.report(after: ContinuousClock.now - start)
    for (kind, rounds) in progress.rounds.enumerated() { print("\(kinds[kind].name): \(rounds)") }
    await pool.shutdown()
    print("all sums are exact")
  }
}

@MainActor final class Progress {
  var checked = 0
  var rounds = Array(repeating: 0, count: Soak.kinds.count)

  func report(after time: Duration) {
    let memory = Allocator.statistics
    print(
      "\(time.components.seconds) s: \(rounds.reduce(0, +)) rounds, \(checked) checks, "
        + "\(memory.usedByteCount / 1024) KiB in use, \(memory.reservedByteCount / 1024) KiB reserved")
  }
}

@inline(never) private func stackPointer() -> Int {
  var place = 0
  return withUnsafeMutablePointer(to: &place) { Int(bitPattern: $0) }
}

func check(_ actual: Int, _ expected: Int, _ what: String) {
  if actual != expected { fatalError("\(what): \(actual), not \(expected)") }
}
