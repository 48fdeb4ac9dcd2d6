import JavaScript
import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Swift has no name for it, as there is next to nothing that a child may do.
@_silgen_name("fork") func cFork() -> Int32

/// A count that nothing guards.
final class Unguarded: @unchecked Sendable {
  var count = 0
  private let callerCount = Atomic(0)

  /// Two threads meet first, by what orders nothing: or one could be over, and have told the other's thread of its
  /// end, before that begins.
  func raise() {
    callerCount.add(1, ordering: .relaxed)
    while callerCount.load(ordering: .relaxed) < 2 {}
    for _ in 0..<1000 { count += 1 }
  }
}

@inline(never) func descend(_ depth: Int) -> Int {
  var here = (depth, depth &+ 1, depth, depth)
  return withUnsafeMutablePointer(to: &here) { (descend($0.pointee.1) &* 31) ^ $0.pointee.0 }
}

@main struct NativeEndings {
  static func main() async {
    let pool = try! ThreadPool(workerCount: 2)
    print("begins")
    switch programArguments.first {
    case "arguments":
      for argument in await pool.spawn({ programArguments }).value { print(argument) }
    case "exit":
      await pool.spawn { exit(7) }.value
    case "trap":
      await pool.spawn { fatalError("the cause") }.value
    case "overflow":
      print(await pool.spawn { descend(0) }.value)
    case "hang":
      await sleep(milliseconds: 3_600_000)
    case "race":
      let shared = Unguarded()
      let one = pool.spawn(on: 0) { shared.raise() }
      let other = pool.spawn(on: 1) { shared.raise() }
      await one.value
      await other.value
    case "use after free":
      let memory = UnsafeMutablePointer<Int>.allocate(capacity: 1)
      memory.initialize(to: 1)
      memory.deallocate()
      print(memory.pointee)
    case "many workers":
      let many = try! ThreadPool(workerCount: 256)
      let met = Barrier(count: 256)
      let handles = (0..<256).map { index in
        many.spawn(on: index) { () -> ThreadID? in
          await met.wait()
          return ThreadID.current
        }
      }
      var right = 0
      for (index, handle) in handles.enumerated() where await handle.value == .worker(index) { right += 1 }
      print(right, await many.reduce(Array(0..<100_000), 0) { $0 + $1 })
      await many.shutdown()
    case "too many workers":
      do {
        _ = try ThreadPool(workerCount: ThreadPool.maximumWorkerCount + 1)
      } catch { print(error) }
    case "no stacks":
      do {
        try await ThreadPool(workerCount: 256).ready()
      } catch { print(error) }
    case "fork":
      let child = cFork()
      if child == 0 {
        // A check in the child: no report of the crash, which would take threads of the child's.
        pool.spawn {}
        _exit(0)
      }
      var status: Int32 = 0
      waitpid(child, &status, 0)
      print(status & 0x7f == 0 ? "the child has gone on" : "the child has stopped")
    case "JavaScript":
      print("has JavaScript: \(JavaScriptEnvironment.isAvailable)")
      // What is not of JavaScript's works.
      let value: JSValue = 1
      print(value.number == 1 && JSValue.string("text").string == "text")
      switch programArguments[1] {
      case "global": _ = JSObject.global.document
      case "object": _ = JSObject()
      case "closure": _ = JSClosure { _ in .undefined }
      case "fetch": _ = try? await fetch("/")
      case "worker": await pool.spawn { _ = JSArray([1]) }.value
      case "remote": _ = await JSRemote.main
      default: break
      }
    default: break
    }
    print("ends")
    await pool.shutdown()
  }
}
