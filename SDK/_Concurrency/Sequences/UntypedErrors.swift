import Swift

/// `error` as an `any Error`, to be thrown where no type is given.
///
/// Embedded Swift 6.3 passes such values on, as references to objects, but refuses to make one. So an object of
/// ours stands in for the box that the compiler would make; nothing else makes any.
public func _untyped<Failure: Error>(_ error: Failure) -> any Error {
  #if compiler(>=6.4)
    error
  #else
    unsafeBitCast(UntypedErrorBox(error) as UntypedError, to: (any Error).self)
  #endif
}

/// The error of type `type` of which `_untyped` made `error`; nil if it was made of another.
public func _typed<Failure: Error>(_ error: any Error, as type: Failure.Type) -> Failure? {
  #if compiler(>=6.4)
    error as? Failure
  #else
    // `as any Error` keeps the compiler from opening it.
    var object = unsafeBitCast(error as any Error, to: UntypedError.self)
    // Generic code may have boxed what was boxed.
    while let outer = object as? UntypedErrorBox<any Error> {
      object = unsafeBitCast(outer.content as any Error, to: UntypedError.self)
    }
    return (object as? UntypedErrorBox<Failure>)?.content
  #endif
}

/// What every `any Error` refers to.
@usableFromInline
class UntypedError {
  @usableFromInline init() {}
}

@usableFromInline
final class UntypedErrorBox<Content: Error>: UntypedError {
  @usableFromInline let content: Content

  @usableFromInline init(_ content: Content) { self.content = content }
}
