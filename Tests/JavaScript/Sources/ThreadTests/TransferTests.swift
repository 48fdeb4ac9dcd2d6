import JavaScript
import WebbleTesting
@_spi(Webble) import _Concurrency

@MainActor func transferTests() {
  for kind in Transferable.all {
    test("transfer of \(kind.name)") { await transfer(kind) }
  }
  test("transfer of several objects at once", transferOfSeveral)
  test("a copy of which parts are transferred", partlyTransferred)
  test("what has been transferred cannot be sent again", transferTwice)
}

/// A kind of object that can move between threads; the texts are JavaScript.
private struct Transferable: Sendable {
  var name: String
  /// An expression for a new one; null where the engine has none.
  var make: String
  /// An expression for a text, or a promise of one, that shows that `object` works.
  var look: String
  var text: String

  static let all = [
    Transferable(
      name: "an ArrayBuffer", make: "new Uint8Array([1, 2, 3]).buffer",
      look: "new Uint8Array(object).join()", text: "1,2,3"),
    Transferable(
      name: "a MessagePort with a message in it",
      make: """
        (() => {
          const { port1, port2 } = new MessageChannel();
          globalThis.otherPort = port2;
          port2.postMessage("hello");
          return port1;
        })()
        """,
      look: """
        new Promise((resolve) => {
          object.onmessage = (event) => { object.close(); resolve(event.data); };
        })
        """,
      text: "hello"),
    Transferable(
      name: "an OffscreenCanvas",
      make: "typeof OffscreenCanvas === 'function' ? new OffscreenCanvas(3, 2) : null",
      look: """
        (() => {
          const context = object.getContext("2d");
          context.fillStyle = "#ff8000";
          context.fillRect(0, 0, 3, 2);
          return [object.width, ...context.getImageData(2, 1, 1, 1).data].join();
        })()
        """,
      text: "3,255,128,0,255"),
    Transferable(
      name: "an ImageBitmap",
      make: """
        (() => {
          if (typeof OffscreenCanvas !== "function") return null;
          const canvas = new OffscreenCanvas(3, 2);
          canvas.getContext("2d");
          return canvas.transferToImageBitmap();
        })()
        """,
      look: "object.width + 'x' + object.height", text: "3x2"),
    Transferable(
      name: "a ReadableStream",
      make: """
        new ReadableStream({
          start(controller) {
            controller.enqueue("one");
            controller.enqueue("two");
            controller.close();
          },
        })
        """,
      look: """
        (async () => {
          const reader = object.getReader(), parts = [];
          for (;;) {
            const { done, value } = await reader.read();
            if (done) return parts.join();
            parts.push(value);
          }
        })()
        """,
      text: "one,two"),
  ]

  /// A new one, if this engine has the kind and can transfer it: what the engine's own function
  /// says.
  func makeIfTransferable() -> JSObject? {
    guard let sample = evaluate(make).object,
      let transfer = evaluate("(x) => structuredClone(x, { transfer: [x] })").function
    else { return nil }
    do throws(JSError) {
      _ = try transfer.throws(sample)
      return evaluate(make).object
    } catch {
      expectEqual(error.name, "DataCloneError")
      return nil
    }
  }

  nonisolated(nonsending) func look(at sent: JSSending) async -> String {
    do throws(JSError) {
      let object = try await sent.receive()
      let text = evaluate("async (object) => \(look)").function!(object)
      return try await JSPromise(text.object!)!.value.description
    } catch {
      return error.description
    }
  }
}

private func evaluate(_ expression: String) -> JSValue {
  JSObject.global.Function.function!.new("return \(expression)").jsValue.function!()
}

@MainActor private func transfer(_ kind: Transferable) async {
  guard let object = kind.makeIfTransferable() else { return print("this engine cannot") }
  let pool = try! ThreadPool(workerCount: 2)
  let sent = JSSending.transfer(object)
  let text = await pool.spawn(on: 0) { await kind.look(at: sent) }.value
  expectEqual(text, kind.text, "main to worker")
  for receiver in [nil, 1] {
    let sent = await pool.spawn(on: 0) {
      kind.makeIfTransferable().map { JSSending.transfer($0) }
    }.value
    guard let sent else {
      expect(false, "main can make one, a worker cannot")
      break
    }
    let text = if let receiver {
      await pool.spawn(on: receiver) { await kind.look(at: sent) }.value
    } else {
      await kind.look(at: sent)
    }
    expectEqual(text, kind.text, receiver == nil ? "worker to main" : "worker to worker")
  }
  await pool.shutdown()
}

@MainActor private func transferOfSeveral() async {
  let pool = try! ThreadPool(workerCount: 1)
  let buffer = JSArrayBuffer([1, 2])
  let channel = JSObject.global.MessageChannel.function!.new()
  let sent = JSSending.transfer([buffer.jsObject, channel.port1.object!])
  let answers = events(of: "message", on: channel.port2.object!)
  channel.port2.start()
  let length = await pool.spawn { () async -> Int in
    do throws(JSError) {
      let received = JSArray(try await sent.receive())!
      received[1].postMessage(received[0])
      received[1].close()
      return received.length
    } catch {
      return -1
    }
  }.value
  expectEqual(length, 2)
  for await event in answers {
    expect(event.data.object.flatMap { JSArrayBuffer($0) }?.bytes == [1, 2])
    break
  }
  expectEqual(buffer.byteLength, 0)
  channel.port2.close()
  await pool.shutdown()
}

@MainActor private func partlyTransferred() async {
  let pool = try! ThreadPool(workerCount: 2)
  let shape = await pool.spawn(on: 0) { () async -> (JSSending, JSRemote) in
    let message = JSObject()
    let moved = JSArrayBuffer([1])
    message.moved = moved.jsValue
    message.copied = JSArrayBuffer([2, 3]).jsValue
    return (JSSending.clone(message, transferring: [moved.jsObject]), JSRemote(message))
  }.value
  let lengths = await pool.spawn(on: 1) { () async -> String in
    do throws(JSError) {
      let message = try await shape.0.receive()
      return "\(message.moved.byteLength) \(message.copied.byteLength)"
    } catch {
      return error.description
    }
  }.value
  expectEqual(lengths, "1 2")
  let left = await shape.1.withJSObject { (message: JSObject) async in
    "\(message.moved.byteLength) \(message.copied.byteLength)"
  }
  expectEqual(left, "0 2")
  await pool.shutdown()
}

@MainActor private func transferTwice() async {
  let pool = try! ThreadPool(workerCount: 2)
  let buffers = (JSArrayBuffer([1]), JSArrayBuffer([1]))
  let fromHere = JSSending.transfer(buffers.0.jsObject)
  let receivedHere = JSSending.transfer(buffers.1.jsObject)
  expectEqual(await receive(receivedHere), "received")
  let fromWorker = await pool.spawn(on: 0) {
    JSSending.transfer(JSObject.global.MessageChannel.function!.new().port1.object!)
  }.value
  for sent in [fromHere, fromWorker] {
    expectEqual(await pool.spawn(on: 1) { await receive(sent) }.value, "received")
  }
  for sent in [fromHere, fromWorker, receivedHere] {
    for index in 0..<2 {
      expectEqual(await pool.spawn(on: index) { await receive(sent) }.value, "DataCloneError")
    }
    expectEqual(await receive(sent), "DataCloneError")
  }
  // Those that race for it: one has it.
  let contested = JSSending.transfer(JSArrayBuffer([1]).jsObject)
  let racers = (0..<2).map { index in pool.spawn(on: index) { await receive(contested) } }
  var winners = await receive(contested) == "received" ? 1 : 0
  for racer in racers { winners += await racer.value == "received" ? 1 : 0 }
  expectEqual(winners, 1)
  // A clone is made as often as one likes.
  let clone = JSSending.clone(JSObject())
  for _ in 0..<2 { expectEqual(await pool.spawn { await receive(clone) }.value, "received") }
  await pool.shutdown()
}

private nonisolated(nonsending) func receive(_ sent: JSSending) async -> String {
  do throws(JSError) {
    let object = try await sent.receive()
    if object.close.function != nil { object.close() }
    return "received"
  } catch {
    return error.name
  }
}
