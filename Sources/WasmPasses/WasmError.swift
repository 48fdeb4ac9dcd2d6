/// Why a module could not be read or rewritten.
public struct WasmError: Error, Equatable, CustomStringConvertible {
  /// What is wrong, and where it can be said, what to do about it.
  public var message: String
  /// The byte of the module at which reading stopped, where there is one.
  public var offset: Int?

  public init(_ message: String, at offset: Int? = nil) {
    self.message = message
    self.offset = offset
  }

  public var description: String {
    guard let offset else { return message }
    return "\(message) (at byte 0x\(String(offset, radix: 16)) of the module)"
  }
}
