import HighMemory
import JavaScript
import WebbleAllocator
import WebbleTesting
@_spi(Webble) import _Concurrency

@main struct ThreadTests {
  @MainActor static func main() async {
    takeLowMemory()
    await runTests {
      test("every thread has its own global object", globals)
      test("objects live across awaits of pinned tasks", pinnedObjects)
      test("a million objects released on another thread leave nothing", releasesElsewhere)
      test("objects released while their thread ends", releasesAtTheEnd)
      test("copies while another thread makes the memory grow", copiesWhileMemoryGrows)
      test("transfers between any two threads", transfers)
      test("clones between any two threads", clones)
      test("what cannot be sent says so", unsendable)
      test("sending from a thread that has ended", sendingFromEndedThread)
      test("an object used from other threads", remotes)
      test("work on every worker while promises settle", busyPool)
      transferTests()
      endTests()
      keeperTests()
    }
  }
}

/// A pool's worker and an object of its, kept from the compiler's eyes.
final class Escape<Value>: @unchecked Sendable {
  var value: Value?
  init(_ value: Value?) { self.value = value }
}

@MainActor private func globals() async {
  let pool = try! ThreadPool(workerCount: 2)
  JSObject.global.marker = "main"
  var seen: [String] = []
  for index in 0..<2 {
    seen.append(
      await pool.spawn(on: index) {
        let before = JSObject.global.marker.description
        JSObject.global.marker = .string("worker \(index)")
        return before
      }.value)
  }
  for index in 0..<2 {
    seen.append(await pool.spawn(on: index) { JSObject.global.marker.description }.value)
  }
  if isIsolated() {
    expectEqual(seen.joined(separator: ","), "undefined,undefined,worker 0,worker 1")
    expectEqual(JSObject.global.marker.description, "main")
    expect(await pool.spawn(on: 1) { JSObject().ownerThread == .worker(1) }.value)
  }
  expect(JSObject().ownerThread == .main)
  await pool.shutdown()
}

@MainActor private func pinnedObjects() async {
  let pool = try! ThreadPool(workerCount: 3)
  let handles = (0..<60).map { index in
    pool.spawn {
      let object = JSObject()
      object.sum = 0
      for step in 0..<20 {
        _ = await JSPromise.resolve(step).result
        object.sum = .number(object.sum.number! + Double(index))
        await Task.yield()
      }
      return object.sum.number!
    }
  }
  var sum = 0.0
  for handle in handles { sum += await handle.value }
  expectEqual(sum, 35400)
  await pool.shutdown()
}

/// A JavaScript object's place in its thread's table: its first stored property, behind the two
/// words of every object's head.
private func place(of object: JSObject) -> Int {
  let address = UnsafeRawPointer(Unmanaged.passUnretained(object).toOpaque())
  return Int(address.load(fromByteOffset: 8, as: Int32.self))
}

/// 10,000 new objects of this thread, and the highest of their places. Free places are taken first: it is
/// higher than before by what has been left over.
private func makeObjects() -> (Escape<[JSObject]>, highest: Int) {
  let objects = (0..<10_000).map { _ in JSObject() }
  return (Escape(objects), objects.map { place(of: $0) }.max()!)
}

/// A million in all: main's on a worker, a worker's on main, and a worker's on another. A thread may
/// come to keep an object of its own meanwhile, but none for each round of 10,000.
@MainActor private func releasesElsewhere() async {
  func expectNothingLeft(_ places: [Int]) {
    expect(places.max()! - places.min()! <= 3, "\(places.min()!) to \(places.max()!)")
  }
  let pool = try! ThreadPool(workerCount: 2)
  var places: [Int] = []
  for _ in 0..<40 {
    // Making objects takes what others have released until then.
    let (objects, highest) = makeObjects()
    places.append(highest)
    await pool.spawn { objects.value = nil }.value
  }
  expectNothingLeft(places)
  for releasesOnMain in [true, false] {
    places = []
    for _ in 0..<30 {
      let (objects, highest) = await pool.spawn(on: 0) { makeObjects() }.value
      places.append(highest)
      if releasesOnMain {
        objects.value = nil
      } else {
        await pool.spawn(on: 1) { objects.value = nil }.value
      }
    }
    expectNothingLeft(places)
  }
  await pool.shutdown()
}

/// Each release comes before its owner's last look, between that and its end, or after it.
@MainActor private func releasesAtTheEnd() async {
  var used = 0
  for round in 0..<40 {
    if round == 8 { used = Int(bitPattern: Allocator.statistics.usedByteCount) }
    let pool = try! ThreadPool(workerCount: 2)
    let escape = await pool.spawn(on: 0) { makeObjects().0 }.value
    let releasing = pool.spawn(on: 1) {
      while escape.value?.popLast() != nil {}
    }
    await pool.shutdown()
    _ = releasing
    escape.value = nil
  }
  let growth = Int(bitPattern: Allocator.statistics.usedByteCount) - used
  // The records of releases that are lost would take 5 MB.
  expect(growth <= 1 << 20, "\(growth) bytes in 32 rounds")
}

@MainActor private func copiesWhileMemoryGrows() async {
  let pool = try! ThreadPool(workerCount: 2)
  await copy(while: grow(on: pool))
  let growing = grow(on: pool)
  await pool.spawn(on: 1) { await copy(while: growing) }.value
  await pool.shutdown()
}

private func grow(on pool: ThreadPool) -> WorkerHandle<Void, Never> {
  pool.spawn(on: 0) { () async in
    var blocks: [UnsafeMutablePointer<UInt8>] = []
    for _ in 0..<32 {
      blocks.append(.allocate(capacity: 4 << 20))
      await Task.yield()
    }
    for block in blocks { block.deallocate() }
  }
}

private nonisolated(nonsending) func copy(while growing: WorkerHandle<Void, Never>) async {
  let elements = (0..<300_000).map { Int32($0) }
  var rounds = 0
  while !growing.isFinished || rounds < 4 {
    let array = JSTypedArray(elements)
    array.copy(elements.reversed(), at: 0)
    expect(Array(array).elementsEqual(elements.reversed()), "round \(rounds)")
    rounds += 1
    await Task.yield()
  }
}

private func bytes(_ object: JSObject) -> [UInt8] { JSArrayBuffer(object)?.bytes ?? [] }

@MainActor private func transfers() async {
  let pool = try! ThreadPool(workerCount: 2)
  do throws(JSError) {
    // Main to worker.
    let buffer = JSArrayBuffer([1, 2, 3])
    let sent = JSSending.transfer(buffer.jsObject)
    let received = await pool.spawn(on: 0) { () async -> [UInt8] in
      do throws(JSError) { return bytes(try await sent.receive()) } catch { return [] }
    }.value
    expect(received == [1, 2, 3], "main to worker")
    expectEqual(buffer.byteLength, 0)
    // Worker to main.
    let back = await pool.spawn(on: 1) { JSSending.transfer(JSArrayBuffer([4]).jsObject) }.value
    expect(bytes(try await back.receive()) == [4], "worker to main")
    // Worker to worker.
    let across = await pool.spawn(on: 0) { JSSending.transfer(JSArrayBuffer([5, 6]).jsObject) }.value
    let other = await pool.spawn(on: 1) { () async -> [UInt8] in
      do throws(JSError) { return bytes(try await across.receive()) } catch { return [] }
    }.value
    expect(other == [5, 6], "worker to worker")
    // To itself.
    let own = JSObject()
    expect(try await JSSending.transfer(own).receive() == own)
  } catch {
    expect(false, error.description)
  }
  await pool.shutdown()
}

@MainActor private func clones() async {
  let pool = try! ThreadPool(workerCount: 2)
  let object = JSObject()
  object.list = [[1, 2], [3]].jsValue
  let sent = JSSending.clone(object)
  for index in [0, 1, 0] {
    let text = await pool.spawn(on: index) { () async -> String in
      do throws(JSError) {
        return JSObject.global.JSON.stringify(try await sent.receive()).string ?? ""
      } catch {
        return error.description
      }
    }.value
    expectEqual(text, #"{"list":[[1,2],[3]]}"#)
  }
  await pool.shutdown()
}

@MainActor private func unsendable() async {
  let pool = try! ThreadPool(workerCount: 2)
  let closure = JSSending.clone(JSClosure { _ in .undefined })
  let name = await pool.spawn { () async -> String in
    do throws(JSError) {
      _ = try await closure.receive()
      return "received"
    } catch {
      return error.name
    }
  }.value
  expectEqual(name, "DataCloneError")
  await pool.shutdown()
}

@MainActor private func sendingFromEndedThread() async {
  let pool = try! ThreadPool(workerCount: 1)
  let sent = await pool.spawn { JSSending.clone(JSObject()) }.value
  await pool.shutdown()
  do throws(JSError) {
    _ = try await sent.receive()
    expect(false, "received")
  } catch {
    expectEqual(error.message, "the thread worker 0 has ended with the object that it sent")
  }
}

@MainActor private func remotes() async {
  let pool = try! ThreadPool(workerCount: 1)
  JSObject.global.title = "page"
  await pool.spawn {
    let global = await JSRemote.main
    expect(await global.get("title") == "page")
    await global.set("title", "changed")
    let sum = await global.withJSObject { (global: JSObject) async -> Double in
      global.Math.max(1, 2, 3).number ?? 0
    }
    expectEqual(sum, 3)
    guard let math = await global.object("Math") else {
      expect(false, "no Math")
      return
    }
    do throws(JSError) {
      expect(try await math.call("min", [4, 2, 3], as: Int.self) == 2)
      try await math.call("missing")
      expect(false, "not thrown")
    } catch {
      expectEqual(error.message, "missing is not a function")
    }
  }.value
  expectEqual(JSObject.global.title.description, "changed")
  let remote = await pool.spawn { JSRemote(JSObject()) }.value
  expect(remote.ownerThread == .worker(0))
  expect(await remote.withJSObject { (_: JSObject) async in ThreadID.current } == .worker(0))
  await pool.shutdown()
}

@MainActor private func busyPool() async {
  let pool = try! ThreadPool(workerCount: 2)
  let busy = (0..<32).map { _ in
    pool.spawnStealable { (0..<200_000).reduce(0) { $0 &+ $1 } }
  }
  let pinned = (0..<200).map { index in
    pool.spawn { () async -> Double in
      let promise = JSPromise { settle in
        JSObject.global.setTimeout(
          JSOneshotClosure { _ in
            settle(.success(.number(index)))
            return .undefined
          }, 1)
      }
      do throws(JSError) { return try await promise.value.number ?? -1 } catch { return -1 }
    }
  }
  var sum = 0.0
  for handle in pinned { sum += await handle.value }
  for handle in busy { _ = await handle.value }
  expectEqual(sum, 19900)
  await pool.shutdown()
}
