import JavaScript

/// Programs whose ends Tests/EndToEndTests looks at: the first argument chooses.
@main struct Endings {
  static func main() async {
    switch programArguments.first {
    case "leaks":
      let pool = try! ThreadPool(workerCount: 1)
      await pool.spawn { leaveClosures() }.value
      await pool.shutdown()
      leaveClosures()
      exit(0)
    case "wrong thread":
      let pool = try! ThreadPool(workerCount: 1)
      nonisolated(unsafe) let object = JSObject()
      await pool.spawn { object.name = 1 }.value
    case "wrong thread, main":
      let pool = try! ThreadPool(workerCount: 1)
      let escape = await pool.spawn { Escape(JSObject()) }.value
      escape.object.name = 1
    case "trap in a listener":
      trapInListener()
    case "trap in a listener, later":
      // In a turn of the event loop's.
      try? await Task.sleep(for: .milliseconds(1))
      trapInListener()
    case "trap in a worker's listener":
      let pool = try! ThreadPool(workerCount: 1)
      await pool.spawn { trapInListener() }.value
    case "trap below JavaScript": trapBelowJavaScript()
    case "trap below JavaScript on a worker":
      let pool = try! ThreadPool(workerCount: 1)
      await pool.spawn { trapBelowJavaScript() }.value
    case "caught trap":
      catchTrap(in: programArguments[1])
    case "caught trap on a worker":
      let pool = try! ThreadPool(workerCount: 1)
      await pool.spawn { catchTrap(in: programArguments[1]) }.value
    case "overflow in a closure":
      overflowInClosure()
    case "exit in a closure":
      let witness = makeWitness()
      JSObject.global.Reflect.apply(JSClosure { _ in exit(3) }, JSValue.undefined, JSArray([]))
      witness.tell(1)
    default:
      exit(2)
    }
  }
}

/// An object, kept from the compiler's eyes.
private final class Escape: @unchecked Sendable {
  let object: JSObject
  init(_ object: JSObject) { self.object = object }
}

/// One that holds itself, and three that are none of Swift's any more.
private func leaveClosures() {
  var itself: JSClosure?
  itself = JSClosure { _ in
    withExtendedLifetime(itself) {}
    return .undefined
  }
  JSObject.global.callback = .object(JSClosure { _ in .undefined })
  let released = JSClosure { _ in .undefined }
  released.release()
  JSOneshotClosure { _ in .undefined }()
}

/// An event target reports what a listener throws, and goes on.
private func trapInListener() {
  let witness = makeWitness()
  let target = JSObject.global.EventTarget.function!.new()
  target.addEventListener(
    "tick", JSClosure { arguments in arguments[0].object!.type.string == "tick" ? trap() : 1 })
  target.dispatchEvent(JSObject.global.Event.function!.new("tick"))
  witness.tell(1)
}

/// An object to tell that the program went on after its end, which it must not: an error of the
/// page, or of Node, as a program that has ended writes no lines, with a number for an answer, as
/// nothing else gets past the end.
private func makeWitness() -> JSObject {
  JSObject.global.Function.function!.new(
    """
    return { tell(_) { queueMicrotask(() => { throw new Error("went on"); }); return 1; } };
    """
  ).jsValue.function!().object!
}

/// JavaScript catches the trap of a closure, and goes on with a number.
private func catchTrap(in way: String) {
  let witness = makeWitness()
  let make = JSObject.global.Function.function!.new(
    "f",
    """
    const quietly = () => { try { f(); } catch {} return 1; };
    return {
      method: quietly, get property() { return quietly(); }, set property(_) { quietly(); },
    };
    """)
  let object = make.jsValue.function!(JSClosure { _ in trap() }).object!
  switch way {
  case "call": object["method"].function!()
  case "method": object.method("text")
  case "method, one number": object.method(1)
  case "method, two numbers": object.method(1, 2)
  case "get": _ = object.property.number
  case "get, made name": _ = object["prop" + "erty"].number
  case "set": object.property = "text"
  case "set, number": object.property = 1
  default: object["prop" + "erty"] = "text"
  }
  witness.tell(1)
}

/// Swift calls JavaScript, which calls a closure.
private func trapBelowJavaScript() {
  let between = JSObject.global.Function.function!.new("f", "return function between() { return f(); };")
  between.jsValue.function!(JSClosure { _ in trap() }).function!()
}

private func trap() -> JSValue { fatalError("within a listener") }

/// The stack ends in a closure that JavaScript has called, where nothing is left to report it with.
private func overflowInClosure() {
  let witness = makeWitness()
  let closure = JSClosure { arguments in .number(descend(arguments[0].number!)) }
  closure(1)
  witness.tell(1)
}

private func descend(_ level: Double) -> Double {
  let blocks = [256 of Double](repeating: level)
  return level > 0 ? descend(level + 1) + blocks[Int(level) & 255] : 0
}
