#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

/// An object on its way to another thread: made where the object is, received where it is wanted.
///
/// ```swift
/// let sent = JSSending.transfer(offscreenCanvas)
/// pool.spawn { () async throws(JSError) in
///   let canvas = try await sent.receive()
///   …
/// }
/// ```
///
/// What is transferred may be received once, also on its own thread; what is cloned any number of times.
/// The object stays with its thread until then, which has to be alive.
public struct JSSending: Sendable {
  private let remote: JSRemote
  /// An array of what is to move.
  private let transfer: JSRemote

  private init(_ object: JSObject, _ transfer: [JSObject]) {
    remote = JSRemote(object)
    self.transfer = JSRemote(JSArray(transfer.map { $0.jsValue }).jsObject)
    if !transfer.isEmpty {
      self.transfer.reference.move.store(RemoteReference.Move.due, ordering: .relaxed)
    }
  }

  /// The object itself moves: one of those that can, such as an `ArrayBuffer`, a `MessagePort`, an
  /// `OffscreenCanvas`, an `ImageBitmap`, or, in most engines, a stream. It is of no use on its old
  /// thread afterwards.
  public static func transfer(_ object: JSObject) -> JSSending { JSSending(object, [object]) }

  /// The same for several objects: what is received is an array of them, a `JSArray`.
  public static func transfer(_ objects: [JSObject]) -> JSSending {
    clone(JSArray(objects.map { $0.jsValue }).jsObject, transferring: objects)
  }

  /// A copy is made, by the structured clone algorithm, when it is received.
  ///
  /// - Parameter transferred: objects, each somewhere in `object`, that move instead of being
  ///   copied.
  public static func clone(
    _ object: JSObject, transferring transferred: [JSObject] = []
  ) -> JSSending {
    JSSending(object, transferred)
  }

  /// The object, or its copy, on the current thread. On the thread where it is, the object itself.
  ///
  /// - Throws: a `DataCloneError` if it can be neither copied nor transferred, or has been received and is
  ///   transferred; an error that says so if its thread has ended.
  public nonisolated(nonsending) func receive() async throws(JSError) -> JSObject {
    // Engines differ in what they make of a second time.
    let moved = transfer.reference
    if moved.move.load(ordering: .relaxed) != RemoteReference.Move.none,
      moved.move.exchange(RemoteReference.Move.done, ordering: .relaxed) == RemoteReference.Move.done
    {
      throw JSError(
        name: "DataCloneError",
        message: "it was received before, and what is transferred moves once: send a clone to several")
    }
    let here = currentThread()
    if here == remote.owner {
      return remote.reference.home == here.workerInTurn ? remote.reference.object : try copied()
    }
    let result: Result<JSValue, JSError> = await withUnsafeContinuation { continuation in
      willWait(for: .otherThread)
      let errand = SendingErrand(remote, transfer, WaitingTask(continuation).address, of: here)
      remote.owner.start { () async in errand.run() }
    }
    guard let object = try result.get().object else {
      throw JSError(message: "what was sent has arrived as a value that is not an object")
    }
    return object
  }

  /// Without isolation, for another worker: what that one would get if it had a thread of its own.
  private func copied() throws(JSError) -> JSObject {
    if remote.reference.home.hasEnded { throw JSError(message: Self.ended(remote.ownerThread)) }
    let options = JSObject()
    options.transfer = transfer.reference.object.jsValue
    let clone = JSObject.global.structuredClone.function.unsafelyUnwrapped
    return try clone.throws(remote.reference.object, options).object.unsafelyUnwrapped
  }

  fileprivate static func ended(_ thread: ThreadID) -> String {
    "the thread \(thread.description) has ended with the object that it sent"
  }
}

/// Has the owner post the object. Destroyed without having run if the owner's pool has closed.
private final class SendingErrand: @unchecked Sendable {
  private let remote: JSRemote
  private let transfer: JSRemote
  private let receiver: JavaScriptThreadPointer
  /// The receiver's `WaitingTask`, until it is told, or the glue is.
  private var task: UnsafeMutableRawPointer?

  init(
    _ remote: JSRemote, _ transfer: JSRemote, _ task: UnsafeMutableRawPointer,
    of receiver: JavaScriptThreadPointer
  ) {
    self.remote = remote
    self.transfer = transfer
    self.task = task
    self.receiver = receiver
  }

  /// On the owner's thread.
  func run() {
    // Null is the main thread.
    let to = receiver.pointee.id == .main ? nil : UnsafeMutableRawPointer(receiver.pointee.worker)
    do throws(JSError) {
      _ = try remote.reference.object.valueOrError { object in
        jsSend(object, task.unsafelyUnwrapped, to, transfer.reference.object.index)
      }
      task = nil
    } catch {
      fail(error.name, error.message)
    }
  }

  deinit {
    fail("Error", JSSending.ended(remote.ownerThread))
  }

  /// Errors are made where they are thrown. Nothing to do if the receiver has ended: so has the
  /// task.
  private func fail(_ name: String, _ message: String) {
    guard let task else { return }
    self.task = nil
    nonisolated(unsafe) let address = task
    receiver.start { () async in
      WaitingTask.at(address).resume(.failure(JSError(name: name, message: message)))
    }
  }
}
