/// Why a text is no JSON, or a value is not what a type asks for.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Place: Sendable, Equatable {
    /// In a text: line and column count from 1, columns in Unicode scalars, `offset` in bytes.
    case text(line: Int, column: Int, offset: Int)
    /// In a value: the way to it, as `users[3].age`; empty at the root.
    case value(path: String)
  }

  public var message: String
  public var place: Place

  public var description: String {
    let place = place.description
    return place.utf8.isEmpty ? message : "\(place): \(message)"
  }

  init(_ message: String, at offset: Int, in bytes: UnsafeBufferPointer<UInt8>) {
    var line = 1
    var column = 1
    for byte in bytes[..<offset] {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    self.message = message
    place = .text(line: line, column: column, offset: offset)
  }

  /// An error in a value that is being decoded; throw it from your own `init(json:)`.
  public init(_ message: String) {
    self.message = message
    place = .value(path: "")
  }

  /// The same error, seen from the value around it.
  func inside(_ step: String) -> JSONError {
    guard case .value(let path) = place else { return self }
    var error = self
    let needsDot = path.utf8.first.map { $0 != UInt8(ascii: "[") } ?? false
    error.place = .value(path: needsDot ? "\(step).\(path)" : step + path)
    return error
  }
}

extension JSONError.Place: CustomStringConvertible {
  /// `line 2, column 4`, or the way to a value; empty at the root.
  public var description: String {
    switch self {
    case .text(let line, let column, _): "line \(line), column \(column)"
    case .value(let path): path
    }
  }
}
