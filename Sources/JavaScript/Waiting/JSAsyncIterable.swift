import Webble

/// An asynchronous sequence as JavaScript reads one, once: `for await (const part of swift.parts())`.
///
/// ```swift
/// JSExports.add("parts") { JSAsyncIterable(Parts()) }
/// ```
///
/// Leaving the loop early cancels the task that waits for the next element, and lets go of the sequence.
public struct JSAsyncIterable<Element: JSExportable>: JSExportable {
  public let jsObject: JSObject

  /// To be called on the thread whose JavaScript reads it. What the sequence throws, the loop throws.
  public init<Sequence: AsyncSequence>(_ sequence: Sequence)
  where Sequence.Element == Element, Sequence.Failure: JSExportableError {
    let reader = Reader(sequence)
    let next = JSClosure { _ in reader.next().jsValue }
    let stop = JSClosure { _ in
      reader.stop()
      return .undefined
    }
    let index = withExtendedLifetime((next, stop)) { jsMakeAsyncIterator(next.index, stop.index) }
    jsObject = JSObject(index: index, of: currentThread())
  }

  public var jsValue: JSValue { .object(jsObject) }

  /// What JavaScript iterates over cannot be read as a sequence of Swift's.
  public static func construct(from value: JSValue) -> JSAsyncIterable? { nil }

  public static var typeScriptType: String { "AsyncIterableIterator<\(Element.typeScriptType)>" }
}

/// What reads the sequence. All on one thread.
private final class Reader<Sequence: AsyncSequence>
where Sequence.Element: JSExportable, Sequence.Failure: JSExportableError {
  private var iterator: Sequence.AsyncIterator?
  /// A request that comes before the element before it has come waits for that.
  private var last: WorkerHandle<Void, Never>?

  init(_ sequence: Sequence) { iterator = sequence.makeAsyncIterator() }

  func next() -> JSPromise {
    JSPromise { settle in
      let before = last
      last = spawnLocal { () async -> Void in
        if let before { _ = await before.result }
        settle(await self.read())
      }
    }
  }

  func stop() {
    iterator = nil
    last?.cancel()
  }

  private func read() async -> Result<JSValue, JSError> {
    let result = JSObject()
    // In place it would be in use for as long as the element takes, also where `stop` lets go of it.
    guard var current = iterator else { return ended(result) }
    do throws(Sequence.Failure) {
      guard let element = try await current.next(isolation: nil) else {
        iterator = nil
        return ended(result)
      }
      if iterator != nil { iterator = current }
      result["value"] = element.jsValue
      result["done"] = .boolean(false)
      return .success(.object(result))
    } catch {
      iterator = nil
      return .failure(error.jsError)
    }
  }

  private func ended(_ result: JSObject) -> Result<JSValue, JSError> {
    result["done"] = .boolean(true)
    return .success(.object(result))
  }
}
