import Synchronization
import Testing
import Threads

@testable import NativeScheduler

@Suite struct KeepersTests {
  @Test func nobodyJoinsAfterTheLastHasGone() {
    let keepers = Keepers()
    #expect(keepers.add() == true)
    #expect(keepers.remove() == false)
    #expect(keepers.remove() == true)
    #expect(keepers.add() == false)
  }

  /// An owner goes while callbacks on other threads keep the pool open for moments: one of them all is the
  /// last, and afterwards nobody gets in.
  @Test func oneIsTheLast() {
    for _ in 0..<200 {
      let keepers = Shared(Keepers())
      let closings = Shared(Atomic(0))
      onThreads(4) { thread in
        if thread == 0 {
          if keepers.value.remove() { closings.value.add(1, ordering: .relaxed) }
          return
        }
        while keepers.value.add() {
          #expect(closings.value.load(ordering: .relaxed) == 0)
          if keepers.value.remove() { closings.value.add(1, ordering: .relaxed) }
        }
      }
      #expect(closings.value.load(ordering: .relaxed) == 1)
    }
  }
}
