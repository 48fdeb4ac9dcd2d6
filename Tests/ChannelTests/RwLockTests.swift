import Interleavings
import Synchronization
import Testing
import Threads

@testable import Webble

/// What the lock guards: a race if the lock does not.
private final class Guarded: @unchecked Sendable {
  var first = 0
  var second = 0
}

@Suite(.timeLimit(.minutes(2))) struct RwLockTests {
  /// Every word that can be reached with two readers and two writers, and every step from each.
  @Test func noStepLetsAWriterInWithAnybodyElse() {
    struct State: Hashable {
      var bits: UInt32
      var readers: Int
      var hasWriter: Bool
    }
    var seen: Set<State> = []
    var open = [State(bits: 0, readers: 0, hasWriter: false)]
    while let state = open.popLast() {
      guard seen.insert(state).inserted else { continue }
      #expect(!state.hasWriter || state.readers == 0)
      let word = RwLockWord(bits: state.bits)
      func step(_ word: RwLockWord?, _ change: (inout State) -> Void = { _ in }) {
        guard let word else { return }
        var next = state
        next.bits = word.bits
        change(&next)
        open.append(next)
      }
      if state.readers < 2 { step(word.withReader) { $0.readers += 1 } }
      step(word.withWriter) { $0.hasWriter = true }
      // Only who cannot get in waits.
      for sleeps in [true, false] {
        if word.withReader == nil { step(word.withWaiter(isWriter: false, sleeps: sleeps)) }
        if word.withWriter == nil { step(word.withWaiter(isWriter: true, sleeps: sleeps)) }
      }
      if state.readers > 0 {
        let (left, wakes) = word.withoutReader
        // Whoever sleeps is woken when the lock becomes free, and no bit of it is left behind.
        #expect(wakes == (state.readers == 1 && state.bits >> 31 == 1))
        #expect(state.readers > 1 || left.bits >> 31 == 0)
        step(left) { $0.readers -= 1 }
      }
      if state.hasWriter {
        let (left, wakes) = word.withoutWriter
        #expect(wakes == (state.bits >> 31 == 1) && left.bits == 0)
        step(left) { $0.hasWriter = false }
      }
    }
    #expect(seen.count > 10)
  }

  @Test func aWaitingWriterKeepsNewReadersOutUntilItHasBeenIn() {
    let reading = RwLockWord().withReader!
    let waiting = reading.withWaiter(isWriter: true, sleeps: true)
    #expect(waiting.withReader == nil)
    let free = waiting.withoutReader.word
    #expect(free.withReader == nil)
    #expect(free.withWriter!.withoutWriter.word.withReader != nil)
  }

  @Test func theWordExcludes() {
    let word = Atomic<UInt32>(0)
    let guarded = Guarded()
    onThreads(4) { index in
      for round in 0..<2000 {
        let isWriter = (round + index) % 4 == 0
        change(word) { isWriter ? $0.withWriter : $0.withReader }
        #expect(guarded.first == guarded.second)
        if isWriter {
          guarded.first += 1
          guarded.second += 1
        }
        change(word) { isWriter ? $0.withoutWriter.word : $0.withoutReader.word }
      }
    }
    #expect(guarded.first == 2000 && word.load(ordering: .relaxed) == 0)
  }

  private func change(
    _ word: borrowing Atomic<UInt32>, _ step: (RwLockWord) -> RwLockWord?
  ) {
    while true {
      let seen = word.load(ordering: .relaxed)
      guard let new = step(RwLockWord(bits: seen)) else { continue }
      let isDone = word.compareExchange(
        expected: seen, desired: new.bits, successOrdering: .acquiringAndReleasing,
        failureOrdering: .relaxed
      ).exchanged
      if isDone { return }
    }
  }

  @Test func theQueueExcludesAndWakesEverybodyOnce() {
    let queue = Locked(RwLockQueue<Sleeper<Void>>())
    let guarded = Guarded()
    onThreads(5) { index in
      for round in 0..<1000 {
        let isWriter = (round + index) % 5 == 0
        if let ticket = queue.withLock({ $0.lock(isWriter: isWriter) }) {
          let sleeper = Sleeper<Void>()
          if !queue.withLock({ $0.arm(ticket, sleeper) }) { sleeper.sleep() }
        }
        #expect(guarded.first == guarded.second)
        if isWriter {
          guarded.first += 1
          guarded.second += 1
        }
        for sleeper in queue.withLock({ $0.unlock() }) { sleeper.resume() }
      }
    }
    #expect(guarded.first == 1000)
    #expect(queue.withLock { $0.readerCount } == 0)
  }

  @Test func theQueueServesInOrderAndReadersTogether() {
    var queue = RwLockQueue<Int>()
    #expect(queue.lock(isWriter: false) == nil)
    // Behind a writer that waits nobody gets in.
    for (index, isWriter) in [true, false, false, true, false].enumerated() {
      let ticket = queue.lock(isWriter: isWriter)!
      #expect(queue.arm(ticket, index) == false)
    }
    #expect(queue.unlock() == [0])
    #expect(queue.unlock() == [1, 2])
    #expect(queue.unlock() == [])
    #expect(queue.unlock() == [3])
    #expect(queue.unlock() == [4])
    #expect(queue.unlock() == [])
  }

  @Test func noOrderOfStepsLeavesATaskInLine() {
    for isWriter in [[true, false], [true, true, false], [true, false, false]] {
      let world = QueueWorld(tasks: isWriter.map { QueueWorld.Task(isWriter: $0) })
      #expect(explore(world) > 5)
    }
  }

  @Test func noOrderOfStepsLeavesAThreadAsleep() {
    for threads: [WordModel.Thread] in [
      [.init(isWriter: true), .init(isWriter: true), .init(isWriter: true)],
      [.init(isWriter: true), .init(isWriter: false), .init(isWriter: false)],
      [.init(isWriter: true), .init(isWriter: true), .init(isWriter: false)],
      // The main thread does not sleep.
      [.init(isWriter: true, sleeps: false), .init(isWriter: false), .init(isWriter: true)],
      [.init(isWriter: false, sleeps: false), .init(isWriter: true), .init(isWriter: true)],
    ] {
      let exploration = Interleavings.explore(from: WordModel(threads: threads))
      #expect(exploration.fault == nil, "\(exploration.fault!)")
      #expect(exploration.stateCount > 50)
    }
  }
}

/// Tasks that each take the lock once. Continuations are their numbers.
private struct QueueWorld: World {
  struct Task {
    enum State: Equatable { case idle, reserved, suspended, inside, ended }

    var isWriter: Bool
    var state = State.idle
    var ticket: RwLockQueue<Int>.Waiters.Ticket?
  }

  var queue = RwLockQueue<Int>()
  var tasks: [Task]

  var successors: [QueueWorld] {
    let inside = tasks.filter { $0.state == .inside }
    #expect(inside.count <= 1 || inside.allSatisfy { !$0.isWriter })
    return tasks.indices.compactMap { index in
      switch tasks[index].state {
      case .idle: after { $0.lock(index) }
      case .reserved: after { $0.arm(index) }
      case .inside: after { $0.unlock(index) }
      case .suspended, .ended: nil
      }
    }
  }

  private mutating func lock(_ index: Int) {
    tasks[index].ticket = queue.lock(isWriter: tasks[index].isWriter)
    tasks[index].state = tasks[index].ticket == nil ? .inside : .reserved
  }

  private mutating func arm(_ index: Int) {
    tasks[index].state = queue.arm(tasks[index].ticket!, index) ? .inside : .suspended
  }

  private mutating func unlock(_ index: Int) {
    tasks[index].state = .ended
    for woken in queue.unlock() {
      #expect(tasks[woken].state == .suspended, "woke a task that does not sleep")
      tasks[woken].state = .inside
    }
  }

  func checkEnd() { #expect(tasks.allSatisfy { $0.state == .ended }, "\(tasks) hang") }
}

/// Threads that take the lock twice each, an atomic operation on the word a step.
private struct WordModel: InterleavingModel {
  struct Thread: Hashable {
    enum State: Hashable {
      case trying
      /// About to sleep if the word is still that.
      case announced(UInt32)
      case sleeping, inside
      /// Has left the lock and is about to wake all.
      case waking
      case ended
    }

    var isWriter: Bool
    var sleeps = true
    var state = State.trying
    var roundsLeft = 2
  }

  var word = RwLockWord()
  var threads: [Thread]

  func hash(into hasher: inout Hasher) {
    hasher.combine(word.bits)
    hasher.combine(threads)
  }

  func steps() -> (certain: [WordModel], possible: [WordModel]) {
    // Nothing changes while a thread spins in vain.
    (threads.indices.map(afterStep).filter { $0 != self }, [])
  }

  private func afterStep(of index: Int) -> WordModel {
    var next = self
    next.step(index)
    return next
  }

  private mutating func step(_ index: Int) {
    let thread = threads[index]
    switch thread.state {
    case .trying:
      if let entered = thread.isWriter ? word.withWriter : word.withReader {
        word = entered
        threads[index].state = .inside
      } else {
        word = word.withWaiter(isWriter: thread.isWriter, sleeps: thread.sleeps)
        if thread.sleeps { threads[index].state = .announced(word.bits) }
      }
    case .announced(let bits): threads[index].state = word.bits == bits ? .sleeping : .trying
    case .inside:
      let (left, wakes) = thread.isWriter ? word.withoutWriter : word.withoutReader
      word = left
      threads[index].state = wakes ? .waking : .trying
      if !wakes { endRound(index) }
    case .waking:
      for other in threads.indices where threads[other].state == .sleeping {
        threads[other].state = .trying
      }
      endRound(index)
    case .sleeping, .ended: break
    }
  }

  private mutating func endRound(_ index: Int) {
    threads[index].roundsLeft -= 1
    threads[index].state = threads[index].roundsLeft == 0 ? .ended : .trying
  }

  func fault(isAtRest: Bool) -> String? {
    let inside = threads.filter { $0.state == .inside }
    if inside.count > 1, inside.contains(where: \.isWriter) { return "a writer is not alone" }
    if isAtRest, threads.contains(where: { $0.state != .ended }) { return "a thread hangs" }
    return nil
  }
}
