#if arch(wasm32)
import WebbleScheduler
@_spi(Webble) import _Concurrency

/// An object on its way to another thread: made where the object is, received where it is wanted.
///
///     let sent = JSSending.transfer(offscreenCanvas)
///     pool.spawn { let canvas = try await sent.receive() … }
///
/// It may be received once if it is transferred, any number of times if it is cloned. The object stays with its
/// thread until then, which has to be alive.
public struct JSSending: Sendable {
  private let remote: JSRemote
  private let isTransferred: Bool

  /// The object itself moves: one of those that can, such as an `ArrayBuffer`, a `MessagePort`, an
  /// `OffscreenCanvas` or a stream. It is of no use on its old thread afterwards.
  public static func transfer(_ object: JSObject) -> JSSending {
    JSSending(remote: JSRemote(object), isTransferred: true)
  }

  /// A copy is made, by the structured clone algorithm, when it is received.
  public static func clone(_ object: JSObject) -> JSSending {
    JSSending(remote: JSRemote(object), isTransferred: false)
  }

  /// The object, or its copy, on the current thread. On the thread where it is, the object itself.
  ///
  /// - Throws: a `DataCloneError` if it can be neither copied nor transferred; an error that says so if its
  ///   thread has ended.
  public nonisolated(nonsending) func receive() async throws(JSError) -> JSObject {
    let here = currentThread()
    if here == remote.owner { return remote.reference.object }
    // Null is the main thread.
    let to = here.pointee.id == .main ? nil : UnsafeMutableRawPointer(here.pointee.worker)
    let result: Result<JSValue, JSError> = await withUnsafeContinuation { continuation in
      let errand = SendingErrand(remote, isTransferred, to, OutcomeBox(continuation), back: here)
      _ = PoolTask(
        on: UnownedTaskExecutor(worker: remote.owner.pointee.worker), isCounted: false, priority: nil
      ) { () async in errand.run() }
    }
    guard let object = try result.get().object else {
      throw JSError(message: "what was sent has arrived as a value that is not an object")
    }
    return object
  }
}

/// Has the owner post the object. Destroyed without having run if the owner's pool has closed.
private final class SendingErrand: @unchecked Sendable {
  private let remote: JSRemote
  private let isTransferred: Bool
  private let to: UnsafeMutableRawPointer?
  private let back: JavaScriptThreadPointer
  /// Until it is handed over, or resumed.
  private var outcome: OutcomeBox?

  init(
    _ remote: JSRemote, _ isTransferred: Bool, _ to: UnsafeMutableRawPointer?, _ outcome: OutcomeBox,
    back: JavaScriptThreadPointer
  ) {
    self.remote = remote
    self.isTransferred = isTransferred
    self.to = to
    self.outcome = outcome
    self.back = back
  }

  /// On the owner's thread.
  func run() {
    guard let outcome else { return }
    self.outcome = nil
    let box = outcome.handedOver()
    do throws(JSError) {
      _ = try remote.reference.object.valueOrError { jsSend($0, box, to, isTransferred ? 1 : 0) }
    } catch {
      Unmanaged<OutcomeBox>.fromOpaque(box).release()
      fail(outcome, error.name, error.message)
    }
  }

  deinit {
    if let outcome {
      fail(outcome, "Error", "the thread \(remote.owner.pointee.id.description) has ended with the object that it sent")
    }
  }

  /// Errors are made where they are thrown.
  private func fail(_ outcome: OutcomeBox, _ name: String, _ message: String) {
    nonisolated(unsafe) let outcome = outcome
    _ = PoolTask(
      on: UnownedTaskExecutor(worker: back.pointee.worker), isCounted: false, priority: nil
    ) { () async in
      let error = JSError(message: message)
      error.jsObject?.name = .string(name)
      outcome.resume(.failure(JSError(error.thrownValue)))
    }
  }
}
#endif
