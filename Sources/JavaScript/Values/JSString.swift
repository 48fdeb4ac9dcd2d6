/// A text of JavaScript: copied if it is short and well formed, else left where it is until it is
/// asked for, so that a long one that is only passed on costs nothing.
public struct JSString {
  enum Guts {
    case text(String)
    /// A string in a thread's table.
    case reference(JSObject)
  }

  let guts: Guts

  init(guts: Guts) { self.guts = guts }

  public init(_ text: String) { guts = .text(text) }
}

@available(*, unavailable, message: "texts of JavaScript belong to the thread that made them")
extension JSString: Sendable {}

/// The text in UTF-8; surrogates without their other half are replaced by U+FFFD.
extension JSString: CustomStringConvertible {
  public var description: String {
    switch guts {
    case .text(let text): return text
    case .reference(let reference):
      reference.checkThread()
      let byteCount = withExtendedLifetime(reference) { jsEncodeText(reference.index) }
      return String(unsafeUninitializedCapacity: byteCount) { bytes in
        if let start = bytes.baseAddress { jsTakeText(start) }
        return byteCount
      }
    }
  }
}

/// Whether the UTF-16 code units are the same, as `===` compares them.
extension JSString: Equatable {
  public static func == (left: JSString, right: JSString) -> Bool {
    switch (left.guts, right.guts) {
    // Swift's own comparison takes composed and decomposed characters for the same.
    case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
    case (.reference(let left), .reference(let right)): left == right
    // One that is short differs from one that is long, or not well formed; but texts of Swift's may
    // be long.
    case (.text(let text), .reference(let reference)), (.reference(let reference), .text(let text)):
      isSame(text, reference)
    }
  }

  private static func isSame(_ text: String, _ reference: JSObject) -> Bool {
    reference.checkThread()
    return withUTF8(of: text) { bytes in
      let index = jsMakeString(bytes.baseAddress, bytes.count)
      return JSObject(index: index, of: reference.owner) == reference
    }
  }
}

extension JSString: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self.init(value) }
}
