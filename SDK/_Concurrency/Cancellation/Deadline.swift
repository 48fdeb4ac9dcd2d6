import Builtin
import CRuntime
import Swift
import WebbleAtomics

// Deadlines (SE-0526): a scope, and a task that sleeps until the deadline and then cancels what is in it.

/// What the scope and the sleeping task share. The record's state word says who may still touch the task:
///
///     armed ── the deadline ──▶ running ── all is cancelled ──▶ finished
///       │                          │ the scope ends: its task waits
///       │ the scope ends           ▼
///       ▼                       awaited ──▶ (the sleeping task resumes it)
///     finished
///
/// Leaving `armed` is one exchange; a sleeping task that loses it touches the deadline's own memory only. The
/// task itself is kept, for it may have been abandoned meanwhile.
class DeadlineScope: @unchecked Sendable {
  let record: HandlerRecordPointer
  private let task: TaskPointer

  init(of task: TaskPointer) {
    self.task = task
    swift_retain(UnsafeMutableRawPointer(task))
    record = HandlerRecordPointer.allocate(capacity: 1)
    record.initialize(
      to: HandlerRecord(
        next: nil, state: RecordState.armed, function: nil, context: nil, kind: .deadline))
    record.pointee.context = Unmanaged.passUnretained(self).toOpaque()
  }

  deinit {
    record.deallocate()
    swift_release(UnsafeMutableRawPointer(task))
  }

  static func of(_ record: HandlerRecordPointer) -> DeadlineScope {
    Unmanaged<DeadlineScope>.fromOpaque(record.pointee.context.unsafelyUnwrapped).takeUnretainedValue()
  }

  /// - Returns: whether the scope was still armed.
  private func leaveArmed(for next: UInt) -> Bool {
    _Concurrency.state(record).pointee.compareExchange(
      expected: RecordState.armed, desired: next, ordering: .acquiringAndReleasing
    ).exchanged
  }

  /// The deadline has come. On any thread.
  func expire() {
    guard leaveArmed(for: RecordState.running) else { return }
    cancelInside(record, of: task, .deadlineExpired)
    endRunning(record, as: RecordState.finished)
  }

  final func open() { _Concurrency.open(record, of: task) }

  /// Ends the scope, which was opened last, and waits for what expires it meanwhile.
  nonisolated(nonsending) final func close() async {
    _ = leaveArmed(for: RecordState.finished)
    await removeHandler(UnsafeMutableRawPointer(record))
    leaveScope(task)
  }
}

/// A deadline of one clock's.
final class ClockDeadline<C: Clock & Identifiable>: DeadlineScope, @unchecked Sendable {
  let clock: C.ID
  let instant: C.Instant

  init(of task: TaskPointer, _ clock: C, _ instant: C.Instant) {
    self.clock = clock.id
    self.instant = instant
    super.init(of: task)
  }
}

/// Looks at the deadlines that the current task is in, its own and then its parents', the innermost first,
/// until `body` returns true.
///
/// - Parameter throughShields: whether to look beyond the innermost shield, too.
private func searchDeadlines(throughShields: Bool, _ body: (DeadlineScope) -> Bool) {
  guard var task = currentThread().pointee.task else { return }
  var next = innermostScope(task)
  while true {
    while let scope = next {
      if scope.pointee.kind == .deadline {
        if body(.of(scope)) { return }
      } else if !throughShields {
        return
      }
      next = nearestScope(scope.pointee.next)
    }
    guard task.pointee.flags & TaskFlags.child != 0, let parent = task.pointee.child.parent else { return }
    next = nearestScope(task.pointee.child.group.map { $0.scope } ?? task.scope)
    task = parent
  }
}

private func nearestDeadline<C: Clock & Identifiable>(_ clock: C, throughShields: Bool) -> C.Instant? {
  var found: C.Instant?
  searchDeadlines(throughShields: throughShields) { scope in
    guard let deadline = scope as? ClockDeadline<C>, deadline.clock == clock.id else { return false }
    found = found.map { Swift.min($0, deadline.instant) } ?? deadline.instant
    return false
  }
  return found
}

extension Task where Success == Never, Failure == Never {
  /// Whether the current task, or one that it is a child of, is inside of `withDeadline`.
  public static var hasActiveDeadline: Bool {
    var isFound = false
    searchDeadlines(throughShields: true) { _ in
      isFound = true
      return true
    }
    return isFound
  }

  /// The nearest deadline on `clock` that the current task, or one that it is a child of, is inside of.
  public static func activeDeadline<C: Clock & Identifiable>(for clock: C) -> C.Instant? {
    nearestDeadline(clock, throughShields: true)
  }
}

/// Sleeps until the deadline, where the current task runs, and lets it expire.
private func startTimer<C: Clock & Identifiable>(
  _ deadline: ClockDeadline<C>, _ clock: C, _ tolerance: C.Instant.Duration?
) -> Task<Void, Never> {
  let executor = withUnsafeCurrentTask { $0?.unownedTaskExecutor?.executor }
  let instant = deadline.instant
  let flags = CreationFlags(
    inheriting: false, boxed: false, priority: Task.currentPriority, name: nil, isImmediate: false)
  let operation: @Sendable () async -> Void = {
    do throws(CancellationError) {
      try await clock.sleep(until: instant, tolerance: tolerance)
      deadline.expire()
    } catch {}
  }
  return Task<Void, Never>(
    Builtin.createTask(
      flags: flags.rawValue, initialTaskExecutor: executor, operation: unwrapped(operation)
    ).0)
}

/// Runs `body`, and cancels what is in it, but not the task, when `expiration` comes. Waits for `body` in any
/// case, and returns or throws what it does.
///
/// - Parameters:
///   - expiration: the instant by which `body` should have ended. Inside of another deadline on the same clock
///     the nearer one counts.
///   - tolerance: handed to the clock.
///   - clock: what `expiration` is an instant of.
public nonisolated(nonsending) func withDeadline<
  Return: ~Copyable, Failure: Error, C: Clock & Identifiable
>(
  _ expiration: C.Instant, tolerance: C.Instant.Duration? = nil, clock: C = ContinuousClock(),
  body: nonisolated(nonsending) () async throws(Failure) -> Return
) async throws(Failure) -> Return {
  let nearest = nearestDeadline(clock, throughShields: false)
  guard nearest.map({ expiration < $0 }) ?? true, let task = currentThread().pointee.task else {
    return try await body()
  }
  let deadline = ClockDeadline(of: task, clock, expiration)
  deadline.open()
  let timer = startTimer(deadline, clock, tolerance)
  let result: Result<Return, Failure>
  do throws(Failure) {
    result = .success(try await body())
  } catch {
    result = .failure(error)
  }
  timer.cancel()
  await deadline.close()
  return try result.get()
}

/// Runs `body`, and cancels what is in it, but not the task, when `timeout` has passed. Waits for `body` in any
/// case, and returns or throws what it does.
public nonisolated(nonsending) func withDeadline<
  Return: ~Copyable, Failure: Error, C: Clock & Identifiable
>(
  in timeout: C.Instant.Duration, tolerance: C.Instant.Duration? = nil, clock: C = ContinuousClock(),
  body: nonisolated(nonsending) () async throws(Failure) -> Return
) async throws(Failure) -> Return {
  try await withDeadline(
    clock.now.advanced(by: timeout), tolerance: tolerance, clock: clock, body: body)
}

/// Runs `body`, and cancels what is in it, but not the task, when `timeout` has passed. Waits for `body` in any
/// case, and returns or throws what it does.
public nonisolated(nonsending) func withDeadline<Return: ~Copyable, Failure: Error>(
  in timeout: Duration, tolerance: Duration? = nil,
  body: nonisolated(nonsending) () async throws(Failure) -> Return
) async throws(Failure) -> Return {
  try await withDeadline(
    ContinuousClock.now.advanced(by: timeout), tolerance: tolerance, clock: ContinuousClock(), body: body)
}

/// Names the clocks of this library.
public enum SystemClockID: Hashable, Sendable {
  case continuous
  case suspending
}

extension ContinuousClock: Identifiable {
  public var id: SystemClockID { .continuous }
}

extension SuspendingClock: Identifiable {
  public var id: SystemClockID { .suspending }
}
