#if arch(wasm32)
import Webble
#endif

/// Prints a line for each row: its name, a tab, and nanoseconds (or bytes) of one operation.
@main struct ConcurrencyBenchmarks {
  static func main() async {
    await measureOnOneThread()
    await measureWorkers()
    await measureMemory()
    #if arch(wasm32)
    await measurePromises()
    #endif
    finish()
  }
}

/// Rows in which nothing leaves the main thread: the runtime's own cost, without that of waking another.
@MainActor private func measureOnOneThread() async {
  await measure("call", count: 5_000_000) { await calls($0) }
  await measure("task", count: 50_000) { count in
    var sum = 0
    for number in 0..<count { sum &+= await Task { number }.value }
    keep(sum)
  }
  await measure("hop", count: 500_000) { await Hopper().hop($0) }
  await measure("continuation", count: 50_000) { await PingPong().play($0) }
  await measure("asyncLet", count: 20_000) { count in
    for number in 0..<count {
      async let first = increment(number)
      async let second = increment(number)
      keep(await first &+ second)
    }
  }
  await measure("stream", count: 50_000) { await elements($0) }
  await measure("taskLocal", count: 5_000_000) { count in
    Local.$depth.withValue(3) {
      var sum = 0
      for _ in 0..<count { sum &+= Local.depth }
      keep(sum)
    }
  }
}

/// Rows in which two workers share the work.
private func measureWorkers() async {
  await useTwoWorkers()
  await measure("group", count: 10_000) { count in
    let sum = await withTaskGroup(of: Int.self) { group in
      for number in 0..<count { group.addTask { number } }
      var sum = 0
      for await number in group { sum &+= number }
      return sum
    }
    keep(sum)
  }
}

// MARK: Bodies of the rows

@inline(never) private func increment(_ number: Int) async -> Int { number &+ 1 }

/// Generic code, as most asynchronous functions are; on the main thread as long as there is no pool.
@concurrent private func calls(_ count: Int) async {
  var number = 0
  for _ in 0..<count { number = await increment(number) }
  keep(number)
}

private actor Summer {
  private var sum = 0
  func add(_ number: Int) { sum &+= number }
}

/// Enters an actor and leaves it, from generic code.
private struct Hopper {
  let summer = Summer()

  @concurrent func hop(_ count: Int) async {
    for number in 0..<count { await summer.add(number) }
  }
}

/// Two tasks of the main actor that resume each other.
@MainActor private final class PingPong {
  private var waiting: UnsafeContinuation<Void, Never>?

  func play(_ count: Int) async {
    let partner = Task { await take(count / 2) }
    await take(count / 2)
    await partner.value
  }

  private func take(_ count: Int) async {
    for _ in 0..<count {
      await withUnsafeContinuation { continuation in
        let other = waiting
        waiting = continuation
        other?.resume()
      }
    }
    waiting?.resume()
    waiting = nil
  }
}

/// A producer that fills the stream's buffer, and a consumer that empties it.
@MainActor private func elements(_ count: Int) async {
  let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
  let producer = Task {
    for number in 0..<count {
      continuation.yield(number)
      if number % 100 == 99 { await Task.yield() }
    }
    continuation.finish()
  }
  var sum = 0
  for await number in stream { sum &+= number }
  await producer.value
  keep(sum)
}

private enum Local {
  @TaskLocal static var depth = 0
}
