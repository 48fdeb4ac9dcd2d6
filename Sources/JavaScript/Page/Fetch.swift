/// What a request says beside its address.
public struct FetchOptions: Sendable {
  public var method: String
  public var headers: [String: String]
  public var body: [UInt8]?

  public init(method: String = "GET", headers: [String: String] = [:], body: [UInt8]? = nil) {
    self.method = method
    self.headers = headers
    self.body = body
  }
}

/// Requests `url`, relative to the page. On any thread. Returns when status and headers have
/// arrived, whatever the status is. Cancelling the task aborts the request.
///
/// - Throws: a `TypeError` if the URL is none or the server cannot be reached, an `AbortError` if
///   the task is cancelled.
public nonisolated(nonsending) func fetch(
  _ url: String, _ options: FetchOptions = FetchOptions()
) async throws(JSError) -> JSResponse {
  let controller = JSObject.global.AbortController.function.unsafelyUnwrapped.new()
  let settings = JSObject()
  settings.method = .string(options.method)
  settings.headers = options.headers.jsValue
  if let body = options.body { settings.body = JSTypedArray(body).jsValue }
  settings.signal = controller.signal
  if Task.isCancelled { controller.abort() }
  let address = try currentThread().value(
    withUTF8(of: url) { jsResolve($0.baseAddress, $0.count) })
  let promise = JSPromise(
    unsafelyWrapping: JSObject.global.fetch(address, settings).object.unsafelyUnwrapped)
  let response = try await outcome(of: promise, abortedBy: controller)
  return JSResponse(jsObject: response.object.unsafelyUnwrapped, controller: controller)
}

private nonisolated(nonsending) func outcome(
  of promise: JSPromise, abortedBy controller: JSObject
) async throws(JSError) -> JSValue {
  withExtendedLifetime(promise) { jsExpect(promise.jsObject.index) }
  return try await waiting(controller, cancel: { _ = $0.abort() }) { await promise.result }.get()
}

/// The answer to a request. Its body can be read once.
public struct JSResponse {
  public let jsObject: JSObject
  fileprivate let controller: JSObject

  /// The HTTP status, for example 404.
  public var status: Int { jsObject.status.fromJSValue() ?? 0 }

  /// Whether the status is from 200 to 299.
  public var isOK: Bool { jsObject.ok.boolean ?? false }

  /// The address that has answered, after redirections.
  public var url: String { jsObject.url.string ?? "" }

  /// The header `name`, whose case does not matter; nil if the answer has none, or the server hides
  /// it.
  public func header(_ name: String) -> String? { jsObject.headers.get(name).string }

  private nonisolated(nonsending) func read(_ promise: JSValue) async throws(JSError) -> JSValue {
    try await outcome(
      of: JSPromise(unsafelyWrapping: promise.object.unsafelyUnwrapped), abortedBy: controller)
  }

  /// The whole body as text.
  public nonisolated(nonsending) func text() async throws(JSError) -> String {
    try await read(jsObject.text()).string ?? ""
  }

  /// The whole body.
  public nonisolated(nonsending) func bytes() async throws(JSError) -> [UInt8] {
    let buffer = try await read(jsObject.arrayBuffer())
    return JSArrayBuffer(unsafelyWrapping: buffer.object.unsafelyUnwrapped).bytes
  }

  /// The whole body, which is JSON.
  public nonisolated(nonsending) func json() async throws(JSError) -> JSValue {
    try await read(jsObject.json())
  }

  /// The body in the parts in which it arrives.
  public var body: Body { Body(response: self) }

  /// The parts of a response's body, on the thread of the response.
  public struct Body: AsyncSequence {
    public typealias Element = [UInt8]
    public typealias Failure = JSError
    fileprivate let response: JSResponse

    public func makeAsyncIterator() -> Iterator {
      Iterator(response: response, reader: response.jsObject.body.object?.getReader().object)
    }

    public struct Iterator: AsyncIteratorProtocol {
      fileprivate let response: JSResponse
      /// Nil for a response without a body, and at its end.
      fileprivate var reader: JSObject?

      /// The next part; nil at the end.
      ///
      /// - Throws: what cuts the body off, or an `AbortError` if the task is cancelled.
      public mutating func next(
        isolation actor: isolated (any Actor)?
      ) async throws(JSError) -> [UInt8]? {
        guard let reader else { return nil }
        let part = try await response.read(reader.read())
        guard part.done.boolean == false, let chunk = part.value.object else {
          self.reader = nil
          return nil
        }
        return JSTypedArray<UInt8>(chunk).map { Array($0) }
      }

      public mutating func next() async throws(JSError) -> [UInt8]? {
        try await next(isolation: nil)
      }
    }
  }
}

extension JSResponse: CustomStringConvertible {
  /// Status and address: `404 https://…`.
  public var description: String { "\(status) \(url)" }
}
