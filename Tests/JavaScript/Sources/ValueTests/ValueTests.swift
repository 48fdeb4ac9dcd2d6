import HighMemory
import JavaScript
import WebbleTesting

@main struct ValueTests {
  @MainActor static func main() async {
    takeLowMemory()
    await runTests {
      everywhere("numbers", numbers)
      everywhere("booleans, null and undefined", singletons)
      everywhere("texts", texts)
      everywhere("a text of 10 MB", longText)
      everywhere("lone surrogates", loneSurrogates)
      everywhere("property names", propertyNames)
      everywhere("arrays and dictionaries", collections)
      everywhere("symbols", symbols)
      everywhere("integers of 64 bits", bigInts)
      everywhere("identity", identity)
      everywhere("the table keeps nothing", tableKeepsNothing)
      everywhere("what crosses and is dropped leaves no place taken", nothingStays)
      everywhere("the console", consoleMethods)
      everywhere("values describe themselves", descriptions)
      bufferTests()
    }
  }
}

/// Declares a test that runs on the main thread and on a worker.
@MainActor func everywhere(_ name: String, _ body: @escaping @Sendable () -> Void) {
  test(name + ", on the main thread") { body() }
  test(name + ", on a worker") {
    let pool = try! ThreadPool(workerCount: 1)
    await pool.spawn { body() }.value
    await pool.shutdown()
  }
}

/// What comes back when `value` is given to a function of JavaScript that returns its argument.
func echo(_ value: some ConvertibleToJSValue) -> JSValue { function("value", "return value")(value) }

/// A function of JavaScript with one parameter, from its source.
func function(_ parameter: String, _ body: String) -> JSFunction {
  unsafeDowncast(JSObject.global.Function.function!.new(parameter, body), to: JSFunction.self)
}

func evaluate(_ expression: String) -> JSValue { function("unused", "return \(expression)")() }

private func numbers() {
  for number in [0, 1, -1, 0.1, 9_007_199_254_740_992, 1.7976931348623157e308, 5e-324, .infinity, -.infinity] {
    expectEqual(echo(number).number ?? .nan, number)
  }
  expect(echo(Double.nan).number?.isNaN == true)
  expect(echo(-0.0).number?.sign == .minus)
  // Also after results of another kind.
  expectEqual(echo("text").string ?? "", "text")
  expect(echo(Double.nan).number?.isNaN == true)
  do throws(JSError) {
    _ = try function("value", "throw value").throws(Double.nan)
    expect(false, "not thrown")
  } catch {
    expect(error.thrownValue.number?.isNaN == true)
  }
  expect(echo(Double.nan).number?.isNaN == true)
  expect(evaluate("-0").number?.sign == .minus)
  expectEqual(evaluate("2 ** 53").number ?? 0, 9_007_199_254_740_992)
  expectEqual(echo(Int.max).fromJSValue() ?? 0, Int.max)
  expectEqual(echo(Int.min).fromJSValue() ?? 0, Int.min)
  expect((evaluate("2 ** 31").fromJSValue() as Int?) == nil)
  expect((evaluate("0.5").fromJSValue() as Int?) == nil)
  expect((evaluate("NaN").fromJSValue() as Int?) == nil)
  expect((evaluate("-1").fromJSValue() as UInt8?) == nil)
  expectEqual(evaluate("1e21").description, "1e+21")
  expectEqual(evaluate("0.1").description, "0.1")
}

private func singletons() {
  expect(echo(true).boolean == true)
  expect(echo(false).boolean == false)
  expect(echo(JSValue.null).isNull)
  expect(echo(JSValue.undefined).isUndefined)
  expect(!echo(JSValue.null).isUndefined)
  expect(JSValue.null != JSValue.undefined)
  expect(echo(Int?.none).isUndefined)
  expect(evaluate("null").object == nil)
  expect((JSValue.null.fromJSValue() as Int??) == .some(nil))
  expect(JSObject.global["a name that nothing has"].isUndefined)
}

private func texts() {
  let samples = [
    "", "a", "0123456789", "0123456789a", "ä", "\u{0}", "a\u{0}b", "日本語", "👩‍👩‍👧", "e\u{301}", "\u{FEFF}x",
    String(repeating: "x", count: 31), String(repeating: "x", count: 33),
    String(repeating: "é", count: 1000), String(repeating: "y", count: 4096),
    String(repeating: "z", count: 5000),
  ]
  for sample in samples {
    let echoed = echo(sample)
    expect(echoed.string.map { Array($0.utf8) } == Array(sample.utf8), "a text of \(sample.utf8.count) bytes")
    expect(echoed == .string(sample))
    expect(echo(echoed) == echoed)
  }
  // Texts that share their place in the table of short ones must not be taken for each other.
  for index in 0..<3000 { expectEqual(echo("text \(index)").string ?? "", "text \(index)") }
  let join = JSObject.global.Array.function!.new("ab", "日", "", "cd")
  expectEqual(join.join("-").string ?? "", "ab-日--cd")
}

private func longText() {
  let text = String(repeating: "0123456789", count: 1_000_000)
  let echoed = echo(text)
  expectEqual(echoed.length(of: "length"), 10_000_000)
  expect(echoed.string == text)
}

private func loneSurrogates() {
  let lone = evaluate(#""a\ud800b""#)
  expectEqual(lone.string ?? "", "a\u{FFFD}b")
  let code = function("text", "return text.charCodeAt(1)")
  expectEqual(code(lone).number ?? 0, 0xD800)
  expect(lone != .string("a\u{FFFD}b"))
  expect(lone == evaluate(#""a" + String.fromCharCode(0xd800) + "b""#))
  let object = JSObject()
  object.text = lone
  expectEqual(code(object.text).number ?? 0, 0xD800)
  // In Swift each is what the engine's own encoder makes of it.
  let encode = function("text", "return new TextEncoder().encode(text)")
  let long = 5000
  for source in [
    #""\ud800""#, #""\udfff""#, #""\udc00\ud800""#, #""\ud800\ud800\udc00""#, #""ab\udc00""#,
    #""日\ud83d""#, #""x".repeat(\#(long)) + "\ud800""#, #""\udc00" + "é".repeat(\#(long))"#,
    #""\ud83d".repeat(\#(long))"#,
  ] {
    let text = evaluate(source)
    let encoded = JSTypedArray<UInt8>(encode(text).object!)!
    expect(Array(text.string?.utf8 ?? "".utf8) == Array(encoded), source)
    // Handed on as it is, it stays what it was; as a name of a property too.
    expect(echo(text) == text, source)
    let holder = JSObject()
    _ = JSObject.global.Reflect.set(holder, text, 1)
    expectEqual(JSObject.global.Reflect.get(holder, text).number ?? 0, 1)
    expect(holder[text.string!].isUndefined, source)
  }
}

private func propertyNames() {
  let object = JSObject()
  object.plain = 1
  object["not an identifier"] = 2
  object.größe = 3
  object[7] = 4
  let symbol = JSSymbol("key")
  object[symbol] = 5
  expectEqual(object["plain"].number ?? 0, 1)
  expectEqual(object["not an identifier"].number ?? 0, 2)
  expectEqual(object["größe"].number ?? 0, 3)
  expectEqual(object.größe.number ?? 0, 3)
  expectEqual(object["7"].number ?? 0, 4)
  expectEqual(object[7].number ?? 0, 4)
  expectEqual(object[symbol].number ?? 0, 5)
  expectEqual(JSObject.global.JSON.stringify(object).string ?? "",
    #"{"7":4,"plain":1,"not an identifier":2,"größe":3}"#)
}

private func collections() {
  let nested = [[1, 2], [], [3]]
  expectEqual(JSObject.global.JSON.stringify(nested).string ?? "", "[[1,2],[],[3]]")
  expect((echo(nested).fromJSValue() as [[Int]]?) == nested)
  expect((evaluate(#"[1, "two"]"#).fromJSValue() as [Int]?) == nil)
  expect((evaluate("[1, null]").fromJSValue() as [Int?]?) == [1, nil])
  expect((evaluate("({a: 1, b: 2})").fromJSValue() as [String: Int]?) == ["a": 1, "b": 2])
  expect((echo(["k": "v"]).fromJSValue() as [String: String]?) == ["k": "v"])
  let array = JSArray([1, "two", nil])
  array.append(.undefined)
  expectEqual(array.length, 4)
  expectEqual(array[1].string ?? "", "two")
  expectEqual(array.map { $0.description }.joined(separator: ","), "1,two,null,undefined")
  expect(JSArray(JSObject()) == nil)
  let many = (0..<200).map { JSValue.number($0) }
  expectEqual(JSObject.global.Math.max.function!(arguments: many).number ?? 0, 199)
}

private func symbols() {
  let symbol = JSSymbol("name")
  expectEqual(symbol.description, "Symbol(name)")
  expect(echo(symbol).symbol == symbol)
  expect(JSSymbol("name") != symbol)
  expect(JSSymbol.for("shared") == JSSymbol.for("shared"))
  expect(JSArray().jsObject[JSSymbol.iterator].function != nil)
}

private func bigInts() {
  for value in [0, 1, -1, Int64.max, Int64.min] {
    expectEqual(echo(value).fromJSValue() ?? 7, value)
  }
  expectEqual(echo(UInt64.max).fromJSValue() ?? 0, UInt64.max)
  expectEqual(echo(UInt64.max).description, "18446744073709551615")
  expect(evaluate("2n ** 64n").bigInt?.uint64 == nil)
  expect(evaluate("-1n").bigInt?.uint64 == nil)
  expect(evaluate("2n ** 63n").bigInt?.int64 == nil)
  expect(evaluate("10n") == .bigInt(JSBigInt(10)))
}

private func identity() {
  let object = JSObject()
  expect(echo(object).object == object)
  expect(JSObject() != object)
  expect(JSObject.global == JSObject.global)
  expect(JSObject.global.globalThis.object == JSObject.global)
  expect(JSArray().jsObject.isInstanceOf(JSObject.global.Array.function!))
  expect(!object.isInstanceOf(JSObject.global.Array.function!))
}

/// New objects take the places of old ones.
private func tableKeepsNothing() {
  let make = function("index", "return {index}")
  for index in 0..<100_000 {
    let object = make(index).object!
    if object.index.number != Double(index) { expect(false, "object \(index)") }
  }
}

/// A new object's place in the table: its first stored property, behind the two words of every object's
/// head.
private func nextPlace() -> Int32 {
  let object = JSObject()
  return UnsafeRawPointer(Unmanaged.passUnretained(object).toOpaque())
    .load(fromByteOffset: 8, as: Int32.self)
}

private func nothingStays() {
  let take = function("value", "return 1")
  let object = JSObject()
  let thrower = function("value", "throw value")
  let closure = JSClosure { arguments throws(JSError) in
    if arguments.count == 2 { throw JSError(arguments[0]) }
    return arguments[0]
  }
  let catcher = function("f", "try { f({}, 1) } catch (error) { return error === undefined }")
  let uses: [() -> Void] = [
    { _ = take(JSObject()) },
    { _ = take(JSObject(), [1, 2], ["key": "value"], "text", JSSymbol("s"), UInt64.max) },
    { _ = object.toString(JSObject(), JSArray([1])) },
    { object.held = JSObject().jsValue },
    { _ = echo(JSObject()).object },
    { _ = closure(JSObject()) },
    { _ = catcher(closure) },
    { _ = try? thrower.throws(JSObject()) },
    { _ = try? object.throwing.missing(JSObject()) },
    { _ = try? closure.throws(JSObject(), 1) },
    { _ = JSArray([.object(JSObject())])[0] },
  ]
  for (number, use) in uses.enumerated() {
    use()
    let before = nextPlace()
    for _ in 0..<10_000 { use() }
    expect(nextPlace() == before, "use \(number): place \(nextPlace()) after \(before)")
  }
  closure.release()
}

/// What a method of the console is given, as it stands for the thread's own.
private func consoleMethods() {
  let replace = function(
    "name",
    """
    const seen = [], original = console[name];
    console[name] = (...values) => { seen.push(values.map(String).join()); };
    return { seen, restore() { console[name] = original; } };
    """)
  for name in ["log", "info", "warn", "error", "debug"] {
    let replaced = replace(name).object!
    _ = console[name].function!.bound(to: console)("text", 1, true, JSValue.null)
    switch name {
    case "log": console.log("called")
    case "info": console.info("called")
    case "warn": console.warn("called")
    case "error": console.error("called")
    default: console.debug("called")
    }
    replaced.restore()
    expectEqual(replaced.seen.join("; ").string ?? "", "text,1,true,null; called")
  }
}

extension JSValue {
  func length(of name: String) -> Int {
    JSObject.global.Object(self).object![name].fromJSValue() ?? -1
  }
}

private func descriptions() {
  expectEqual("\(JSArray([1, "a"]))", "1,a")
  expectEqual("\(JSTypedArray<UInt8>([1, 2]))", "1,2")
  expectEqual("\(JSArrayBuffer([1]))", "[object ArrayBuffer]")
  expectEqual("\(JSDate(millisecondsSinceEpoch: 0))", "1970-01-01T00:00:00.000Z")
  expectEqual("\(JSDate(millisecondsSinceEpoch: .nan))", "Invalid Date")
  expectEqual("\(JSPromise(unsafelyWrapping: evaluate("Promise.resolve(1)").object!))", "[object Promise]")
  expectEqual("\(JSError(message: "no"))", "Error: no")
  expectEqual("\(evaluate("Symbol('s')")) \(evaluate("2n"))", "Symbol(s) 2")
}
