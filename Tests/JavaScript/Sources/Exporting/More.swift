import JavaScript

struct Options: JSExportableStruct {
  var name = "none"
  var sizes: [Int] = []
  var scale: Double?

  mutating func visit(_ fields: inout JSFields) {
    fields.visit("name", &name)
    fields.visit("sizes", &sizes)
    fields.visit("scale", &scale)
  }
}

enum Refusal: JSExportableError {
  case tooLarge(Int)

  var name: String { "Refusal" }
  var message: String {
    switch self {
    case .tooLarge(let size): "\(size) is too large"
    }
  }
}

/// Counts up, and fails behind the last number if it is odd.
struct Count: AsyncSequence, AsyncIteratorProtocol {
  var last: Int
  var next = 0

  mutating func next(isolation actor: isolated (any Actor)?) async throws(Refusal) -> Int? {
    await Task.yield()
    if next == last && last % 2 == 1 { throw .tooLarge(last) }
    if next >= last { return nil }
    next += 1
    return next
  }

  func makeAsyncIterator() -> Count { self }
}

/// Exports of more parameters than two, and of other types than numbers and texts.
@MainActor func exportMore() {
  JSExports.add(
    "brightest", "pixels", "width", "height", documentation: "The column of the brightest pixel."
  ) { (pixels: JSTypedArray<UInt8>, width: Int, height: Int) in
    let bytes = Array(pixels)
    precondition(bytes.count == width * height)
    return bytes.indices.max { bytes[$0] < bytes[$1] }! % width
  }
  JSExports.add("eight", "a", "b", "c", "d", "e", "f", "g", "h") {
    (a: Int, b: Double, c: Bool, d: String, e: [Int], f: [String: Int], g: Int?, h: JSValue) in
    "\(a) \(b) \(c) \(d) \(e.count) \(f["x"] ?? 0) \(g ?? -1) \(h)"
  }
  JSExports.add("bytes", "count") { (count: Int) in JSUInt8ClampedArray((0..<count).map { UInt8($0) }) }
  JSExports.add("key", "object", "key") { (object: JSObject, key: String) in object[key] }
  JSExports.add("apply", "function", "value") { (function: JSFunction, value: JSValue) throws(JSError) in
    try function.throws(value)
  }
  JSExports.add("twice", "callback") { (callback: JSCallback1<Double, Double>) throws(JSError) in
    try callback(callback(1))
  }
  JSExports.add("each", "callback") { (callback: JSCallback2<Int, String, JSVoid>) throws(JSError) -> Void in
    for index in 0..<2 { try callback(index, "\(index)") }
  }
  JSExports.add("renamed", "options", "name") { (options: Options, name: String) in
    var options = options
    options.name = name
    return options
  }
  JSExports.add("refuse", "size") { (size: Int) throws(Refusal) -> Int in throw .tooLarge(size) }
  JSExports.addAsync("refuseLater", "size", "a", "b") { (size: Int, a: Int, b: Int) async throws(Refusal) -> Void in
    await Task.yield()
    throw .tooLarge(size)
  }
  JSExports.add("count", "last") { (last: Int) in JSAsyncIterable(Count(last: last)) }
  JSExports.addAsync("cancellable", "text", "signal") {
    (text: String, signal: JSAbortSignal?) async throws(JSError) -> String in
    await withTaskCancellationHandler {
      if text == "wait" { try? await Task.sleep(for: .seconds(1000)) }
    } onCancel: {
      print("cancelled")
    }
    return text
  }
}
