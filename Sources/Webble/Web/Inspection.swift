#if arch(wasm32)
import CRuntime
import WebbleAllocator
import WebbleScheduler
@_spi(Webble) import _Concurrency

// What dumps know of a page's program, by the record that the SDK's concurrency library keeps in builds for
// inspection. In others all of it is empty.

/// Says what the current task is about to wait for: in the body of `withUnsafeContinuation`.
@inline(__always)
func willWait(for kind: Awaited, at object: AnyObject) {
  if isInspecting {
    recordWait(WaitKind(rawValue: kind.rawValue)!, Unmanaged.passUnretained(object).toOpaque(), 0)
  }
}

/// The current task is about to end with an error for its handle.
@inline(__always)
func willReturnError() { _noteError() }

/// The thread is about to sleep for a Mutex, or has slept.
@inline(__always)
func willBlock(at word: UnsafeRawPointer?) {
  if isInspecting { recordWait(word == nil ? .nothing : .mutex, word, 0) }
}

/// The current task has locked what others may wait for.
@inline(__always)
func hasLocked(_ object: AnyObject) {
  if isInspecting { recordHeld(Unmanaged.passUnretained(object).toOpaque()) }
}

@inline(__always)
func willUnlock(_ object: AnyObject) {
  if isInspecting { recordReleased(Unmanaged.passUnretained(object).toOpaque()) }
}

/// Whether workers can note how long tasks wait for them.
var knowsWhenTasksAreReady: Bool { isInspecting }

/// Those that have not closed, the oldest first.
private let inspectedPools = Mutex<[PoolPointer]>([])

@inline(__always)
func list(_ pool: PoolPointer) {
  if isInspecting { inspectedPools.withLockBriefly { $0.append(pool) } }
}

@inline(__always)
func unlist(_ pool: PoolPointer) {
  if isInspecting { inspectedPools.withLockBriefly { pools in pools.removeAll { $0 == pool } } }
}

func allPools() -> [PoolPointer] { inspectedPools.withLockBriefly { $0 } }

func makeDump(of pools: [PoolPointer]) -> PoolDump {
  let workers = pools.indices.flatMap { pool in
    (0..<pools[pool].pointee.workerCount).map { WorkerDump(pools[pool].pointee.worker($0), pool: pool) }
  }
  let records = inspectedTasks()
  var identifiers: [UInt: Int] = [:]
  for record in records { identifiers[record.address] = Int(record.identifier) }
  var known: [UInt: DumpedFunction] = [:]
  func function(_ index: UInt) -> DumpedFunction {
    if let function = known[index] { return function }
    let function = DumpedFunction(functionName(index))
    known[index] = function
    return function
  }
  let tasks = records.map { record in
    TaskDump(record, awaited: identifiers[record.waitObject], function: function)
  }
  return PoolDump(workers: workers, tasks: tasks, recordsTasks: isInspecting)
}

extension TaskDump {
  fileprivate init(_ record: InspectedTask, awaited: Int?, function: (UInt) -> DumpedFunction) {
    identifier = Int(record.identifier)
    self.name = record.name
    switch record.state {
    case .ready: state = .ready
    case .running: state = .running
    case .waiting: state = .waiting
    }
    if let worker = record.homeWorker, worker.pointee.pool != nil {
      track = .pinned
      home = "worker \(worker.pointee.index)"
    } else if let pool = record.homePool {
      track = .stealable
      home = "a pool of \(pool.pointee.workerCount) workers"
    } else if record.hasCustomHome {
      track = .custom
      home = "an executor of the program's"
    } else {
      track = .main
      home = "main"
    }
    thread = record.worker.map { $0.pointee.pool == nil ? .main : .worker($0.pointee.index) }
    priority = TaskPriority(rawValue: record.priority)
    isCancelled = record.isCancelled
    let kind = Awaited(rawValue: record.waitKind.rawValue) ?? .nothing
    if kind != .nothing, record.state == .waiting || kind == .mutex && record.state == .running {
      waitsFor = Wait(
        kind: kind, address: record.waitObject, task: kind == .task ? awaited : nil,
        remaining: kind == .timer ? .nanoseconds(record.deadline - nanoseconds()) : nil)
    } else {
      waitsFor = nil
    }
    parent = record.parent == 0 ? nil : Int(record.parent)
    creator = record.creator == 0 ? nil : Int(record.creator)
    heldLocks = record.held
    pollsCount = Int(truncatingIfNeeded: record.polls)
    busyDuration = .nanoseconds(record.runTime)
    age = .nanoseconds(record.age)
    timeInState = .nanoseconds(record.timeInState)
    entry = function(record.entry).text
    functions = DumpedFunction.way(record.frames.map(function)).map { $0.text }
  }
}

/// Makes the memory of a thread that inspects the program: a stack, and its thread-local block.
///
/// - Returns: the address of the stack, and in the lower half that of the block.
@_cdecl("webble_make_inspector")
public func makeInspector() -> UInt64 {
  let alignment = Swift.max(UInt(webble_tls_align()), 16)
  let threadLocals = (inspectorStackSize + alignment - 1) & ~(alignment - 1)
  guard let memory = Allocator.allocate(
    byteCount: threadLocals + UInt(webble_tls_size()), alignment: alignment)
  else { return 0 }
  return UInt64(UInt(bitPattern: memory)) << 32 | UInt64(UInt(bitPattern: memory) + threadLocals)
}

/// Bytes; kept in step with inspection.js.
private let inspectorStackSize: UInt = 1 << 20

/// Makes this thread the inspector. First of all calls on it.
@_cdecl("webble_enter_inspector")
public func enterInspector(_ stack: UnsafeMutablePointer<CChar>, _ stackSize: UInt) {
  webble_thread().pointee.stack_base = stack
  webble_thread().pointee.stack_size = stackSize
  Allocator.adoptHeap()
}

/// For the glue, of builds for inspection: a dump of all of the program, as text, or as JSON. Any thread that has
/// entered the module.
///
/// - Returns: its address, and in the lower half its length; `webble_end_dump` frees it.
@_cdecl("webble_dump")
public func dumpProgram(_ isJSON: Bool) -> UInt64 {
  let dump = ThreadPool.dump()
  return lend(isJSON ? DumpJSON(dump).text : dump.description)
}

/// As JSON, with what the memory holds, for the live view. From the first on, workers note times.
@_cdecl("webble_snapshot")
public func snapshotOfProgram() -> UInt64 {
  for pool in allPools() {
    for index in 0..<pool.pointee.workerCount { pool.pointee.worker(index).recordTimes() }
  }
  return lend(DumpJSON(ofAllWithMemory: ThreadPool.dump()).text)
}

/// The same of the tasks that have run for as many milliseconds without coming back to the event loop: for each a
/// line with its identifier, how often it was resumed, and a text, with tabs between.
@_cdecl("webble_hung_tasks")
public func hungTasks(_ milliseconds: Double) -> UInt64 {
  let tasks = inspectedTasks(runningFor: Int64(milliseconds * 1_000_000))
  return lend(
    tasks.map { task in
      let thread = task.worker?.pointee.pool == nil ? "The main thread" : "Worker \(task.worker!.pointee.index)"
      let name = task.name.map { " \"\($0)\"" } ?? ""
      return "\(task.identifier)\t\(task.polls)\t\(thread) has not come back to its event loop for "
        + "\(Duration.nanoseconds(task.timeInState).text): task \(task.identifier)\(name) runs there, begun at "
        + "\(DumpedFunction(functionName(task.entry)).text)"
    }.joined(separator: "\n"))
}

/// A copy of the text's bytes: its address, and in the lower half its length.
func lend(_ text: String) -> UInt64 {
  let bytes = UnsafeMutableRawPointer.allocate(byteCount: text.utf8.count, alignment: 1)
  for (index, byte) in text.utf8.enumerated() { bytes.storeBytes(of: byte, toByteOffset: index, as: UInt8.self) }
  return UInt64(UInt(bitPattern: bytes)) << 32 | UInt64(text.utf8.count)
}

@_cdecl("webble_end_dump")
public func endDump(_ text: UnsafeMutableRawPointer) { text.deallocate() }
#endif
