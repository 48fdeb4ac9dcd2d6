/// The console of the current thread: `console.log("text", value)`.
public var console: JSObject { JSObject.global.console.object.unsafelyUnwrapped }

/// The clock of the current thread.
public enum JSPerformance {
  /// Milliseconds since the thread began.
  public static func now() -> Double {
    JSObject.global.performance.object.unsafelyUnwrapped.now().number ?? .nan
  }
}

/// The host's source of random numbers, fit for cryptography.
public enum JSCrypto {
  /// `count` random bytes.
  public static func randomBytes(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      jsRandom(buffer.baseAddress, count)
      initialized = count
    }
  }
}

/// Texts that the browser keeps for the page's origin.
public struct JSStorage {
  public let jsObject: JSObject

  /// Nil on threads other than the main one, outside browsers, and if the user forbids it.
  public static var local: JSStorage? {
    guard ThreadID.current == .main else { return nil }
    do throws(JSError) {
      let storage = try JSObject.global.throwing.localStorage as JSValue
      return storage.object.map { JSStorage(jsObject: $0) }
    } catch {
      return nil
    }
  }

  /// The text of a key; nil if there is none. Setting nil removes it. Setting more than the browser
  /// allows is ignored: ask for the key again to see.
  public subscript(_ key: String) -> String? {
    get { jsObject.getItem(key).string }
    nonmutating set {
      if let newValue {
        _ = try? jsObject.throwing.setItem(key, newValue)
      } else {
        jsObject.removeItem(key)
      }
    }
  }

  /// Removes everything.
  public func clear() { jsObject.clear() }
}

/// A timer of the current thread's event loop. Dropping it stops it. On the thread that made it.
public final class JSTimer {
  private let identifier: JSValue
  private let isRepeating: Bool
  private let closure: JSClosure

  /// Calls `callback` after `millisecondsDelay`, once or again and again.
  public init(
    millisecondsDelay: Double, isRepeating: Bool = false, callback: @escaping () -> Void
  ) {
    self.isRepeating = isRepeating
    closure = JSClosure { _ in
      callback()
      return .undefined
    }
    let global = JSObject.global
    identifier =
      isRepeating
      ? global.setInterval(closure, millisecondsDelay)
      : global.setTimeout(closure, millisecondsDelay)
  }

  deinit {
    let parts = Handed(value: (identifier, closure, isRepeating))
    onOwner(of: RemoteReference(unchecked: closure)) { _ in
      let (identifier, closure, isRepeating) = parts.value
      let global = JSObject.global
      if isRepeating { global.clearInterval(identifier) } else { global.clearTimeout(identifier) }
      closure.release()
    }
  }
}
