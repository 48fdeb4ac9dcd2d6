import Webble
#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

/// An object of JavaScript. It belongs to the thread that it came to be on: use on another stops
/// the program. Its last reference may go away on any thread.
@dynamicMemberLookup
public class JSObject {
  /// Its place in the thread's table.
  let index: Int32
  let owner: JavaScriptThreadPointer

  init(index: Int32, of owner: JavaScriptThreadPointer) {
    self.index = index
    self.owner = owner
    // A thread that makes objects faster than its event loop goes round takes back what others have
    // released.
    if owner.pointee.releases.load(ordering: .relaxed) != 0 { owner.takeReleases() }
  }

  /// A new object without properties.
  public convenience init() {
    let thread = currentThread()
    self.init(index: jsMakeObject(), of: thread)
  }

  deinit { owner.release(index) }

  var isFunction: Bool { false }

  /// The global object of the current thread: `window` on the main thread, a worker's `self` on
  /// others.
  public static var global: JSObject { currentThread().pointee.global.unsafelyUnwrapped }

  /// The thread that the object belongs to.
  public final var ownerThread: ThreadID { owner.pointee.id }

  /// Stops the program unless this is the owner's thread.
  @inline(__always)
  final func checkThread() {
    if !owner.isCurrent { stopOnWrongThread() }
  }

  @inline(never)
  private final func stopOnWrongThread() -> Never {
    let here = ThreadID.current.map { $0.description } ?? "a thread that is none of the program's"
    fatalError(
      "a JavaScript object of thread \(owner.pointee.id.description) was used on thread \(here): "
        + "objects stay on the thread that made them; see JSSending and JSRemote")
  }

  /// The value that `body` gets with the object's index. Exceptions stop the program.
  @inline(__always)
  final func value(_ body: (Int32) -> Double) -> JSValue {
    checkThread()
    return withExtendedLifetime(self) { owner.valueOrStop(body(index)) }
  }

  /// The value that `body` gets with the object's index, or its exception.
  @inline(__always)
  final func valueOrError(_ body: (Int32) -> Double) throws(JSError) -> JSValue {
    checkThread()
    return try withExtendedLifetime(self) { () throws(JSError) in try owner.value(body(index)) }
  }

  /// Has `body` set something to `value`, which it is given the slot of.
  @inline(__always)
  final func set(_ value: JSValue, _ body: (Int32, UnsafeMutableRawPointer) -> Double) {
    checkThread()
    var writer = SlotWriter()
    writer.append(value)
    withExtendedLifetime((self, value)) { _ = owner.valueOrStop(body(index, writer.slots)) }
  }

  // Properties

  /// The property `name`.
  @inline(__always)
  public final subscript(dynamicMember name: StaticString) -> JSValue {
    get { value { jsGet($0, name.utf8Start) } }
    set {
      if case .number(let number) = newValue {
        _ = value { jsSetNumber($0, name.utf8Start, number) == 0 ? 0 : .nan }
      } else {
        set(newValue) { jsSet($0, name.utf8Start, $1) }
      }
    }
  }

  /// The method `name`, to be called. Never nil: a `!` before the arguments, as JavaScriptKit needs
  /// it, is allowed and does nothing.
  @_disfavoredOverload @inline(__always)
  public final subscript(dynamicMember name: StaticString) -> JSMethod! {
    JSMethod(object: self, name: name)
  }

  /// The property `name`.
  public final subscript(_ name: String) -> JSValue {
    get { value { index in withUTF8(of: name) { jsGetNamed(index, $0.baseAddress, $0.count) } } }
    set {
      set(newValue) { index, slot in
        withUTF8(of: name) { jsSetNamed(index, $0.baseAddress, $0.count, slot) }
      }
    }
  }

  /// The element `position`.
  public final subscript(_ position: Int) -> JSValue {
    get { value { jsGetIndexed($0, position) } }
    set { set(newValue) { jsSetIndexed($0, position, $1) } }
  }

  /// The property whose key is a symbol.
  public final subscript(_ key: JSSymbol) -> JSValue {
    get {
      key.checkThread()
      return withExtendedLifetime(key) { value { jsGetKeyed($0, key.index) } }
    }
    set {
      key.checkThread()
      withExtendedLifetime(key) { set(newValue) { jsSetKeyed($0, key.index, $1) } }
    }
  }

  /// The object's methods and properties, whose exceptions are then thrown as `JSError`.
  public final var throwing: JSThrowingObject { JSThrowingObject(object: self) }

  /// Whether the object is one of those that `constructor` makes.
  public final func isInstanceOf(_ constructor: JSFunction) -> Bool {
    checkThread()
    constructor.checkThread()
    return withExtendedLifetime((self, constructor)) {
      jsIsInstance(index, constructor.index) != 0
    }
  }
}

@available(*, unavailable, message: "objects of JavaScript belong to the thread that made them")
extension JSObject: Sendable {}

/// Whether they are the same object.
extension JSObject: Equatable {
  public static func == (left: JSObject, right: JSObject) -> Bool {
    if left === right { return true }
    guard left.owner == right.owner else { return false }
    left.checkThread()
    return withExtendedLifetime((left, right)) { jsEquals(left.index, right.index) != 0 }
  }
}

/// What `String(object)` says, or, if that throws, no more than that it is an object.
extension JSObject: CustomStringConvertible {
  public var description: String {
    do throws(JSError) {
      return try valueOrError { jsDescribe($0) }.string ?? "[object]"
    } catch {
      return "[object]"
    }
  }
}

/// An object whose exceptions are thrown as `JSError`.
@dynamicMemberLookup
public struct JSThrowingObject {
  let object: JSObject

  /// The property `name`.
  public subscript(dynamicMember name: StaticString) -> JSValue {
    get throws(JSError) {
      try object.valueOrError { jsGet($0, name.utf8Start) }
    }
  }

  /// The method `name`, to be called. Never nil: a `!` before the arguments, as JavaScriptKit needs
  /// it, is allowed and does nothing.
  @_disfavoredOverload
  public subscript(dynamicMember name: StaticString) -> JSThrowingMethod! {
    JSThrowingMethod(object: object, name: name)
  }
}
