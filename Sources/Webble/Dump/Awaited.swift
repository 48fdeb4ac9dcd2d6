/// What a task waits for, as its dump names it. The numbers are those of the SDK's `WaitKind`.
public enum Awaited: UInt32, Sendable {
  case nothing = 0
  /// A continuation of the program's own.
  case continuation
  case timer
  /// The result or the end of another task.
  case task
  /// A child of a task group.
  case group
  case actor
  /// The next element of an `AsyncStream`.
  case stream
  case channelSend, channelReceive, select
  /// An `AsyncMutex` or `AsyncSemaphore`.
  case permit
  case rwLock, barrier, latch
  /// A promise or an event of JavaScript.
  case promise, event
  /// An answer of another thread.
  case otherThread
  case poolStart, poolEnd
  /// A `Mutex`, for which the thread sleeps.
  case mutex

  /// As it stands behind "waits for" in texts.
  package var phrase: StaticString {
    switch self {
    case .nothing: "nothing"
    case .continuation: "a continuation"
    case .timer: "a timer"
    case .task: "task"
    case .group: "a child of its group"
    case .actor: "actor"
    case .stream: "an element of stream"
    case .channelSend: "room in channel"
    case .channelReceive: "an element of channel"
    case .select: "one of several channels"
    case .permit: "lock or semaphore"
    case .rwLock: "reader-writer lock"
    case .barrier: "barrier"
    case .latch: "latch"
    case .promise: "a promise"
    case .event: "an event"
    case .otherThread: "an answer of another thread"
    case .poolStart: "the start of pool"
    case .poolEnd: "the end of pool"
    case .mutex: "Mutex"
    }
  }

  /// Whether texts tell one from another by its address.
  package var hasAddress: Bool {
    switch self {
    case .actor, .stream, .channelSend, .channelReceive, .permit, .rwLock, .barrier, .latch, .poolStart,
      .poolEnd, .mutex:
      true
    default: false
    }
  }
}

extension Awaited: CustomStringConvertible {
  /// What is waited for, in words: "a timer", "an element of channel".
  public var description: String { phrase.description }
}
