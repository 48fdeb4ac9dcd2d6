/// A function of JavaScript that runs Swift, on the thread that made it.
///
/// JavaScript may keep it for as long as it likes, also after Swift has dropped the `JSClosure`:
/// what the body captures is freed when neither can reach the function any more, or by `release()`.
public class JSClosure: JSFunction {
  /// What the function runs. `JSError`s that it throws are exceptions in JavaScript.
  public typealias Body = ([JSValue]) throws(JSError) -> JSValue

  private let box: UnsafeMutableRawPointer

  /// Makes a function. The file and line are what the exception names that calls after `release()`
  /// throw.
  public convenience init(
    file: StaticString = #fileID, line: Int = #line, _ body: @escaping Body
  ) {
    self.init(ClosureBox(body, isOneshot: false), file, line)
  }

  fileprivate init(_ closure: ClosureBox, _ file: StaticString, _ line: Int) {
    let thread = currentThread()
    box = Unmanaged.passRetained(closure).toOpaque()
    let origin = "\(file.description):\(line)"
    noteClosure(box, madeAt: origin)
    let index = withUTF8(of: origin) { [box] in jsMakeClosure(box, $0.baseAddress, $0.count) }
    super.init(index: index, of: thread)
  }

  /// Frees what the body captures. Calls from JavaScript throw an `Error` from now on. To be called
  /// on the closure's thread; a second time does nothing.
  public final func release() {
    checkThread()
    releaseClosure(box)
  }

  /// A function that returns a promise and runs asynchronously, as a task of the thread that made
  /// it. An error rejects the promise.
  public static func async(
    file: StaticString = #fileID, line: Int = #line,
    _ body: @escaping ([JSValue]) async throws(JSError) -> JSValue
  ) -> JSClosure {
    JSClosure(file: file, line: line) { arguments in
      JSPromise.async { () async throws(JSError) in try await body(arguments) }.jsValue
    }
  }
}

/// A function of JavaScript that runs Swift once: the first call frees what the body captures,
/// further calls throw an `Error`.
public final class JSOneshotClosure: JSClosure {
  public convenience init(
    file: StaticString = #fileID, line: Int = #line, _ body: @escaping Body
  ) {
    self.init(ClosureBox(body, isOneshot: true), file, line)
  }
}

private final class ClosureBox {
  let body: JSClosure.Body
  let isOneshot: Bool

  init(_ body: @escaping JSClosure.Body, isOneshot: Bool) {
    self.body = body
    self.isOneshot = isOneshot
  }
}

/// Gives up the glue's reference, unless that has been done.
private func releaseClosure(_ box: UnsafeMutableRawPointer) {
  if jsReleaseClosure(box) != 0 { forget(box) }
}

/// Called by the glue: `count` arguments are in `slots`.
///
/// - Returns: the number that the body returns; NaN if it returns something else, or throws, which
///   is handed back, except for `undefined`.
@_expose(wasm, "webble_javascript_invoke")
@_cdecl("webble_javascript_invoke")
func invoke(
  _ box: UnsafeMutableRawPointer, _ slots: UnsafeMutableRawPointer, _ count: Int
) -> Double {
  call(box, currentThread().readArguments(slots, count: count))
}

/// The same without arguments.
@_expose(wasm, "webble_javascript_invoke0")
@_cdecl("webble_javascript_invoke0")
func invoke(_ box: UnsafeMutableRawPointer) -> Double { call(box, []) }

/// The same with a number.
@_expose(wasm, "webble_javascript_invoke1")
@_cdecl("webble_javascript_invoke1")
func invoke(_ box: UnsafeMutableRawPointer, _ a: Double) -> Double {
  withArgument(.number(a)) { call(box, $0) }
}

/// The same with an object that is no function: its index.
@_expose(wasm, "webble_javascript_invoke_object")
@_cdecl("webble_javascript_invoke_object")
func invoke(_ box: UnsafeMutableRawPointer, _ index: Int32) -> Double {
  withArgument(.object(JSObject(index: index, of: currentThread()))) { call(box, $0) }
}

/// Runs `body` with a list of one value: the one that the call before has left, unless that is
/// still under way.
@inline(__always)
private func withArgument(_ argument: JSValue, _ body: ([JSValue]) -> Double) -> Double {
  let thread = currentThread()
  var list: [JSValue] = []
  swap(&list, &thread.pointee.argument)
  // A copy, if a closure has kept the list.
  if list.isEmpty { list = [argument] } else { list[0] = argument }
  let number = body(list)
  if case .object = argument { list[0] = .undefined }
  swap(&list, &thread.pointee.argument)
  return number
}

/// The same with two numbers.
@_expose(wasm, "webble_javascript_invoke2")
@_cdecl("webble_javascript_invoke2")
func invoke(_ box: UnsafeMutableRawPointer, _ a: Double, _ b: Double) -> Double {
  call(box, [.number(a), .number(b)])
}

@inline(__always)
private func call(_ box: UnsafeMutableRawPointer, _ arguments: [JSValue]) -> Double {
  noteCall(box)
  // The box may go while its body runs.
  let (body, isOneshot) = Unmanaged<ClosureBox>.fromOpaque(box)._withUnsafeGuaranteedRef {
    ($0.body, $0.isOneshot)
  }
  if isOneshot { releaseClosure(box) }
  do throws(JSError) {
    let result = try body(arguments)
    switch result {
    case .number(let number) where number == number: return number
    case .undefined: break
    default: handBack(result, isThrown: false)
    }
  } catch {
    handBack(error.thrownValue, isThrown: true)
  }
  return .nan
}

/// The glue takes the value while it is still alive here.
private func handBack(_ value: JSValue, isThrown: Bool) {
  var writer = SlotWriter()
  writer.append(value)
  withExtendedLifetime(value) { jsHandBack(writer.slots, isThrown ? 1 : 0) }
}

/// Called by the glue when nobody can call the closure any more.
@_expose(wasm, "webble_javascript_forget")
@_cdecl("webble_javascript_forget")
func forget(_ box: UnsafeMutableRawPointer) {
  Unmanaged<ClosureBox>.fromOpaque(box).release()
}
