import Webble

@inline(never) func element(_ array: [Int], _ index: Int) -> Int { array[index] }

/// Takes more stack with each call, for ever.
@inline(never) func descend(_ depth: Int) -> Int {
  var here = (depth, depth &+ 1, depth, depth)
  return withUnsafeMutablePointer(to: &here) { (descend($0.pointee.1) &* 31) ^ $0.pointee.0 }
}

/// The same with some bytes and with many, and by way of calls that no compiler knows the callee of.
@inline(never) func descendByLargeFrames(_ depth: Int) -> Int {
  var here = InlineArray<5000, Int>(repeating: depth)
  return withUnsafeMutablePointer(to: &here) {
    (descendByLargeFrames($0.pointee[depth % 5000] &+ 1) &* 31) ^ $0.pointee[0]
  }
}

final class Descent {
  var next: (Int) -> Int = { $0 }
  init() {
    next = { [unowned(unsafe) self] depth in
      var here = (depth, depth &+ 1, depth)
      return withUnsafeMutablePointer(to: &here) { (self.next($0.pointee.1) &* 31) ^ $0.pointee.0 }
    }
  }
}

func overflow(_ kind: String) -> Int {
  switch kind {
  case "large": return descendByLargeFrames(0)
  case "closure":
    let descent = Descent()
    return withExtendedLifetime(descent) { descent.next(0) }
  default: return descend(0)
  }
}

func sayWhenReady(_ pool: ThreadPool) async {
  do throws(ThreadPoolError) {
    try await pool.ready()
    print("ready")
  } catch {
    print(error.description)
  }
}

@_extern(c, "malloc") func cMalloc(_ byteCount: UInt) -> UnsafeMutableRawPointer?

func exhaustMemory(into all: inout [[UInt8]], byteCount: Int) {
  while all.count < .max { all.append([UInt8](repeating: 1, count: byteCount)) }
}

func exhaustMemory(byteCount: Int) {
  var all: [[UInt8]] = []
  exhaustMemory(into: &all, byteCount: byteCount)
}

/// Leaves no block of any size.
func exhaustMemoryUnnoticed(_ all: inout [UnsafeMutableRawPointer]) {
  all.reserveCapacity(2_000_000)
  var byteCount: UInt = 1 << 20
  while byteCount > 0 {
    if let block = cMalloc(byteCount) { all.append(block) } else { byteCount /= 2 }
  }
}

/// Prints half a line when no memory is left for it.
func printUntilMemoryEnds() {
  var all: [UnsafeMutableRawPointer] = []
  exhaustMemoryUnnoticed(&all)
  for _ in 0..<20_000 { print("a line that grows until there is no more room for it, ", terminator: "") }
}

/// Asks on the main thread for a lock that a worker holds for ever.
@MainActor func lockOnMain(_ kind: String, _ pool: ThreadPool) async {
  let isLocked = CountdownLatch(count: 1)
  let mutex = Mutex(0)
  let rwLock = RwLock(0)
  pool.spawn {
    mutex.withLock { _ in
      rwLock.withReadLock { _ in
        isLocked.countDown()
        while true {}
      }
    }
  }
  await isLocked.wait()
  if kind == "Mutex" { mutex.withLock { $0 += 1 } } else { rwLock.withWriteLock { $0 += 1 } }
}

/// Asks for a lock that the thread has already.
func lockTwice(_ kind: String) {
  let mutex = Mutex(0)
  let rwLock = RwLock(0)
  switch kind {
  case "Mutex": mutex.withLock { _ in mutex.withLock { $0 += 1 } }
  case "RwLock, write and write":
    rwLock.withWriteLock { _ in rwLock.withWriteLock { $0 += 1 } }
  case "RwLock, write and read":
    rwLock.withWriteLock { number in number = rwLock.withReadLock { $0 } }
  case "RwLock, read and write": rwLock.withReadLock { _ in rwLock.withWriteLock { $0 += 1 } }
  default: fatalError("no such lock: \(kind)")
  }
}

@main
struct Outcomes {
  static func main() async {
    let mode = programArguments.first ?? ""
    let pool = try! ThreadPool(workerCount: 2)
    switch mode {
    case "lines":
      for line in 0..<200 { await pool.spawn(on: line % 2) { print("line \(line)") }.value }
      print("partial", terminator: "")
    case "arguments":
      let seen = await pool.spawn { programArguments.count }.value
      for argument in programArguments { print(argument) }
      print("\(seen) on a worker")
    case "exit": exit(3)
    case "exit worker":
      print("before")
      await pool.spawn { exit(7) }.value
    case "fatal": fatalError("out of \(mode)")
    case "fatal without message": fatalError()
    case "fatal worker": await pool.spawn { fatalError("out of \(mode)") }.value
    case "fatal after text":
      await pool.spawn {
        print("text", terminator: "")
        fatalError("the end")
      }.value
    case "index": print("\(await pool.spawn { element([1, 2, 3], 7) }.value)")
    case "check": print("\(await pool.spawn { failCheck(programArguments[1], programArguments.count - 2) }.value)")
    case "accesses":
      for _ in 0..<8 { pool.spawnStealable { await accessInTurn() } }
      await pool.spawn { await accessInTurn() }.value
    case "looks like a report": print("x.swift:1: Fatal error: just kidding")
    case "overflow":
      // What lies below the stack of a worker belongs to others.
      let canary = [UInt8](repeating: 7, count: 4 << 20)
      print("\(await pool.spawn { overflow(programArguments[1]) &+ Int(canary[0]) }.value)")
    case "overflow main": print("\(overflow(programArguments[1]))")
    case "abandoned":
      let handle = pool.spawn { await sleep(milliseconds: 60_000) }
      await pool.shutdown()
      await handle.value
    case "steps": await pool.spawn { await takeSteps() }.value
    case "lose": await lose(programArguments[1], pool)
    case "lose and exit":
      let held = holdCircle()
      await lose(programArguments[1], pool)
      end(Int32(programArguments[2])!, holding: held)
    case "leak": await pool.spawn { leakMemory() }.value
    case "lose errors": await loseErrors(pool)
    case "misuse memory": await pool.spawn { misuseMemory(programArguments[1]) }.value
    case "hold memory": await pool.spawn { holdMemory(); dropMemory() }.value
    case "hang": await hang(programArguments[1], pool)
    case "nonsense": await passNonsense(programArguments[1], pool)
    case "end under a lock": await endUnderLock(programArguments[1], pool)
    case "shutdown": await waitAcrossShutdown(programArguments[1], pool)
    case "memory": exhaustMemory(byteCount: Int(programArguments[1])!)
    case "memory worker":
      await pool.spawn { exhaustMemory(byteCount: Int(programArguments[1])!) }.value
    case "memory tasks": for _ in 0..<Int.max { Task { await Task.yield() } }
    case "memory print": printUntilMemoryEnds()
    case "memory print worker": await pool.spawn { printUntilMemoryEnds() }.value
    case "memory lock":
      let all = Mutex<[[UInt8]]>([])
      await pool.spawn { all.withLock { exhaustMemory(into: &$0, byteCount: 100) } }.value
    case "memory fatal":
      var all: [UnsafeMutableRawPointer] = []
      exhaustMemoryUnnoticed(&all)
      fatalError("the cause, \(all.count > 0)")
    case "resumed twice":
      await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
        continuation.resume()
        continuation.resume()
      }
    case "never resumed":
      Task { await withCheckedContinuation { (_: CheckedContinuation<Void, Never>) in } }
      await Task.yield()
      await sleep(milliseconds: 1)
    case "spinning main": await spinUntilWorkersHaveRun(pool)
    case "Mutex", "RwLock": await lockOnMain(mode, pool)
    case "twice": lockTwice(programArguments[1])
    case "twice on a worker": await pool.spawn { lockTwice(programArguments[1]) }.value
    case "ready": await sayWhenReady(pool)
    case "grown memory":
      await pool.spawn {
        // More than the memory has to begin with, so that what is printed lies beyond.
        let texts = (0..<40).map { String(repeating: "x", count: 100_000 + $0) }
        for text in texts.suffix(2) { print(text) }
      }.value
    case "worker script":
      await sayWhenReady(try! ThreadPool(workerScript: "/worker.js", workerCount: 2))
    default: fatalError("no such outcome: \(mode)")
    }
  }
}
