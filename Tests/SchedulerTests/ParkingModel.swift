import Interleavings

@testable import NativeScheduler

/// One worker with its queue and futex word, and the producers that push to it. The transitions of
/// the word are those of `ParkState`, which the real code calls too.
struct ParkingModel: InterleavingModel, Sendable {
  /// The protocol as it is, or with one of its orders turned round.
  enum Variant: CaseIterable, Sendable {
    case asWritten
    /// The worker takes its last look before the word says `parked`.
    case looksBeforeItParks
    /// The producer looks at the word before its job is in the queue.
    case producerLooksBeforeItPushes
    /// The producer notifies without having moved the word, which the worker then finds `parked`.
    case producerDoesNotMoveTheWord
  }

  enum WorkerStep: Hashable, Sendable {
    case drain
    case lookTooEarly
    case prepare
    case storePrepared(ParkState, ParkState.NextStep)
    case look
    case cancel
    case wait
    /// Blocked in the futex, or idle on the event loop while the asynchronous wait is under way.
    case waiting
    case wake
    /// In a callback of the event loop's, other than the asynchronous wait's own: runs jobs while
    /// the word stays as it is.
    case drainInCallback
    case prepareInCallback
    case failed(String)
  }

  enum ProducerStep: Hashable, Sendable {
    case push
    case load
    case exchange(ParkState)
    case notify
    case loadTooEarly
    case pushTooLate(ParkState)
    case done
  }

  /// The futex's view of the worker.
  enum Waiter: Hashable, Sendable {
    case none
    case armed
    /// Notified: the blocked thread, or the callback, is going to run.
    case notified
  }

  struct Producer: Hashable, Sendable {
    var step: ProducerStep
    var jobsLeft: Int
  }

  let variant: Variant
  var queue = 0
  var word = ParkState.running
  var waiter = Waiter.none
  var worker = WorkerStep.drain
  var producers: [Producer]
  /// How many callbacks with a job for this worker the event loop may still run.
  var callbacksLeft: Int
  /// How often the wait may still end without cause.
  var spuriousLeft: Int

  init(
    _ variant: Variant = .asWritten, producers: Int, jobsEach: Int, callbacks: Int = 0,
    spurious: Int = 0
  ) {
    self.variant = variant
    let first: ProducerStep = variant == .producerLooksBeforeItPushes ? .loadTooEarly : .push
    self.producers = Array(repeating: Producer(step: first, jobsLeft: jobsEach), count: producers)
    callbacksLeft = callbacks
    spuriousLeft = spurious
  }

  func fault(isAtRest: Bool) -> String? {
    if case .failed(let description) = worker { return description }
    guard isAtRest else { return nil }
    if queue > 0 { return "lost wake-up: \(queue) jobs wait for a worker that sleeps" }
    return worker == .waiting && waiter == .armed ? nil : "the worker sleeps with no waiter armed"
  }

  func steps() -> (certain: [ParkingModel], possible: [ParkingModel]) {
    var certain: [ParkingModel] = []
    for index in producers.indices where producers[index].step != .done {
      certain.append(with { $0.stepProducer(index) })
    }
    guard worker == .waiting else {
      if case .failed = worker { return (certain, []) }
      return (certain + [with { $0.stepWorker() }], [])
    }
    if waiter == .notified { certain.append(with { $0.endWait() }) }
    var possible: [ParkingModel] = []
    if waiter == .armed, spuriousLeft > 0 {
      possible.append(
        with {
          $0.spuriousLeft -= 1
          $0.endWait()
        })
    }
    if callbacksLeft > 0 {
      possible.append(
        with {
          $0.callbacksLeft -= 1
          $0.queue += 1
          $0.worker = .drainInCallback
        })
    }
    return (certain, possible)
  }

  private func with(_ change: (inout ParkingModel) -> Void) -> ParkingModel {
    var copy = self
    change(&copy)
    return copy
  }

  private mutating func endWait() {
    waiter = .none
    worker = .wake
  }

  private mutating func stepWorker() {
    switch worker {
    case .drain:
      if queue > 0 {
        queue = 0
      } else {
        worker = variant == .looksBeforeItParks ? .lookTooEarly : .prepare
      }
    case .lookTooEarly:
      worker = queue > 0 ? .drain : .prepare
    case .prepare:
      let (state, next) = word.preparingToPark()
      worker = .storePrepared(state, next)
    case .storePrepared(let state, let next):
      word = state
      worker =
        next != .lookAgainThenWait
        ? .failed("a worker that had marked itself running parks as \(next)")
        : variant == .looksBeforeItParks ? .wait : .look
    case .look:
      worker = queue > 0 ? .cancel : .wait
    case .cancel, .wake:
      word = .running
      worker = .drain
    case .wait:
      // The futex compares and sleeps in one step.
      if word == .parked {
        waiter = .armed
        worker = .waiting
      } else {
        worker = .wake
      }
    case .drainInCallback:
      if queue > 0 { queue = 0 } else { worker = .prepareInCallback }
    case .prepareInCallback:
      let (state, next) = word.preparingToPark()
      worker =
        state == word && next != .lookAgainThenWait
        ? .waiting : .failed("the word changed to running during a callback")
    case .waiting, .failed:
      break
    }
  }

  private mutating func stepProducer(_ index: Int) {
    switch producers[index].step {
    case .push:
      queue += 1
      producers[index].step = .load
    case .load:
      act(index, onSeeing: word)
    case .loadTooEarly:
      producers[index].step = .pushTooLate(word)
    case .pushTooLate(let seen):
      queue += 1
      act(index, onSeeing: seen)
    case .exchange(let expected):
      if word == expected, let desired = expected.unparking() {
        if variant != .producerDoesNotMoveTheWord { word = desired }
        producers[index].step = .notify
      } else {
        finishJob(index)
      }
    case .notify:
      if waiter == .armed { waiter = .notified }
      finishJob(index)
    case .done:
      break
    }
  }

  private mutating func act(_ index: Int, onSeeing seen: ParkState) {
    if seen.unparking() != nil {
      producers[index].step = .exchange(seen)
    } else {
      finishJob(index)
    }
  }

  private mutating func finishJob(_ index: Int) {
    producers[index].jobsLeft -= 1
    producers[index].step =
      producers[index].jobsLeft == 0
      ? .done : variant == .producerLooksBeforeItPushes ? .loadTooEarly : .push
  }
}
