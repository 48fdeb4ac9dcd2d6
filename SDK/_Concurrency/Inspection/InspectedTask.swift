import CRuntime
import Swift
import WebbleAllocator
import WebbleScheduler

/// What a dump tells of a task: a copy, a moment old.
@_spi(Webble)
public struct InspectedTask {
  public var identifier: UInt32
  /// Names the task, as `waitObject` does.
  public var address: UInt
  public var name: String?
  public var state: TaskState
  public var waitKind: WaitKind
  public var waitObject: UInt
  /// Of a timer, in nanoseconds of the program's clock.
  public var deadline: Int64
  /// Nanoseconds since the task was made, and since it came to its state.
  public var age: Int64
  public var timeInState: Int64
  /// Nanoseconds on threads.
  public var runTime: Int64
  public var polls: UInt32
  public var priority: UInt8
  public var isCancelled: Bool
  /// The task that made it, or 0.
  public var creator: UInt32
  /// The task that it is a child of, or 0.
  public var parent: UInt32
  /// Where its generic code runs; both nil on the main thread, and with an executor of the program's.
  public var homeWorker: WorkerPointer?
  public var homePool: PoolPointer?
  /// Whether its home is an executor of the program's own.
  public var hasCustomHome: Bool
  /// On whose thread it runs, or ran last.
  public var worker: WorkerPointer?
  /// Of the locks that it holds.
  public var held: [UInt]
  /// Where its code begins, and where it continues, with the functions that await that within the task, innermost
  /// first: indices in the table of functions.
  public var entry: UInt
  public var frames: [UInt]
}

/// All live tasks, the oldest first; none in a program that is not built for inspection. Any thread.
///
/// - Parameter limit: only those that have run for as many nanoseconds without a suspension.
@_spi(Webble)
public func inspectedTasks(runningFor limit: Int64? = nil) -> [InspectedTask] {
  let now = monotonicNanoseconds()
  var tasks: [InspectedTask] = []
  forEachInspected { task, record in
    if let limit, record.state != TaskState.running.rawValue || now - record.since < limit { return }
    let home = task.pointee.home
    var held: [UInt] = []
    var lock = record.held
    while let one = lock {
      held.append(one.pointee.object)
      lock = one.pointee.next
    }
    let state = TaskState(rawValue: record.state) ?? .ready
    var parent: UInt32 = 0
    if task.pointee.flags & TaskFlags.child != 0, let one = task.pointee.child.parent {
      parent = one.pointee.identifier
    }
    tasks.append(
      InspectedTask(
        identifier: task.pointee.identifier, address: UInt(bitPattern: task),
        name: task.pointee.name.map { String(cString: $0) }, state: state,
        waitKind: WaitKind(rawValue: record.wait_kind) ?? .nothing, waitObject: record.wait_object,
        deadline: record.deadline, age: now - record.made, timeInState: now - record.since,
        runTime: record.run_time + (state == .running ? now - record.since : 0), polls: record.polls,
        priority: UInt8(truncatingIfNeeded: task.currentStatus.priority),
        isCancelled: task.currentStatus.isCancelled, creator: record.creator, parent: parent,
        homeWorker: home.implementation == ExecutorMark.worker ? WorkerPointer(bitPattern: home.identity) : nil,
        homePool: home.pool ?? (home.identity == 0 || home.implementation == ExecutorMark.global ? globalPool() : nil),
        hasCustomHome: home.identity != 0 && home.implementation != ExecutorMark.worker
          && home.implementation != ExecutorMark.pool && home.implementation != ExecutorMark.global,
        worker: record.worker?.assumingMemoryBound(to: Worker.self), held: held,
        entry: task.functionOfClosure, frames: state == .running ? [] : task.suspendedFrames))
  }
  return tasks.reversed()
}

extension UnsafeMutablePointer where Pointee == webble_task {
  fileprivate var functionOfClosure: UInt { UInt(bitPattern: pointee.entry) }

  /// The functions that wait for each other, innermost first. Another thread may resume the task meanwhile and
  /// write anything to the memory of its frames, so each address is checked before it is read.
  fileprivate var suspendedFrames: [UInt] {
    var frames: [UInt] = []
    if pointee.resume == webble_start_function() || pointee.resume == webble_start_discarding_function() { return [] }
    frames.append(UInt(bitPattern: pointee.resume))
    var context = UInt(bitPattern: pointee.context)
    while frames.count < 32, let frame = readable(context) {
      let resume = unsafeBitCast(frame.pointee.resume, to: UInt.self)
      if resume == UInt(bitPattern: webble_completion_function()) || resume == 0 { break }
      // The context of a continuation repeats where the task goes on.
      if frames.last != resume { frames.append(resume) }
      context = UInt(bitPattern: frame.pointee.parent)
    }
    return frames
  }
}

private func readable(_ address: UInt) -> UnsafePointer<webble_context>? {
  let size = UInt(MemoryLayout<webble_context>.size)
  guard address & 3 == 0, address > 1024,
    (address + size) >> 16 < webble_memory_size()
  else { return nil }
  return UnsafePointer(bitPattern: address)
}

/// What a function is called and, behind a tab, where it is, by its index in the table of functions.
@_spi(Webble)
public func functionName(_ function: UInt) -> String {
  if WEBBLE_INSPECTS == 0 { return "function \(function)" }
  return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1000) { bytes in
    let count = bytes.baseAddress.map {
      webble_js_name_function(function, UnsafeMutableRawPointer($0).assumingMemoryBound(to: CChar.self), 1000)
    } ?? 0
    if count == 0 { return "function \(function)" }
    return String(validating: bytes[..<Int(count)], as: UTF8.self) ?? "function \(function)"
  }
}
