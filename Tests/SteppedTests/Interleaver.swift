import Fibers

/// Runs a few threads again and again, each time with their accesses to atomic words in another order, until there is no
/// other.
///
/// Of orders that differ only in accesses which do not touch the same word, or which only read it, one is enough:
/// sleep sets (Godefroid, "Partial-Order Methods for the Verification of Concurrent Systems", 1996). What lies between
/// two accesses runs as a whole; who else may come to the same plain memory there, checks have to show.
final class Interleaver {
  struct Access {
    var address: UInt
    var writes: Bool

    func meets(_ other: Access) -> Bool { address == other.address && (writes || other.writes) }
  }

  /// One run's threads, and what has to be so at its end: a description of what is wrong, or nil.
  struct Run {
    var threads: [() -> Void]
    /// Called before a thread goes on.
    var willResume: (Int) -> Void = { _ in }
    /// As a thread too, behind all others: a list that has become a ring has no end for it either.
    var fault: () -> String?
    /// Addresses of words whose exchanges are a read and a write, with other threads' accesses between them: what a
    /// protocol without atomic exchanges would be. Exploring has to find the fault.
    var tears: (UInt) -> Bool = { _ in false }
  }

  struct Outcome {
    var runCount = 0
    /// Runs that were left in the middle, since others had shown all that they could.
    var prunedCount = 0
    var fault: String?
  }

  /// The state before one access of one thread.
  private struct Node {
    /// Each thread's next access; nil when it has ended.
    var next: [Access?]
    /// Threads that need not come next: what follows has been gone through in another order.
    var sleeping: [Bool]
    var chosen: Int

    var candidate: Int? { next.indices.first { next[$0] != nil && !sleeping[$0] } }
  }

  private static let longestRun = 10_000
  /// Of one exploration.
  private static let mostRuns = 1_000_000

  private let scheduler = fiber_of_thread()
  private var fibers: [OpaquePointer?] = []
  private var bodies: [() -> Void] = []
  private var isTorn: (UInt) -> Bool = { _ in false }
  private var next: [Access?] = []
  private var running: Int?

  /// The one whose thread runs, on this thread of the system's.
  static var current: Interleaver? {
    guard let core = scaling_get_core() else { return nil }
    let interleaver = Unmanaged<Interleaver>.fromOpaque(core).takeUnretainedValue()
    return interleaver.running == nil ? nil : interleaver
  }

  /// - Parameter make: prepares a run, always in the same way.
  static func explore(_ make: () -> Run) -> Outcome {
    let interleaver = Interleaver()
    let outer = scaling_get_core()
    scaling_set_core(Unmanaged.passUnretained(interleaver).toOpaque())
    defer {
      scaling_set_core(outer)
      for fiber in interleaver.fibers { fiber_free(fiber) }
      fiber_free(interleaver.scheduler)
    }
    return interleaver.explore(make)
  }

  private func explore(_ make: () -> Run) -> Outcome {
    var outcome = Outcome()
    var path: [Node] = []
    repeat {
      let run = make()
      begin(run)
      if outcome.runCount + outcome.prunedCount > Self.mostRuns {
        outcome.fault = "there are orders without end"
        return outcome
      }
      var depth = 0
      var isPruned = false
      while next.contains(where: { $0 != nil }) {
        if depth == path.count {
          var node = Node(next: next, sleeping: sleeping(after: path.last), chosen: 0)
          if let candidate = node.candidate {
            node.chosen = candidate
            path.append(node)
          } else {
            isPruned = true
          }
        }
        // To its end, so that what it has begun is given back.
        let chosen = isPruned ? next.firstIndex { $0 != nil }! : path[depth].chosen
        depth += 1
        if depth > Self.longestRun {
          outcome.fault = "a thread takes steps without end"
          return outcome
        }
        resume(chosen, run)
      }
      if isPruned {
        outcome.prunedCount += 1
      } else {
        outcome.runCount += 1
        outcome.fault = fault(run)
        if outcome.fault != nil { return outcome }
      }
      while var node = path.popLast() {
        node.sleeping[node.chosen] = true
        guard let candidate = node.candidate else { continue }
        node.chosen = candidate
        path.append(node)
        break
      }
    } while !path.isEmpty
    return outcome
  }

  private func fault(_ run: Run) -> String? {
    isTorn = { _ in false }
    var fault: String?
    let checker = run.threads.count
    bodies = run.threads + [{ fault = run.fault() }]
    next.append(nil)
    var depth = 0
    repeat {
      depth += 1
      if depth > Self.longestRun { return "the check at the end takes steps without end" }
      resume(checker, nil)
    } while next[checker] != nil
    return fault
  }

  private func sleeping(after node: Node?) -> [Bool] {
    guard let node, let access = node.next[node.chosen] else { return next.map { _ in false } }
    return node.sleeping.indices.map { thread in
      thread != node.chosen && node.sleeping[thread] && !(node.next[thread]?.meets(access) ?? true)
    }
  }

  /// Lets each thread come to its first access.
  private func begin(_ run: Run) {
    bodies = run.threads
    isTorn = run.tears
    next = run.threads.map { _ in nil }
    while fibers.count <= run.threads.count {
      fibers.append(fiber_make { Interleaver.runBodies() })
    }
    for thread in run.threads.indices { resume(thread, run) }
  }

  private func resume(_ thread: Int, _ run: Run?) {
    next[thread] = nil
    run?.willResume(thread)
    running = thread
    fiber_switch(scheduler, fibers[thread])
    running = nil
  }

  /// What each fiber does: one body after another.
  private static func runBodies() -> Void {
    while true {
      let interleaver = Unmanaged<Interleaver>.fromOpaque(scaling_get_core()).takeUnretainedValue()
      let thread = interleaver.running!
      interleaver.bodies[thread]()
      interleaver.leave(thread)
    }
  }

  private func leave(_ thread: Int) {
    let (from, to) = (fibers[thread], scheduler)
    fiber_switch(from, to)
  }

  func tears(_ address: UInt) -> Bool { isTorn(address) }

  func willAccess(_ access: Access) {
    let thread = running!
    next[thread] = access
    leave(thread)
  }
}
