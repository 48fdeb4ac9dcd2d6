import HighMemory
import JavaScript
import WebbleTesting

@main struct CallTests {
  @MainActor static func main() async {
    takeLowMemory()
    await runTests {
      everywhere("calls and receivers") { calls() }
      everywhere("methods with numbers and other values") { methods() }
      everywhere("exceptions of JavaScript in Swift") { exceptions() }
      everywhere("errors of Swift in JavaScript") { errorsOfClosures() }
      everywhere("closures") { closures() }
      everywhere("arguments of closures") { argumentsOfClosures() }
      everywhere("a closure that keeps its arguments") { keptArguments() }
      everywhere("a closure that is called after its release") { releasedClosure() }
      everywhere("a one-shot closure") { oneshotClosure() }
      everywhere("Swift within JavaScript within Swift") { nesting() }
      everywhere("closures that the event loop calls") { await calledByEventLoop() }
      everywhere("promises") { await promises() }
      everywhere("rejected promises") { await rejections() }
      everywhere("closures that return promises") { await asynchronousClosures() }
      everywhere("many promises at once") { await manyPromises() }
      everywhere("a promise awaited by the task of an object") { await objectsAcrossAwaits() }
    }
  }
}

/// Declares a test that runs on the main thread and on a worker.
@MainActor func everywhere(_ name: String, _ body: @escaping @Sendable () async -> Void) {
  test(name + ", on the main thread") { await onMain { await body() }.value }
  test(name + ", on a worker") {
    let pool = try! ThreadPool(workerCount: 1)
    await pool.spawn { await body() }.value
    await pool.shutdown()
  }
}

/// A function of JavaScript, from its source.
func function(_ parameter: String, _ body: String) -> JSFunction {
  unsafeDowncast(JSObject.global.Function.function!.new(parameter, body), to: JSFunction.self)
}

private func calls() {
  let list = function("first", "return [...arguments].join()")
  expectEqual(list().string ?? "", "")
  expectEqual(list(1, "two", true).string ?? "", "1,two,true")
  expectEqual(list(1, 2, 3, 4, 5, 6).string ?? "", "1,2,3,4,5,6")
  let receiver = function("x", "'use strict'; return this")
  expect(receiver().isUndefined)
  let object = JSObject()
  expect(receiver.bound(to: object)().object == object)
  expect(receiver(this: object).object == object)
  object.method = .object(receiver)
  expect(object.method().object == object)
  expectEqual(JSObject.global.Date.function!.new(1970, 5).getMonth().number ?? -1, 5)
}

private func methods() {
  let object = function(
    "unused",
    """
    return {
      factor: 2,
      list(...values) { return values.map((value) => Object.is(value, -0) ? "-0" : String(value)).join(); },
      times(a) { return a * this.factor; },
      sum(a, b) { return a + b; },
    }
    """)().object!
  expectEqual(object.list().string ?? "", "")
  expectEqual(object.list(-0.0).string ?? "", "-0")
  expectEqual(object.list(Double.nan, -Double.infinity).string ?? "", "NaN,-Infinity")
  expectEqual(object.list(1, "b").string ?? "", "1,b")
  expectEqual(object.list("a", 2).string ?? "", "a,2")
  expectEqual(object.list(true, "b", JSValue.null).string ?? "", "true,b,null")
  // To convert an argument may itself need JavaScript.
  expectEqual(object.list(1, [2, 3], ["four"], 5).string ?? "", "1,2,3,four,5")
  expectEqual(object.list(1, 2, 3, 4, "five").string ?? "", "1,2,3,4,five")
  expectEqual(object.list(1, 2, 3, 4, 5, Int64(6)).string ?? "", "1,2,3,4,5,6")
  expectEqual(object.times(21).number ?? 0, 42)
  object.factor = 3
  expectEqual(object.times(14).number ?? 0, 42)
  object.factor = .string("4")
  expectEqual(object.times(10.5).number ?? 0, 42)
  expectEqual(object.sum(40, 2).number ?? 0, 42)
  expectEqual(object.sum("4", "2").string ?? "", "42")
  // As JavaScriptKit spells it.
  expectEqual(object.sum!("4", "2").string ?? "", "42")
  expectEqual(JSObject.global.Math.max!(1, 3, 2).number ?? 0, 3)
  _ = object.list!()
  do throws(JSError) {
    _ = try object.throwing.absent!(1)
    expect(false, "not thrown")
  } catch {
    expectEqual(error.message, "absent is not a function")
  }
  do throws(JSError) {
    _ = try object.throwing.absent(1, 2)
    expect(false, "not thrown")
  } catch {
    expectEqual(error.message, "absent is not a function")
  }
}

private func exceptions() {
  let thrower = function("value", "throw value")
  do throws(JSError) {
    _ = try thrower.throws(JSObject.global.TypeError.function!.new("no"))
    expect(false, "not thrown")
  } catch {
    expectEqual(error.name, "TypeError")
    expectEqual(error.message, "no")
    expectEqual(error.description, "TypeError: no")
    expect(error.stack != nil)
  }
  for value in [JSValue.number(3), .undefined, .null, .string("text"), .number(.nan)] {
    do throws(JSError) {
      _ = try thrower.throws(value)
      expect(false, "not thrown")
    } catch {
      expectEqual(error.thrownValue.description, value.description)
    }
  }
  let object = JSObject()
  object.fail = .object(thrower)
  do throws(JSError) {
    _ = try object.throwing.fail(1)
    expect(false, "not thrown")
  } catch {
    expectEqual(error.thrownValue.number ?? 0, 1)
  }
  do throws(JSError) {
    _ = try object.throwing.missing()
    expect(false, "not thrown")
  } catch {
    expectEqual(error.message, "missing is not a function")
  }
  do throws(JSError) {
    _ = try JSObject.global.Array.function!.throws.new(-1)
    expect(false, "not thrown")
  } catch {
    expectEqual(error.name, "RangeError")
  }
  let getter = function("unused", "return { get broken() { throw new Error('get') } }")().object!
  do throws(JSError) {
    _ = try getter.throwing.broken as JSValue
    expect(false, "not thrown")
  } catch {
    expectEqual(error.message, "get")
  }
}

private func errorsOfClosures() {
  let closure = JSClosure { arguments throws(JSError) in
    throw JSError(message: "from Swift \(arguments[0])")
  }
  let catcher = function("f", "try { f(7) } catch (error) { return error.message }")
  expectEqual(catcher(closure).string ?? "", "from Swift 7")
  let rethrower = function("f", "f(8)")
  do throws(JSError) {
    _ = try rethrower.throws(closure)
    expect(false, "not thrown")
  } catch {
    expectEqual(error.message, "from Swift 8")
  }
}

private func closures() {
  var sum = 0.0
  let closure = JSClosure { arguments in
    for argument in arguments { sum += argument.number ?? 0 }
    return .number(sum)
  }
  expectEqual(closure(1, 2).number ?? 0, 3)
  let callMany = function("f", "return f(...Array.from({length: 100}, (_, i) => i))")
  expectEqual(callMany(closure).number ?? 0, 4953)
  let text = JSClosure { arguments in .string("got " + (arguments.first?.string ?? "nothing")) }
  expectEqual(text("it").string ?? "", "got it")
  expectEqual(text().string ?? "", "got nothing")
  // The result lives on in JavaScript alone.
  let maker = JSClosure { _ in
    let object = JSObject()
    object.value = 42
    return .object(object)
  }
  expectEqual(function("f", "return f().value")(maker).number ?? 0, 42)
  expect(function("f", "return typeof f()")(JSClosure { _ in .undefined }).string == "undefined")
  let mapped = JSArray([1, 2, 3]).jsObject.map(JSClosure { .number($0[0].number! * 2) })
  expect((mapped.fromJSValue() as [Int]?) == [2, 4, 6])
}

/// One and two numbers, one object and none cross in ways of their own.
private func argumentsOfClosures() {
  let describe = JSClosure { arguments in
    .string(arguments.map { $0.description }.joined(separator: ";"))
  }
  let lists = [
    "": "", "1.5": "1.5", "-0": "0", "NaN": "NaN", "1, -Infinity": "1;-Infinity",
    "undefined": "undefined", "null": "null", "true": "true", "'text'": "text", "7n": "7",
    "1, undefined": "1;undefined", "undefined, 1": "undefined;1", "1, 'two'": "1;two",
    "[1, 2]": "1,2", "(() => 1)": "() => 1", "[1], 2": "1;2", "1, 2, 3": "1;2;3",
    "1, null, undefined": "1;null;undefined", "undefined, undefined": "undefined;undefined",
  ]
  for (list, expected) in lists {
    expectEqual(function("f", "return f(\(list))")(describe).string ?? "", expected)
  }
  let results = JSClosure { arguments in arguments[0] }
  for value in ["NaN", "-0", "undefined", "null", "false", "'text'", "Infinity", "globalThis"] {
    expect(function("f", "return Object.is(f(\(value)), \(value))")(results).boolean == true, value)
  }
  // What a closure has thrown is not what the next one returns.
  let thrower = JSClosure { _ throws(JSError) in throw JSError(.undefined) }
  let caught = function("f", "try { f(1); return 'returned' } catch (error) { return error }")
  expect(caught(thrower).isUndefined)
  expect(function("f", "return f.length")(results).number == 0)
}

private func keptArguments() {
  var kept: [[JSValue]] = []
  let closure = JSClosure { arguments in
    kept.append(arguments)
    return .undefined
  }
  let object = function("f", "f(1); f(2); const o = {}; f(o); f(4); return o")(closure).object!
  expect(kept.map { $0[0].number ?? -1 } == [1, 2, -1, 4])
  expect(kept[2][0].object == object)
  // Within another call, whose list is in use.
  var seen = 0.0
  let inner = JSClosure { arguments in .number(arguments[0].number! * 10) }
  let outer = JSClosure { arguments in
    let product = inner(arguments[0].number! + 1)
    seen = arguments[0].number!
    return product
  }
  expectEqual(function("f", "return f(1) + f(2)")(outer).number ?? 0, 50)
  expectEqual(seen, 2)
}

private final class Witness {
  let count: UnsafeMutablePointer<Int>
  init(_ count: UnsafeMutablePointer<Int>) { self.count = count }
  deinit { count.pointee += 1 }
}

private func withDeinitCount(_ body: (UnsafeMutablePointer<Int>) -> Void) {
  let count = UnsafeMutablePointer<Int>.allocate(capacity: 1)
  count.initialize(to: 0)
  body(count)
  count.deallocate()
}

private func releasedClosure() {
  withDeinitCount { count in
    let closure = makeClosure(Witness(count))
    _ = closure()
    expectEqual(count.pointee, 0)
    closure.release()
    expectEqual(count.pointee, 1)
    closure.release()
    do throws(JSError) {
      _ = try closure.throws()
      expect(false, "not thrown")
    } catch {
      expectEqual(
        error.message,
        "the Swift closure made at CallTests/CallTests.swift:\(closureLine) was called after its release")
    }
  }
}

private let closureLine = #line + 2
private func makeClosure(_ witness: Witness) -> JSClosure {
  JSClosure { _ in
    withExtendedLifetime(witness) {}
    return .undefined
  }
}

private func oneshotClosure() {
  withDeinitCount { count in
    let witness = Witness(count)
    let closure = JSOneshotClosure { [witness] _ in
      withExtendedLifetime(witness) {}
      return 1
    }
    expectEqual(closure().number ?? 0, 1)
    do throws(JSError) {
      _ = try closure.throws()
      expect(false, "not thrown")
    } catch {
      expect(error.message.utf8.count > 0)
    }
  }
}

private func nesting() {
  let call = function("f", "return f")
  func descend(_ depth: Int) -> JSValue {
    if depth == 0 { return "bottom" }
    let closure = JSClosure { arguments in
      let inner = descend(depth - 1)
      return .string("\(inner)\(arguments[0])")
    }
    return JSArray([.number(depth)]).jsObject.map(closure)[0]
  }
  expectEqual(descend(20).string ?? "", "bottom" + (1...20).map { "\($0)" }.joined())
  _ = call
}

private func calledByEventLoop() async {
  let count = await withUnsafeContinuation { (continuation: UnsafeContinuation<Int, Never>) in
    var calls = 0
    var closure: JSClosure?
    closure = JSClosure { _ in
      calls += 1
      if calls == 3 {
        continuation.resume(returning: calls)
      } else {
        JSObject.global.setTimeout(closure!, 0)
      }
      return .undefined
    }
    JSObject.global.setTimeout(closure!, 0)
  }
  expectEqual(count, 3)
}

private func promises() async {
  do throws(JSError) {
    expectEqual(try await JSPromise.resolve("done").value.string ?? "", "done")
    let later = function("x", "return new Promise((resolve) => setTimeout(() => resolve(x * 2), 1))")
    expectEqual(try await JSPromise(later(21).object!)!.value.number ?? 0, 42)
    // Anything with a method `then`.
    let thenable = function("x", "return { then(resolve) { resolve(x) } }")
    expectEqual(try await JSPromise(thenable(1).object!)!.value.number ?? 0, 1)
    let made = JSPromise { settle in settle(.success("made")) }
    expectEqual(try await made.value.string ?? "", "made")
    expectEqual(try await made.value.string ?? "", "made")
  } catch {
    expect(false, error.description)
  }
  expect(JSPromise(JSObject()) == nil)
}

private func rejections() async {
  do throws(JSError) {
    _ = try await JSPromise.reject(JSObject.global.RangeError.function!.new("far")).value
    expect(false, "not thrown")
  } catch {
    expectEqual(error.description, "RangeError: far")
  }
  do throws(JSError) {
    _ = try await JSPromise.reject(17).value
    expect(false, "not thrown")
  } catch {
    expectEqual(error.thrownValue.number ?? 0, 17)
    expectEqual(error.message, "17")
  }
  let object = JSObject()
  for reason in [
    .undefined, .null, .boolean(false), .number(.nan), "text", .object(object), .symbol(JSSymbol("s")),
  ] as [JSValue] {
    guard case .failure(let error) = await JSPromise.reject(reason).result else {
      expect(false, "not thrown")
      continue
    }
    expectEqual(error.thrownValue.description, reason.description)
    if let thrown = error.thrownValue.object { expect(thrown == object) }
  }
  do throws(JSError) {
    _ = try await JSPromise { settle in settle(.failure(JSError(.undefined))) }.value
    expect(false, "not thrown")
  } catch {
    expect(error.thrownValue.isUndefined)
  }
}

private func asynchronousClosures() async {
  let closure = JSClosure.async { arguments throws(JSError) in
    let value = try await JSPromise(arguments[0].object!)!.value
    await Task.yield()
    return .number(value.number! + 1)
  }
  let use = function("f", "return f(Promise.resolve(1)).then((x) => f(Promise.resolve(x)))")
  do throws(JSError) {
    expectEqual(try await JSPromise(use(closure).object!)!.value.number ?? 0, 3)
  } catch {
    expect(false, error.description)
  }
  let reject = function("f", "return f(Promise.reject(new Error('inner')))")
  do throws(JSError) {
    _ = try await JSPromise(reject(closure).object!)!.value
    expect(false, "not thrown")
  } catch {
    expectEqual(error.message, "inner")
  }
}

private func manyPromises() async {
  let later = function("x", "return new Promise((resolve) => setTimeout(() => resolve(x), x % 3))")
  var handles: [WorkerHandle<Double, Never>] = []
  for index in 0..<300 {
    handles.append(
      spawnLocal {
        switch await JSPromise(later(index).object!)!.result {
        case .success(let value): value.number ?? -1
        case .failure: -1
        }
      })
  }
  var sum = 0.0
  for handle in handles { sum += await handle.value }
  expectEqual(sum, 44850)
}

private func objectsAcrossAwaits() async {
  let object = JSObject()
  object.count = 0
  for _ in 0..<100 {
    await Task.yield()
    object.count = .number(object.count.number! + 1)
  }
  expectEqual(object.count.number ?? 0, 100)
}
