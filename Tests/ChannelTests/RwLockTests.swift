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
    let queue = Locked(RwLockQueue<Sleeper>())
    let guarded = Guarded()
    onThreads(5) { index in
      for round in 0..<1000 {
        let isWriter = (round + index) % 5 == 0
        if let ticket = queue.withLock({ $0.lock(isWriter: isWriter) }) {
          let sleeper = Sleeper()
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
}
