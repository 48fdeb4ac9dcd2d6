import JavaScript
import WebbleTesting

/// Prints what calls cost, for `--costs`: nanoseconds each, the best of five rounds.
func printCosts() {
  func measure(_ name: String, _ count: Int = 100_000, _ body: (Int) -> Void) {
    var best = Double.infinity
    for _ in 0..<5 {
      let start = JSPerformance.now()
      for index in 0..<count { body(index) }
      best = min(best, JSPerformance.now() - start)
    }
    print("\(name): \(Int(best * 1e6 / Double(count))) ns")
  }
  let object = function("unused", "return { value: 1.5, add(a, b) { return a + b }, echo(text) { return text } }")().object!
  let short = "0123456789"
  let long = String(repeating: "0123456789", count: 100)
  object.short = .string(short)
  object.long = .string(long)
  var sum = 0.0
  measure("number property") { _ in sum += object.value.number! }
  measure("method with two numbers") { index in sum += object.add(index, 1.5).number! }
  measure("text of 10 to JavaScript") { _ in object.short = .string(short) }
  measure("text of 10 from JavaScript") { _ in sum += Double(object.short.string!.utf8.count) }
  measure("text of 1000 to JavaScript", 20_000) { _ in object.long = .string(long) }
  measure("text of 1000 from JavaScript", 20_000) { _ in sum += Double(object.long.string!.utf8.count) }
  measure("new object") { _ in _ = JSObject() }
  let megabyte = [UInt8](repeating: 1, count: 1 << 20)
  let array = JSTypedArray(megabyte)
  var copy = megabyte
  measure("1 MiB to a typed array", 200) { _ in array.copy(megabyte) }
  measure("1 MiB from a typed array", 200) { _ in
    copy.withUnsafeMutableBufferPointer { _ = array.copy(to: $0) }
  }
  measure("1 MiB within Swift", 200) { _ in
    copy.withUnsafeMutableBytes { to in megabyte.withUnsafeBytes { to.copyMemory(from: $0) } }
  }
  let closure = JSClosure { arguments in arguments[0] }
  let loop = function("f", "for (let i = 0; i < 100000; i++) f(i)")
  measure("closure call, 100000 of them", 1) { _ in loop(closure) }
  print("\(sum)")
}
