import JavaScript

/// Prints a line of JSON for each row: nanoseconds an operation, by the module JavaScript and by
/// hand-written glue. The two take turns, so that what disturbs one disturbs the other; medians
/// count.
@main struct Costs {
  @MainActor static func main() async {
    let object = evaluate(
      """
      ({ value: 1.5, text: "", add(a, b) { return a + b; }, array: new Uint8Array(1 << 20) })
      """).object!
    var sum = 0.0

    compare(
      "number property", 200_000,
      { count in for _ in 0..<count { sum += object.value.number! } },
      { count in for _ in 0..<count { sum += handGetValue(0) } })
    compare(
      "number property set", 200_000,
      { count in for index in 0..<count { object.value = .number(Double(index)) } },
      { count in for index in 0..<count { handSetValue(0, Double(index)) } })
    compare(
      "method, two numbers", 200_000,
      { count in for index in 0..<count { sum += object.add(Double(index), 1.5).number! } },
      { count in for index in 0..<count { sum += handAdd(0, Double(index), 1.5) } })

    for (length, count) in [(10, 100_000), (1000, 20_000)] {
      // A text that changes: no cache of texts helps.
      let texts = (0..<64).map { text(of: length, $0) }
      compare(
        "text of \(length) to JavaScript", count,
        { count in for index in 0..<count { object.text = .string(texts[index & 63]) } },
        { count in
          for index in 0..<count {
            texts[index & 63].utf8.withContiguousStorageIfAvailable {
              handSetText(0, $0.baseAddress, $0.count)
            }
          }
        })
      compare(
        "text of \(length) from JavaScript", count,
        { count in for _ in 0..<count { sum += Double(object.text.string!.utf8.count) } },
        { count in
          for _ in 0..<count {
            let text = String(unsafeUninitializedCapacity: 4096) {
              handGetText(0, $0.baseAddress!, $0.count)
            }
            sum += Double(text.utf8.count)
          }
        })
    }

    let array = JSTypedArray<UInt8>(object.array.object!)!
    let megabyte = [UInt8](repeating: 1, count: 1 << 20)
    var copy = megabyte
    compare(
      "1 MiB to a typed array", 100,
      { count in for _ in 0..<count { array.copy(megabyte) } },
      { count in
        for _ in 0..<count { megabyte.withUnsafeBytes { handCopyIn(0, $0.baseAddress, $0.count) } }
      })
    compare(
      "1 MiB from a typed array", 100,
      { count in
        for _ in 0..<count { copy.withUnsafeMutableBufferPointer { _ = array.copy(to: $0) } }
      },
      { count in
        for _ in 0..<count {
          copy.withUnsafeMutableBytes { handCopyOut(0, $0.baseAddress, $0.count) }
        }
      })
    let memcpy = { (count: Int) in
      for _ in 0..<count {
        copy.withUnsafeMutableBytes { to in megabyte.withUnsafeBytes { to.copyMemory(from: $0) } }
      }
    }
    compare(
      "1 MiB to a typed array, against memcpy", 100,
      { count in for _ in 0..<count { array.copy(megabyte) } }, memcpy)
    compare(
      "1 MiB from a typed array, against memcpy", 100,
      { count in
        for _ in 0..<count { copy.withUnsafeMutableBufferPointer { _ = array.copy(to: $0) } }
      }, memcpy)

    let one = object.value.number! == 1 ? 2.0 : 1.0
    let closure = JSClosure { arguments in .number(arguments[0].number! + one) }
    handCallbacks.append { $0 + one }
    let callMany = evaluate(
      """
      (f, count) => {
        let sum = 0;
        for (let i = 0; i < count; i++) sum += f(i);
        return sum;
      }
      """
    ).function!
    compare(
      "closure called from JavaScript", 100_000,
      { count in sum += callMany(closure, count).number! },
      { count in sum += handCallMany(0, count) })

    var events = 0
    let target = JSObject.global.EventTarget.function!.new()
    target.addEventListener(
      "tick",
      JSClosure { _ in
        events += 1
        return .undefined
      })
    let dispatchMany = evaluate(
      """
      (target, count) => {
        for (let i = 0; i < count; i++) target.dispatchEvent(new Event('tick'));
      }
      """
    ).function!
    compare(
      "event", 50_000, { count in dispatchMany(target, count) },
      { count in handDispatchMany(count) })

    let promise = JSPromise.resolve(1)
    await compareAwaits(
      "promise awaited", 20_000,
      { (try? await promise.value.number) ?? .nan },
      {
        await withUnsafeContinuation {
          handWait(Unmanaged.passRetained(HandWaiter($0)).toOpaque())
        }
      })
    precondition(!sum.isNaN && events > 0)
  }
}

private func evaluate(_ expression: String) -> JSValue {
  JSObject.global.Function.function!.new("return \(expression)").jsValue.function!()
}

/// An ASCII text of `length` characters, another for each `seed`.
private func text(of length: Int, _ seed: Int) -> String {
  var text = ""
  while text.utf8.count < length { text += "\(seed * 7919 + text.utf8.count)," }
  return String(text.prefix(length))
}

private let roundCount = 9

private func compare(_ row: String, _ count: Int, _ ours: (Int) -> Void, _ hand: (Int) -> Void) {
  var times: [(Double, Double)] = []
  for round in 0...roundCount {
    let pair = (time(count, ours), time(count, hand))
    // The first warms up.
    if round > 0 { times.append(pair) }
  }
  report(row, times)
}

/// Not inlined: engines give the code of a function that loops to their optimising compiler when it
/// is called again.
@inline(never)
private func time(_ count: Int, _ body: (Int) -> Void) -> Double {
  let start = JSPerformance.now()
  body(count)
  return (JSPerformance.now() - start) * 1e6 / Double(count)
}

@MainActor private func compareAwaits(
  _ row: String, _ count: Int, _ ours: () async -> Double, _ hand: () async -> Double
) async {
  var times: [(Double, Double)] = []
  for round in 0...roundCount {
    let start = JSPerformance.now()
    for _ in 0..<count { _ = await ours() }
    let middle = JSPerformance.now()
    for _ in 0..<count { _ = await hand() }
    let end = JSPerformance.now()
    if round > 0 {
      times.append(((middle - start) * 1e6 / Double(count), (end - middle) * 1e6 / Double(count)))
    }
  }
  report(row, times)
}

private func report(_ row: String, _ times: [(Double, Double)]) {
  func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
  let (ours, hand) = (median(times.map { $0.0 }), median(times.map { $0.1 }))
  let ratio = median(times.map { $0.0 / $0.1 })
  print(
    "{\"row\":\"\(row)\",\"ours\":\(JSValue.number(ours)),\"hand\":\(JSValue.number(hand)),"
      + "\"ratio\":\(JSValue.number(ratio))}")
}
