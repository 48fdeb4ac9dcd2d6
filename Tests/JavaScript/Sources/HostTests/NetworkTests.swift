import JavaScript
import WebbleTesting

@MainActor func networkTests() {
  everywhere("fetch of what is not there") { await notFound() }
  everywhere("a request cancelled before there is an answer") { await cancelledRequest() }
  everywhere("a request cancelled in the middle of the body") { await cancelledBody() }
  everywhere("a body that is cut off") { await cutOffBody() }
}

/// Where there are answers that do not end well: the server of `webble test`, or one like it in
/// Node.
private func url(_ name: String) async -> String {
  isBrowser ? "/.webble/test/" + name : await nodeServer.value + name
}

/// The base of its URLs.
private let nodeServer = Lazy<String> { await onMain { await startServer() }.value }

private func startServer() async -> String {
  let start = JSObject.global.Function.function!.new(
    """
    const server = process.getBuiltinModule("node:http").createServer((request, response) => {
      if (request.url === "/unanswered") return;
      if (request.url === "/missing") return response.writeHead(404).end("nothing");
      response.write("begun");
      if (request.url === "/cut-off") setImmediate(() => response.destroy());
    });
    return new Promise((resolve) => {
      server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${server.address().port}/`));
    });
    """)
  let promise = JSPromise(start.jsValue.function!().object!)!
  guard case .success(let base) = await promise.result else { fatalError("no server") }
  return base.string!
}

/// The name of the error that `body` throws, or nothing.
private nonisolated(nonsending) func errorName(
  _ body: () async throws(JSError) -> Void
) async -> String {
  do throws(JSError) {
    try await body()
    return ""
  } catch {
    return error.name
  }
}

private func notFound() async {
  let missing = await url("missing")
  do throws(JSError) {
    let response = try await fetch(missing)
    expectEqual(response.status, 404)
    expect(!response.isOK)
    expect(try await response.text().utf8.count > 0)
    // Nobody listens there.
    _ = try await fetch("http://127.0.0.1:1/")
    expect(false, "not thrown")
  } catch {
    expectEqual(error.name, "TypeError")
  }
}

private func cancelledRequest() async {
  let unanswered = await url("unanswered")
  let work = spawnLocal { () async in
    await errorName { () async throws(JSError) in _ = try await fetch(unanswered) }
  }
  // The request has been made when its task waits, and lets this one go on.
  for _ in 0..<10 { await Task.yield() }
  work.cancel()
  expectEqual(await work.value, "AbortError")
}

private func cancelledBody() async {
  let unfinished = await url("unfinished")
  let hasBegun = CountdownLatch(count: 1)
  let work = spawnLocal { () async -> String in
    await errorName { () async throws(JSError) in
      var body = try await fetch(unfinished).body.makeAsyncIterator()
      expect(try await body.next() == Array("begun".utf8))
      hasBegun.countDown()
      _ = try await body.next()
    }
  }
  await hasBegun.wait()
  work.cancel()
  expectEqual(await work.value, "AbortError")
}

private func cutOffBody() async {
  let cutOff = await url("cut-off")
  let whole = await errorName { () async throws(JSError) in
    let response = try await fetch(cutOff)
    expectEqual(response.status, 200)
    _ = try await response.text()
  }
  expectEqual(whole, "TypeError")
  var bytes: [UInt8] = []
  let inParts = await errorName { () async throws(JSError) in
    for try await part in try await fetch(cutOff).body { bytes += part }
  }
  expectEqual(inParts, "TypeError")
  // Some engines drop what has come.
  expect(bytes.isEmpty || bytes == Array("begun".utf8))
}
