#if arch(wasm32)
  import WebbleAtomics
  import WebbleScheduler
#else
  import NativeAtomics
  import NativeScheduler
#endif

/// A reference to an object of some thread that every thread may hold. What is done with the object
/// is done on its own thread, asynchronously: `document` can be reached from a worker this way.
public struct JSRemote: Sendable {
  let reference: RemoteReference

  var owner: JavaScriptThreadPointer { reference.owner }

  /// A reference to `object`, for other threads.
  public init(_ object: JSObject) { reference = RemoteReference(object) }

  /// The main thread's global object, from any thread.
  public static var main: JSRemote {
    get async { await onMain { JSRemote(JSObject.global) }.value }
  }

  /// The thread that the object belongs to.
  public var ownerThread: ThreadID { reference.home.threadID }

  /// Runs `body` with the object, on its thread, and returns what it returns.
  ///
  /// - Throws: what `body` throws.
  public func withJSObject<Result: Sendable, Failure: Error>(
    _ body: @escaping @Sendable @isolated(any) (JSObject) async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    let reference = reference
    let task = owner.start(at: reference.home) { () async -> Swift.Result<Result, Failure> in
      do throws(Failure) {
        return .success(try await body(reference.object))
      } catch {
        return .failure(error)
      }
    }
    return try await task.value.get()
  }

  /// The property `name`, as a Swift value; nil if it cannot be converted to that.
  public func get<Value: ConstructibleFromJSValue & Sendable>(
    _ name: String, as type: Value.Type = Value.self
  ) async -> Value? {
    await withJSObject { (object: JSObject) async -> Value? in object[name].fromJSValue() }
  }

  /// Sets the property `name`.
  public func set(_ name: String, _ value: some ConvertibleToJSValue & Sendable) async {
    await withJSObject { (object: JSObject) async in object[name] = value.jsValue }
  }

  /// A reference to the object that the property `name` is; nil if it is none.
  public func object(_ name: String) async -> JSRemote? {
    await withJSObject { (object: JSObject) async -> JSRemote? in
      object[name].object.map { JSRemote($0) }
    }
  }

  /// Calls the method `name`. Where arguments of several types are needed, or the result is an
  /// object, use `withJSObject`.
  ///
  /// - Throws: what the method throws.
  @discardableResult
  public func call<
    Argument: ConvertibleToJSValue & Sendable, Value: ConstructibleFromJSValue & Sendable
  >(
    _ name: String, _ arguments: [Argument] = [String](), as type: Value.Type = Bool.self
  ) async throws(JSError) -> Value? {
    try await withJSObject { (object: JSObject) async throws(JSError) -> Value? in
      guard let method = object[name].function else {
        throw JSError(message: "\(name) is not a function")
      }
      let arguments = arguments.map { $0.jsValue }
      return try method.bound(to: object).throws(arguments: arguments).fromJSValue()
    }
  }
}

/// Keeps an object, which only its thread looks at. Its last reference may go away on any thread.
final class RemoteReference: @unchecked Sendable {
  let object: JSObject
  let owner: JavaScriptThreadPointer
  /// The owner's worker; without isolation the one whose turn made the reference.
  let home: WorkerPointer
  /// Of a list of what moves with an object that is sent: whether it has. Any thread.
  let move = Atomic(Move.none)

  enum Move {
    static let none: UInt8 = 0
    static let due: UInt8 = 1
    static let done: UInt8 = 2
  }

  init(_ object: JSObject) {
    object.checkThread()
    self.object = object
    owner = object.owner
    home = object.owner.workerInTurn
  }

  /// Also on other threads: for what has to be undone at home.
  init(unchecked object: JSObject) {
    self.object = object
    owner = object.owner
    home = object.owner.pointee.worker
  }
}
