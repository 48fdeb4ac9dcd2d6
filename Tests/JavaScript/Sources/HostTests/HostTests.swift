import HighMemory
import JavaScript
import WebbleTesting
import Words
@_spi(Webble) import _Concurrency

@main struct HostTests {
  @MainActor static func main() async {
    takeLowMemory()
    await runTests {
      everywhere("fetch: status, headers, text, bytes") { await fetching() }
      everywhere("fetch in parts") { await parts() }
      everywhere("fetch ended by cancellation") { await aborted() }
      everywhere("files of the target") { await resources() }
      everywhere("events as a sequence") { await eventSequence() }
      everywhere("events until cancellation") { await cancelledEvents() }
      everywhere("a repeating timer") { await timers() }
      everywhere("random bytes") { randomness() }
      everywhere("hashes") { await hashes() }
      test("frames", frames)
      test("local storage", storage)
      networkTests()
    }
  }
}

/// Declares a test that runs on the main thread and on a worker.
@MainActor func everywhere(_ name: String, _ body: @escaping @Sendable () async -> Void) {
  test(name + ", on the main thread", timeLimit: .seconds(20)) { await onMain { await body() }.value }
  test(name + ", on a worker", timeLimit: .seconds(20)) {
    let pool = try! ThreadPool(workerCount: 1)
    await pool.spawn { await body() }.value
    await pool.shutdown()
  }
}

var isBrowser: Bool { !JSObject.global.location.isUndefined }
/// Something that is there: the glue in a browser, a text in Node, which has no server.
private var present: String { isBrowser ? "webble.js" : "data:text/javascript,const x = 1;" }

private func fetching() async {
  do throws(JSError) {
    let response = try await fetch(present)
    expectEqual(response.status, 200)
    expect(response.isOK)
    expect(response.header("CONTENT-type")?.utf8.starts(with: "text/javascript".utf8) == true)
    expect(response.header("x-missing") == nil)
    let text = try await response.text()
    expect(text.utf8.contains(61))
    let bytes = try await fetch(present).bytes()
    expect(bytes == Array(text.utf8))
    _ = try await response.text()
    expect(false, "a body was read twice")
  } catch {
    expectEqual(error.name, "TypeError")
  }
}

/// Node has no server to fetch them from; there the test is that the target compiles.
private func resources() async {
  expect(PackageResources.motto_txt == Array("simple\n".utf8))
  expectEqual(Bundle.module, "JavaScriptPrograms_HostTests.resources")
  expectEqual(texts, "Words_Words.resources/Texts")
  guard isBrowser else { return }
  do throws(JSError) {
    let folder = Bundle.module + "/Greetings"
    expectEqual(try await fetch(folder + "/English.txt").text(), "Good morning\n")
    expectEqual(try await fetch(folder + "/In%20German/Morgen.txt").text(), "Guten Morgen\n")
    expectEqual(try await fetch(texts + "/hello.txt").text(), "from another package\n")
  } catch {
    expect(false, error.description)
  }
}

private func parts() async {
  do throws(JSError) {
    var bytes: [UInt8] = []
    for try await part in try await fetch(present).body { bytes += part }
    expect(bytes == (try await fetch(present).bytes()))
  } catch {
    expect(false, error.description)
  }
}

private func aborted() async {
  let work = spawnLocal { () async -> String in
    while !Task.isCancelled { await Task.yield() }
    do throws(JSError) {
      _ = try await fetch(present)
      return "arrived"
    } catch {
      return error.name
    }
  }
  work.cancel()
  expectEqual(await work.value, "AbortError")
}

private func eventSequence() async {
  let target = JSObject.global.EventTarget.function!.new()
  let sequence = events(of: "step", on: target)
  let constructor = JSObject.global.Event.function!
  target.dispatchEvent(constructor.new("step"))
  target.dispatchEvent(constructor.new("other"))
  let sender = spawnLocal {
    for _ in 0..<4 {
      await Task.yield()
      target.dispatchEvent(constructor.new("step"))
    }
  }
  var count = 0
  for await event in sequence {
    expectEqual(event.type.string ?? "", "step")
    count += 1
    if count == 5 { break }
  }
  await sender.value
  expectEqual(count, 5)
}

private func cancelledEvents() async {
  let target = JSObject.global.EventTarget.function!.new()
  let reader = spawnLocal { () async -> Int in
    var count = 0
    for await _ in events(of: "never", on: target) { count += 1 }
    return count
  }
  for _ in 0..<3 { await Task.yield() }
  reader.cancel()
  expectEqual(await reader.value, 0)
}

private func timers() async {
  var timer: JSTimer?
  var ticks = 0
  await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
    timer = JSTimer(millisecondsDelay: 1, isRepeating: true) {
      ticks += 1
      if ticks == 3 { continuation.resume() }
    }
  }
  expect(timer != nil)
  timer = nil
  expect(ticks >= 3)
}

private func randomness() {
  let bytes = JSCrypto.randomBytes(100_000)
  expect(Set(bytes[99_900...]).count > 20)
  expect(bytes[..<32] != bytes[32..<64])
  expect(JSPerformance.now() > 0)
}

private func hashes() async {
  func text(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
  do throws(JSError) {
    expectEqual(
      text(try await JSCrypto.digest(.sha256, of: Array("abc".utf8))),
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    let long = text(try await JSCrypto.digest(.sha512, of: []))
    expect(long.utf8.count == 128 && long.hasPrefix("cf83e1357eefb8bdf1542850d66d8007"))
    // RFC 4231, 4.3.
    let code = try await JSCrypto.authenticationCode(
      .sha256, of: Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
    expectEqual(text(code), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  } catch {
    expect(false, error.description)
  }
  do throws(JSError) {
    _ = try await JSCrypto.authenticationCode(.sha1, of: [1], key: [])
    expect(false, "a key without a byte")
  } catch {
    expectEqual(error.name, "DataError")
  }
}

@MainActor private func frames() async {
  guard isBrowser else { return }
  var times: [Double] = []
  for await time in animationFrames() {
    times.append(time)
    if times.count == 3 { break }
  }
  expect(times == times.sorted())
}

@MainActor private func storage() async {
  guard isBrowser, let storage = JSStorage.local else { return }
  storage["key"] = "väl"
  expect(storage["key"] == "väl")
  storage["key"] = nil
  expect(storage["key"] == nil)
}
