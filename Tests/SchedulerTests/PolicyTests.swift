import Testing

@testable import NativeScheduler

/// The policies by their numbers, without a worker.
@Suite struct PolicyTests {
  // MARK: Batches

  @Test func aBatchOfShortJobsGrowsToSixtyFour() {
    var batch = BatchPacer()
    var sizes: [Int] = []
    for _ in 0..<8 {
      sizes.append(batch.size)
      batch.adapt(to: timeSlice / 64 - 1)
    }
    #expect(sizes == [1, 2, 4, 8, 16, 32, 64, 64])
  }

  @Test func aBatchThatTakesAFairPartOfTheSliceKeepsItsSize() {
    var batch = BatchPacer()
    for _ in 0..<3 { batch.adapt(to: 0) }
    for elapsed in [timeSlice / 64, timeSlice / 16] {
      batch.adapt(to: elapsed)
      #expect(batch.size == 8)
    }
  }

  @Test func aBatchThatTakesTooLongCollapses() {
    var batch = BatchPacer()
    for _ in 0..<6 { batch.adapt(to: 0) }
    batch.adapt(to: timeSlice / 16 + 1)
    #expect(batch.size == 1)
  }

  // MARK: Tracks

  /// What each of 64 looks in a row puts first, wherever they begin.
  @Test(arguments: [0, 17, 64])
  func everySourceComesFirstNowAndThen(start: Int) {
    var order = TrackOrder()
    for _ in 0..<start { order.advance() }
    var pinned = 0
    var stealable = (injector: 0, lowest: 0)
    var lowestPinned = 0
    for _ in 0..<Int(TrackOrder.interval) {
      order.advance()
      if order.isPinnedFirst {
        pinned += 1
        if order.isLowestPinnedFirst { lowestPinned += 1 }
      } else {
        if order.isInjectorFirst { stealable.injector += 1 }
        if order.isLowestStealableFirst { stealable.lowest += 1 }
      }
    }
    #expect(pinned == 32)
    #expect(lowestPinned == 1)
    #expect(stealable == (1, 1))
  }

  @Test(arguments: [1, 2, 8, 64])
  func twoLooksInABatchGoToTheMailbox(batch: Int) {
    var order = TrackOrder()
    var looks = 0
    for _ in 0..<64 {
      order.advance()
      if order.looksAtMailbox(batch: batch) { looks += 1 }
    }
    // One of the two falls to the pinned track.
    #expect(looks == min(64, 64 / batch * 2))
  }

  // MARK: Stealing

  @Test(arguments: [1, 2, 3, 64])
  func thievesBeginAnywhere(count: Int) {
    for index in 0..<count {
      var policy = StealPolicy(index: index)
      var firsts = Array(repeating: 0, count: count)
      for _ in 0..<count * 200 { firsts[policy.firstVictim(of: count)] += 1 }
      #expect(firsts.allSatisfy { $0 > 100 && $0 < 400 }, "\(firsts)")
    }
  }

  @Test func workersDoNotDrawTheSameVictims() {
    var first = StealPolicy(index: 0)
    var second = StealPolicy(index: 1)
    let draws = (0..<32).map { _ in (first.firstVictim(of: 64), second.firstVictim(of: 64)) }
    #expect(draws.count { $0.0 == $0.1 } < 4)
  }

  @Test func oneOfTwoWorkersSearchesAndTwoOfMore() {
    #expect(StealPolicy.admitsSearcher(besides: 0, of: 1))
    #expect(!StealPolicy.admitsSearcher(besides: 1, of: 2))
    #expect(StealPolicy.admitsSearcher(besides: 1, of: 3))
    #expect(!StealPolicy.admitsSearcher(besides: 2, of: 64))
  }

  // MARK: Spins

  /// Sleeps that begin without an attempt, up to the next one.
  private func skipped(_ backoff: inout SpinBackoff) -> Int {
    var count = 0
    while !backoff.mayTry() { count += 1 }
    return count
  }

  @Test func spinsThatFailBecomeRare() {
    var backoff = SpinBackoff()
    var skips: [Int] = []
    for _ in 0..<8 {
      skips.append(skipped(&backoff))
      backoff.hasFailed()
    }
    #expect(skips == [0, 1, 3, 7, 15, 31, 63, 63])
  }

  @Test func oneSpinThatPaysEndsThat() {
    var backoff = SpinBackoff()
    for _ in 0..<5 { backoff.hasFailed() }
    #expect(skipped(&backoff) == 31)
    backoff.hasPaid()
    #expect(skipped(&backoff) == 0)
    backoff.hasFailed()
    #expect(skipped(&backoff) == 1)
  }

  // MARK: Lingering

  @Test func mainComesBackForAWhileAfterItHasHandedWorkOver() {
    var linger = Linger()
    linger.hasBeenBusy(at: 1_000, hasHandedOver: true)
    let answers = [1_000, 999 + lingerTime, 1_000 + lingerTime].map { linger.comesBack(at: $0) }
    #expect(answers == [true, true, false])
  }

  @Test func mainSleepsAtOnceWhereItHasHandedNothingOver() {
    var linger = Linger()
    linger.hasBeenBusy(at: 1_000, hasHandedOver: false)
    let comesBack = linger.comesBack(at: 1_000)
    #expect(!comesBack)
  }

  @Test func lingeringThatBroughtNothingBecomesRare() {
    var linger = Linger()
    var time: Int64 = 0
    var lingered: [Bool] = []
    for _ in 0..<8 {
      linger.hasBeenBusy(at: time, hasHandedOver: true)
      lingered.append(linger.comesBack(at: time))
      time += 2 * lingerTime
      _ = linger.comesBack(at: time)
    }
    #expect(lingered == [true, false, true, false, false, false, true, false])
  }

  @Test func lingeringThatBroughtWorkGoesOn() {
    var linger = Linger()
    for time in Int64(0)..<8 {
      linger.hasBeenBusy(at: time, hasHandedOver: true)
      let comesBack = linger.comesBack(at: time)
      #expect(comesBack)
    }
  }

  @Test func lingeringEndsWithTheWorkThatItBrought() {
    var linger = Linger()
    linger.hasBeenBusy(at: 0, hasHandedOver: true)
    let first = linger.comesBack(at: 0)
    // Work came, and was not handed on: main sleeps, and that is no failure.
    linger.hasBeenBusy(at: 1_000, hasHandedOver: false)
    let second = linger.comesBack(at: 1_000)
    linger.hasBeenBusy(at: 2_000, hasHandedOver: true)
    let third = linger.comesBack(at: 2_000)
    #expect([first, second, third] == [true, false, true])
  }

  // MARK: Dozing

  /// A sleep that mail ends after `interval`, for one job.
  private func sleep(_ doze: inout Doze, _ time: inout Int64, _ jobs: inout Int, after interval: Int64) -> Bool {
    time += interval
    doze.isOver(at: time)
    doze.hasMail()
    jobs += 1
    return doze.decide(at: time, jobsRun: jobs)
  }

  @Test func mainDozesAfterTwoFastSleepsWhereItSharesAProcessor() {
    for processors in [2, 3] {
      var doze = Doze()
      var (time, jobs): (Int64, Int) = (0, 0)
      doze.countThreads(2, processors: processors)
      _ = doze.decide(at: time, jobsRun: jobs)
      let dozes = (0..<3).map { _ in sleep(&doze, &time, &jobs, after: 30_000) }
      #expect(dozes == (processors == 2 ? [false, true, true] : [false, false, false]))
      #expect(doze.end == (processors == 2 ? time + dozeTime : nil))
    }
  }

  @Test func slowMailEndsThatByAndBy() {
    var doze = Doze()
    var (time, jobs): (Int64, Int) = (0, 0)
    doze.countThreads(1, processors: 1)
    for _ in 0..<10 { _ = sleep(&doze, &time, &jobs, after: 30_000) }
    let dozes = (0..<4).map { _ in sleep(&doze, &time, &jobs, after: 2_000_000) }
    #expect(dozes == [true, true, false, false])
  }

  @Test func onlyMailMakesASleepFast() {
    var doze = Doze()
    var (time, jobs): (Int64, Int) = (0, 0)
    doze.countThreads(1, processors: 1)
    _ = sleep(&doze, &time, &jobs, after: 30_000)
    // Ended by timers, at once.
    let dozes = (0..<4).map { _ in
      time += 30_000
      jobs += 1
      return doze.decide(at: time, jobsRun: jobs)
    }
    #expect(dozes == [false, false, false, false])
  }

  @Test func workHandedOverEndsItAtOnce() {
    var doze = Doze()
    var (time, jobs): (Int64, Int) = (0, 0)
    doze.countThreads(1, processors: 1)
    for _ in 0..<10 { _ = sleep(&doze, &time, &jobs, after: 30_000) }
    doze.hasHandedOver()
    #expect(!sleep(&doze, &time, &jobs, after: 30_000))
  }

  @Test func lateTimersEndItUntilWorkIsHandedOver() {
    var doze = Doze()
    var (time, jobs): (Int64, Int) = (0, 0)
    doze.countThreads(1, processors: 1)
    for _ in 0..<10 { _ = sleep(&doze, &time, &jobs, after: 30_000) }
    time += 20 * dozeTime
    doze.isOver(at: time)
    #expect(doze.end == nil)
    for _ in 0..<10 { #expect(!sleep(&doze, &time, &jobs, after: 30_000)) }
    doze.hasHandedOver()
    let dozes = (0..<3).map { _ in sleep(&doze, &time, &jobs, after: 30_000) }
    #expect(dozes == [false, true, true])
  }
}
