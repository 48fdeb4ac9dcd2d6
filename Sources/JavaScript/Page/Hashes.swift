/// Hashes by the host's `crypto.subtle`, on any thread. Browsers offer it to pages by https, or from this machine.
///
/// ```swift
/// let message = Array("text".utf8)
/// let digest = try await JSCrypto.digest(.sha256, of: message)
/// let code = try await JSCrypto.authenticationCode(.sha256, of: message, key: JSCrypto.randomBytes(32))
/// ```
extension JSCrypto {
  public enum HashFunction: Sendable, CustomStringConvertible {
    /// Broken: for what asks for it only.
    case sha1
    case sha256, sha384, sha512

    /// As the web calls it: `SHA-256`.
    public var description: String {
      switch self {
      case .sha1: "SHA-1"
      case .sha256: "SHA-256"
      case .sha384: "SHA-384"
      case .sha512: "SHA-512"
      }
    }
  }

  /// The digest of the bytes.
  ///
  /// - Throws: where there is no `crypto.subtle`.
  public nonisolated(nonsending) static func digest(
    _ function: HashFunction, of bytes: [UInt8]
  ) async throws(JSError) -> [UInt8] {
    try await Self.bytes(subtle().digest(function.description, JSTypedArray(bytes)))
  }

  /// The HMAC of the bytes, which proves to a holder of the key that nobody without it has changed them.
  ///
  /// - Parameter key: at least one byte.
  /// - Throws: where there is no `crypto.subtle`, or the key is empty.
  public nonisolated(nonsending) static func authenticationCode(
    _ function: HashFunction, of bytes: [UInt8], key: [UInt8]
  ) async throws(JSError) -> [UInt8] {
    let subtle = try subtle()
    let algorithm = JSObject()
    algorithm.name = "HMAC"
    algorithm.hash = .string(function.description)
    let imported = subtle.importKey("raw", JSTypedArray(key), algorithm, false, JSArray(["sign"]))
    let signer = try await JSPromise(unsafelyWrapping: imported.object.unsafelyUnwrapped).value
    return try await Self.bytes(subtle.sign("HMAC", signer, JSTypedArray(bytes)))
  }

  private static func subtle() throws(JSError) -> JSObject {
    guard let subtle = JSObject.global.crypto.object?.subtle.object else {
      throw JSError(
        message: "there is no crypto.subtle: browsers offer it to pages by https, or from this machine, only")
    }
    return subtle
  }

  private nonisolated(nonsending) static func bytes(_ promise: JSValue) async throws(JSError) -> [UInt8] {
    let buffer = try await JSPromise(unsafelyWrapping: promise.object.unsafelyUnwrapped).value
    return JSArrayBuffer(unsafelyWrapping: buffer.object.unsafelyUnwrapped).bytes
  }
}
