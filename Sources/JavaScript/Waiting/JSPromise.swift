/// A promise of JavaScript. Awaiting it blocks no thread; the task goes on on the same thread.
public struct JSPromise {
  public let jsObject: JSObject

  /// The promise, or anything else with a method `then`, that `object` is; nil if it has none.
  public init?(_ object: JSObject) {
    guard object.then.function != nil else { return nil }
    jsObject = object
  }

  /// The same, without a look at the object.
  public init(unsafelyWrapping object: JSObject) { jsObject = object }

  /// A new promise. `resolver` is called at once, with a function that settles the promise.
  public init(resolver: (@escaping (Result<JSValue, JSError>) -> Void) -> Void) {
    let (promise, resolve, reject) = Self.makePending()
    self = promise
    resolver { result in
      switch result {
      case .success(let value): resolve(value)
      case .failure(let error): reject(error.thrownValue)
      }
    }
  }

  /// A promise of what a task of this thread returns.
  public static func async(
    _ body: @escaping () async throws(JSError) -> JSValue
  ) -> JSPromise {
    let (promise, resolve, reject) = makePending()
    spawnLocal { () async -> Void in
      do throws(JSError) {
        resolve(try await body())
      } catch {
        reject(error.thrownValue)
      }
    }
    return promise
  }

  /// `Promise.resolve(value)`.
  public static func resolve(_ value: some ConvertibleToJSValue) -> JSPromise {
    JSPromise(unsafelyWrapping: JSObject.global.Promise.resolve(value).object.unsafelyUnwrapped)
  }

  /// `Promise.reject(value)`.
  public static func reject(_ value: some ConvertibleToJSValue) -> JSPromise {
    JSPromise(unsafelyWrapping: JSObject.global.Promise.reject(value).object.unsafelyUnwrapped)
  }

  private static func makePending() -> (JSPromise, JSFunction, JSFunction) {
    let thread = currentThread()
    jsMakePromise()
    let parts = thread.readArguments(count: 3)
    return (
      JSPromise(unsafelyWrapping: parts[0].object.unsafelyUnwrapped),
      parts[1].function.unsafelyUnwrapped, parts[2].function.unsafelyUnwrapped
    )
  }

  /// What the promise is fulfilled with, once it is.
  ///
  /// - Throws: what it is rejected with.
  public nonisolated(nonsending) var value: JSValue {
    get async throws(JSError) { try await result.get() }
  }

  /// The outcome, once there is one.
  public nonisolated(nonsending) var result: Result<JSValue, JSError> {
    get async {
      jsObject.checkThread()
      return await withUnsafeContinuation { continuation in
        willWait(for: .promise)
        let task = WaitingTask(continuation)
        willAnswer(task)
        jsThen(jsObject.index, task.address)
      }
    }
  }
}

extension JSPromise: ConvertibleToJSValue, ConstructibleFromJSValue {
  public var jsValue: JSValue { .object(jsObject) }
  public static func construct(from value: JSValue) -> JSPromise? {
    value.object.flatMap { JSPromise($0) }
  }
}

/// Called by the glue: the value is in the slot behind the result's.
@_expose(wasm, "webble_javascript_settle")
@_cdecl("webble_javascript_settle")
func settle(_ address: UnsafeMutableRawPointer, _ isFulfilled: Bool) {
  let value = currentThread().readArguments(count: 1)[0]
  answer(WaitingTask.at(address), isFulfilled ? .success(value) : .failure(JSError(value)))
}

extension JSPromise: CustomStringConvertible {
  /// What `String(object)` says.
  public var description: String { jsObject.description }
}
