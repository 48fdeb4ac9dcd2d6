/// What JavaScript has thrown, or what a promise was rejected with.
///
/// The texts are copies, to be read on any thread. The value itself belongs to the thread it was
/// thrown on.
public struct JSError: Error, CustomStringConvertible, @unchecked Sendable {
  /// Behind one reference, as errors are passed in registers.
  private final class Storage {
    let thrownValue: JSValue
    let name: String
    let message: String
    let stack: String?

    init(_ thrownValue: JSValue, _ name: String, _ message: String, _ stack: String?) {
      self.thrownValue = thrownValue
      self.name = name
      self.message = message
      self.stack = stack
    }
  }

  private let storage: Storage

  /// What was thrown: any value, most often an object made by `Error` or one of its kin.
  public var thrownValue: JSValue { storage.thrownValue }
  /// `TypeError` for example; empty if the value is not an object with a name.
  public var name: String { storage.name }
  /// What the error says; the value as a text if it is not an object with a message.
  public var message: String { storage.message }
  /// The calls that have led to the error, as the engine writes them.
  public var stack: String? { storage.stack }

  /// The error that a thrown value is.
  public init(_ thrownValue: JSValue) {
    guard case .object(let object) = thrownValue else {
      storage = Storage(thrownValue, "", thrownValue.description, nil)
      return
    }
    object.checkThread()
    let texts = withExtendedLifetime(object) {
      jsDescribeError(object.index)
      return object.owner.readArguments(count: 3).map { $0.string ?? "" }
    }
    let isBare = texts[0].isEmpty && texts[1].isEmpty
    storage = Storage(
      thrownValue, texts[0], isBare ? object.description : texts[1],
      texts[2].isEmpty ? nil : texts[2])
  }

  /// A new `Error` of JavaScript.
  public init(message: String) {
    self.init(.object(JSObject.global.Error.function.unsafelyUnwrapped.new(message)))
  }

  /// The object that was thrown, if it is one.
  public var jsObject: JSObject? { thrownValue.object }

  public var description: String {
    if name.isEmpty { return message }
    return message.isEmpty ? name : "\(name): \(message)"
  }
}

/// JavaScriptKit's name for what a call throws. Here one type serves calls and promises, so that
/// one `do` may have both in it: Embedded Swift's errors are typed.
public typealias JSException = JSError

extension JSError: ConvertibleToJSValue {
  public var jsValue: JSValue { thrownValue }
}
