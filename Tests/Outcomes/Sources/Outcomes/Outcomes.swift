import Webble

@inline(never) func element(_ array: [Int], _ index: Int) -> Int { array[index] }

/// Takes more stack with each call, for ever.
@inline(never) func descend(_ depth: Int) -> Int {
  var here = (depth, depth &+ 1, depth, depth)
  return withUnsafeMutablePointer(to: &here) { $0.pointee.0 &+ descend($0.pointee.1) }
}

func sayWhenReady(_ pool: ThreadPool) async {
  do throws(ThreadPoolError) {
    try await pool.ready()
    print("ready")
  } catch {
    print(error.description)
  }
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
    case "looks like a report": print("x.swift:1: Fatal error: just kidding")
    case "overflow": print("\(await pool.spawn { descend(0) }.value)")
    case "overflow main": print("\(descend(0))")
    case "abandoned":
      let handle = pool.spawn { await sleep(milliseconds: 60_000) }
      await pool.shutdown()
      await handle.value
    case "memory":
      var all: [[UInt8]] = []
      while true { all.append([UInt8](repeating: 1, count: 16 << 20)) }
    case "resumed twice":
      await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
        continuation.resume()
        continuation.resume()
      }
    case "never resumed":
      Task { await withCheckedContinuation { (_: CheckedContinuation<Void, Never>) in } }
      await Task.yield()
      await sleep(milliseconds: 1)
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
