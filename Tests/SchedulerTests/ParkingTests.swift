import Interleavings
import Synchronization
import Testing
import Threads

@testable import NativeScheduler

@Suite struct ParkingTests {
  // MARK: Every interleaving

  @Test(arguments: [
    ParkingModel(producers: 1, jobsEach: 3, spurious: 2),
    ParkingModel(producers: 2, jobsEach: 2, spurious: 1),
    ParkingModel(producers: 3, jobsEach: 1, spurious: 1),
    ParkingModel(producers: 1, jobsEach: 3, callbacks: 3, spurious: 1),
    ParkingModel(producers: 2, jobsEach: 2, callbacks: 2, spurious: 1),
  ])
  func noInterleavingLosesAWakeUp(model: ParkingModel) {
    let result = explore(from: model)
    #expect(result.fault?.description == nil, "after \(result.fault?.path ?? [])")
    #expect(result.stateCount > 500)
  }

  /// The model is worth something only if it notices a broken protocol.
  @Test(arguments: ParkingModel.Variant.allCases.filter { $0 != .asWritten })
  func theModelFindsTheLostWakeUpOfABrokenProtocol(variant: ParkingModel.Variant) {
    let result = explore(from: ParkingModel(variant, producers: 2, jobsEach: 1))
    #expect(result.fault?.description.hasPrefix("lost wake-up") == true)
  }

  // MARK: The real word

  @Test func onlyAParkedWorkerIsNotified() {
    let parking = Parking()
    #expect(UInt(bitPattern: parking.address) % UInt(cacheLineSize) == 0)
    #expect((parking.state, parking.unparkIfParked()) == (.running, false))
    #expect(parking.prepareToPark() == .lookAgainThenWait)
    #expect(parking.prepareToPark() == .alreadyWaiting)
    #expect((parking.state, parking.unparkIfParked()) == (.parked, true))
    #expect((parking.state, parking.unparkIfParked()) == (.notified, false))
    #expect(parking.prepareToPark() == .wakeUnderWay)
    #expect(parking.wait(nanoseconds: -1) == .woken)
    parking.wake()
    #expect((parking.state, parking.unparkIfParked()) == (.running, false))
    #expect(parking.prepareToPark() == .lookAgainThenWait)
    parking.cancelPark()
    #expect(parking.state == .running)
  }

  @Test func aWaitEndsWithItsTime() {
    let parking = Parking()
    #expect(parking.prepareToPark() == .lookAgainThenWait)
    #expect(parking.wait(nanoseconds: 1) == .timedOut)
    parking.wake()
    #expect(parking.state == .running)
  }

  private struct Worker: ~Copyable, Sendable {
    let mailbox = Mailbox()
    let parking = Parking()
  }

  /// Each producer waits for its job to be run before it pushes the next, so that the worker runs
  /// dry all the time and every job needs its wake-up.
  @Test(arguments: [1, 3])
  func everyPushWakesTheWorker(producers: Int) {
    let each = 3_000
    let jobs = Jobs(producers * each)
    let worker = Shared(Worker())
    let done = Tally(jobs.count)
    let replies = (0..<producers).map { _ in Shared(Worker()) }
    onThreads(producers + 1) { thread in
      if thread == producers {
        drain(worker.value, until: jobs.count) { job in
          done.add(number(of: job))
          let reply = replies[number(of: job) / each]
          reply.value.mailbox.push(job)
          reply.value.parking.unparkIfParked()
        }
      } else {
        for number in thread * each..<(thread + 1) * each {
          worker.value.mailbox.push(jobs[number])
          worker.value.parking.unparkIfParked()
          drain(replies[thread].value, until: 1) { #expect($0 == jobs[number]) }
        }
      }
    }
    #expect(done.all.allSatisfy { $0 == 1 })
  }

  private func drain(_ worker: borrowing Worker, until count: Int, run: (Job) -> Void) {
    var ran = 0
    while true {
      var list = worker.mailbox.takeAll()
      while let job = list.popFirst() {
        run(job)
        ran += 1
      }
      if ran == count { return }
      #expect(worker.parking.prepareToPark() == .lookAgainThenWait)
      if worker.mailbox.isEmpty {
        let result = worker.parking.wait(nanoseconds: 20_000_000_000)
        #expect(result == .woken, "a wake-up was lost")
        worker.parking.wake()
      } else {
        worker.parking.cancelPark()
      }
    }
  }
}
