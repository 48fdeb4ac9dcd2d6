import CRuntime
import Swift
import WebbleAtomics
import WebbleAllocator
import WebbleScheduler

// Jobs and the tasks that they stand for: see QueueTicket.

extension UnsafeMutablePointer where Pointee == webble_task {
  @inline(__always)
  fileprivate var ticket: UnsafeMutablePointer<Atomic<UInt>> { atomic(webble_task_ticket(self)) }

  /// Whether nobody can requeue the task: no reference but its own is left, and no parent lists it.
  /// The load acquires what the threads that let go of it have done to it.
  @inline(__always)
  private var isOutOfReach: Bool {
    webble_reference_count(self) == 1 && pointee.flags & TaskFlags.child == 0
  }

  private var isStandIn: Bool { pointee.flags & TaskFlags.isStandIn != 0 }

  /// The job by which the task, which the caller has alone, is to be queued in `place`.
  @inline(__always)
  func queued(in place: QueueTicket.Place) -> TaskPointer {
    let ticket = QueueTicket(word: ticket.pointee.load(ordering: .relaxed))
    guard !ticket.isLinked else { return queuedAgain(in: place) }
    // Nobody else changes the ticket of a task that is in no queue. The queue publishes it.
    pointee.ticket = ticket.enqueuing(in: place).word
    return self
  }

  /// The same, while the task's own job may lie in a queue, void.
  @inline(never)
  private func queuedAgain(in place: QueueTicket.Place) -> TaskPointer {
    var seen = ticket.pointee.load(ordering: .relaxed)
    while true {
      let next = QueueTicket(word: seen).enqueuing(in: place)
      if next.isOwn {
        ticket.pointee.store(next.word, ordering: .relaxed)
        return self
      }
      let standIn = makeStandIn(number: next.number)
      let (exchanged, original) = ticket.pointee.compareExchange(
        expected: seen, desired: next.word, ordering: .acquiringAndReleasing)
      if exchanged { return standIn }
      standIn.discard()
      seen = original
    }
  }

  /// The task that the job, just popped, stands for; nil if the job is void.
  @inline(__always)
  func claimed() -> TaskPointer? {
    if !isStandIn {
      if isOutOfReach, QueueTicket(word: pointee.ticket).isOwn {
        pointee.ticket = QueueTicket(word: pointee.ticket).poppingOwn().0.word
        return self
      }
      let ticket = QueueTicket(word: ticket.pointee.load(ordering: .relaxed))
      let (next, isValid) = ticket.poppingOwn()
      if isValid, self.ticket.pointee.compareExchange(
        expected: ticket.word, desired: next.word, ordering: .acquiringAndReleasing
      ).exchanged {
        return self
      }
    }
    return claimedSlowly()
  }

  @inline(never)
  private func claimedSlowly() -> TaskPointer? {
    if isStandIn {
      let task = pointee.closure.unsafelyUnwrapped.assumingMemoryBound(to: webble_task.self)
      let isValid = task.takeTicket { $0.poppingStandIn(UInt(pointee.identifier)) }
      discard()
      // Its own reference keeps the task until it has run.
      return isValid ? task : nil
    }
    var isValid = false
    _ = takeTicket { ticket in
      let (next, claims) = ticket.poppingOwn()
      isValid = claims
      return next
    }
    if isValid { return self }
    swift_release(UnsafeMutableRawPointer(self))
    return nil
  }

  /// - Returns: false if `transition` returned nil.
  private func takeTicket(_ transition: (QueueTicket) -> QueueTicket?) -> Bool {
    var seen = ticket.pointee.load(ordering: .acquiring)
    while let next = transition(QueueTicket(word: seen)) {
      let (exchanged, original) = ticket.pointee.compareExchange(
        expected: seen, desired: next.word, ordering: .acquiringAndReleasing)
      if exchanged { return true }
      seen = original
    }
    return false
  }

  /// Queues the task anew, with the priority that it now has, if it is queued. Any thread that keeps it.
  func requeue() {
    var seen = ticket.pointee.load(ordering: .acquiring)
    while let (next, voidsOwn) = QueueTicket(word: seen).replacing() {
      let standIn = makeStandIn(number: next.number)
      if voidsOwn { swift_retain(UnsafeMutableRawPointer(self)) }
      let (exchanged, original) = ticket.pointee.compareExchange(
        expected: seen, desired: next.word, ordering: .acquiringAndReleasing)
      if exchanged {
        // The task cannot run before the stand-in is popped.
        if next.place == .line {
          join(standIn, pointee.target.identity)
        } else {
          standIn.push(to: pointee.home, yielding: false)
        }
        return
      }
      if voidsOwn { swift_release(UnsafeMutableRawPointer(self)) }
      standIn.discard()
      seen = original
    }
  }

  private func makeStandIn(number: UInt) -> TaskPointer {
    let job = allocateOrStop(UInt(MemoryLayout<webble_task>.size), alignment: 16)
      .bindMemory(to: webble_task.self, capacity: 1)
    job.initialize(to: webble_task())
    job.pointee.flags = TaskFlags.isStandIn
    job.pointee.identifier = UInt32(truncatingIfNeeded: number)
    job.pointee.status = TaskStatus(priority: currentStatus.priority).word
    job.pointee.closure = swift_retain(UnsafeMutableRawPointer(self))
    return job
  }

  /// Frees a stand-in.
  private func discard() {
    swift_release(pointee.closure.unsafelyUnwrapped)
    Allocator.deallocate(self)
  }
}
