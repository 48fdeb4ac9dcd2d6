import Webble

/// An `AbortSignal`. An exported asynchronous function that has one for a parameter is cancelled when it
/// aborts, and its promise rejects at once with the signal's reason, as `fetch` does.
///
/// ```swift
/// JSExports.addAsync("count", "limit", "signal") { (limit: Int, signal: JSAbortSignal?) in … }
/// ```
///
/// ```js
/// swift.count(1_000_000, controller.signal)
/// ```
public struct JSAbortSignal: JSExportable {
  public let jsObject: JSObject

  public var isAborted: Bool { jsObject.aborted.boolean ?? false }
  /// What it was aborted with.
  public var reason: JSValue { jsObject.reason }

  public var jsValue: JSValue { .object(jsObject) }
  public var _abortSignal: JSAbortSignal? { self }

  public static func construct(from value: JSValue) -> JSAbortSignal? {
    guard let constructor = JSObject.global.AbortSignal.function, let object = value.object,
      object.isInstanceOf(constructor)
    else { return nil }
    return JSAbortSignal(jsObject: object)
  }

  public static var typeScriptType: String { "AbortSignal" }
}

/// One call of an exported asynchronous function.
struct Call {
  /// What cancels it.
  var signals: [JSAbortSignal?]
  var body: () async throws(JSError) -> JSValue

  /// Runs it as a task of this thread.
  func run() -> JSPromise {
    JSPromise { settle in
      var listeners: [(JSObject, JSClosure)] = []
      var isSettled = false
      func finish(_ result: Result<JSValue, JSError>) {
        if isSettled { return }
        isSettled = true
        for (signal, closure) in listeners {
          signal.removeEventListener("abort", closure)
          closure.release()
        }
        listeners = []
        settle(result)
      }
      for case let signal? in signals where signal.isAborted {
        return finish(.failure(JSError(signal.reason)))
      }
      let task = spawnLocal { () async -> Void in
        do throws(JSError) { finish(.success(try await body())) } catch { finish(.failure(error)) }
      }
      for case let signal? in signals {
        let closure = JSClosure { _ in
          task.cancel()
          finish(.failure(JSError(signal.reason)))
          return .undefined
        }
        listeners.append((signal.jsObject, closure))
        signal.jsObject.addEventListener("abort", closure)
      }
    }
  }
}

/// A function that returns a promise: what `prepare` throws rejects it.
func promising(_ prepare: @escaping ([JSValue]) throws(JSError) -> Call) -> JSClosure {
  JSClosure { arguments in
    do throws(JSError) { return try prepare(arguments).run().jsValue } catch {
      return JSPromise.reject(error.thrownValue).jsValue
    }
  }
}
