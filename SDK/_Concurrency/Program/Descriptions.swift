import Swift

// What values of this library say of themselves. Natively these are printed by reflection, which Embedded Swift does
// not have.

extension CancellationError: CustomStringConvertible {
  /// `CancellationError()`, with the reason where that is a deadline.
  public var description: String {
    reason == .userRequested ? "CancellationError()" : "CancellationError(reason: \(reason))"
  }
}

extension CancellationError.Reason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .userRequested: "userRequested"
    case .deadlineExpired: "deadlineExpired"
    }
  }
}

extension ContinuousClock.Instant: CustomStringConvertible {
  /// Since the start of the program.
  public var description: String { "Instant(\(offset))" }
}

extension SuspendingClock.Instant: CustomStringConvertible {
  /// Since the start of the program.
  public var description: String { "Instant(\(offset))" }
}

extension SystemClockID: CustomStringConvertible {
  public var description: String {
    switch self {
    case .continuous: "continuous"
    case .suspending: "suspending"
    }
  }
}

extension JobPriority: CustomStringConvertible {
  public var description: String { "JobPriority(rawValue: \(rawValue))" }
}

extension AsyncStream.Continuation.Termination: CustomStringConvertible {
  public var description: String {
    switch self {
    case .finished: "finished"
    case .cancelled: "cancelled"
    }
  }
}

extension AsyncStream.Continuation.YieldResult: CustomStringConvertible
where Element: CustomStringConvertible {
  public var description: String {
    switch self {
    case .enqueued(let remaining): "enqueued(remaining: \(remaining))"
    case .dropped(let element): "dropped(\(element))"
    case .terminated: "terminated"
    }
  }
}

extension AsyncStream.Continuation.BufferingPolicy: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unbounded: "unbounded"
    case .bufferingOldest(let count): "bufferingOldest(\(count))"
    case .bufferingNewest(let count): "bufferingNewest(\(count))"
    }
  }
}

extension AsyncThrowingStream.Continuation.Termination: CustomStringConvertible
where Failure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .finished(let error): "finished(\(error))"
    case .cancelled: "cancelled"
    }
  }
}

extension AsyncThrowingStream.Continuation.YieldResult: CustomStringConvertible
where Element: CustomStringConvertible {
  public var description: String {
    switch self {
    case .enqueued(let remaining): "enqueued(remaining: \(remaining))"
    case .dropped(let element): "dropped(\(element))"
    case .terminated: "terminated"
    }
  }
}

extension AsyncThrowingStream.Continuation.BufferingPolicy: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unbounded: "unbounded"
    case .bufferingOldest(let count): "bufferingOldest(\(count))"
    case .bufferingNewest(let count): "bufferingNewest(\(count))"
    }
  }
}
