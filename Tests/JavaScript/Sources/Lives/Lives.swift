import JavaScript

/// A program whose end, by whatever way, is looked at by the page: see Tests/EndToEndTests.
@main struct Lives {
  @MainActor static func main() {
    JSExports.add("say", "text") { (text: String) in print(text) }
    JSExports.add("half", "text") { (text: String) in print(text, terminator: "") }
    JSExports.add("add", "a", "b") { (a: Int, b: Int) in a + b }
    JSExports.addAsync("never") { () async throws(JSError) -> Int in
      await sleep(milliseconds: 1_000_000)
      return 1
    }
    JSExports.addAsync("onPool", "n") { (n: Int) async throws(JSError) -> Int in
      let pool = try! ThreadPool(workerCount: 2)
      let result = await pool.spawn { n * 2 }.value
      await pool.shutdown()
      return result
    }
    JSExports.addAsync("keepPool") { () async throws(JSError) -> Void in
      kept = try! ThreadPool(workerCount: 2)
      try! await kept!.ready()
    }
    JSExports.add("call", "callback") { (callback: JSValue) throws(JSError) in
      _ = try callback.function!.throws()
      print("went on")
    }
    JSExports.add("quit", "status") { (status: Int) -> Void in exit(status) }
    JSExports.add("trap") { () -> Void in fatalError("asked to") }
    JSExports.add("trapOnWorker") { () -> Void in
      _ = kept!.spawn(on: 1) { fatalError("asked to, there") }
    }
    JSExports.add("trapEverywhere") { () -> Void in
      for index in 0..<2 {
        _ = kept!.spawn(on: index) { printLines("worker \(index)"); fatalError("asked to, like others") }
      }
      printLines("main thread")
      fatalError("asked to, like others")
    }
    JSExports.add("onWorker", "code") { (code: String) -> Void in
      _ = kept!.spawn(on: 0) { _ = JSObject.global.setTimeout(JSObject.global.Function.function!.new(code), 0) }
    }
    JSExports.add("shutDown") { () -> Void in Task { await kept!.shutdown() } }
    JSExports.add("listen", "target") { (target: JSValue) in
      let listener = JSClosure { _ in print("heard"); return .undefined }
      _ = target.object!.addEventListener("ping", listener)
      _ = target.object!.addEventListener("ping", listener, true)
      _ = JSObject.global.setInterval(listener, 1_000_000)
      _ = JSObject.global.setTimeout(listener, 1_000_000)
    }
    JSExports.add("quitInstead", "status") { (status: Int) -> Int in exit(status) }
    JSExports.addAsync("await", "promise") { (promise: JSValue) async throws(JSError) -> JSValue in
      try await JSPromise(unsafelyWrapping: promise.object!).value
    }
    print("started")
  }
}

private func printLines(_ thread: String) { for number in 0..<3 { print("\(thread) \(number)") } }

@MainActor private var kept: ThreadPool?
