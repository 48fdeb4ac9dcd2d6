import JavaScript

/// A file of the page's origin that nobody else sees (OPFS). Only workers have such, so it stays on the one that opened it,
/// and nobody else can open it meanwhile.
public final class PrivateFile: LogFile {
  private let handle: JSObject

  /// - Throws: if the browser has no such files, or somebody has opened this one: another tab.
  public nonisolated(nonsending) init(_ name: String) async throws(JSError) {
    func object(_ promise: JSValue) async throws(JSError) -> JSObject {
      guard let promise = promise.object.flatMap({ JSPromise($0) }), let object = try await promise.value.object else {
        throw JSError(message: "this browser has no files on workers")
      }
      return object
    }
    guard let storage = JSObject.global.navigator.storage.object, !storage.getDirectory.isUndefined else {
      throw JSError(message: "this browser has no private files")
    }
    let folder = try await object(storage.getDirectory())
    let options = JSObject()
    options.create = true
    let file = try await object(folder.getFileHandle(name, options))
    guard !file.createSyncAccessHandle.isUndefined else { throw JSError(message: "this browser has no files on workers") }
    handle = try await object(file.createSyncAccessHandle())
  }

  public var size: Int { handle.getSize().fromJSValue() ?? 0 }

  public func read(_ count: Int, at offset: Int) -> [UInt8] {
    let bytes = JSTypedArray<UInt8>(length: count)
    let read: Int = handle.read(bytes, place(offset)).fromJSValue() ?? 0
    return Array(Array(bytes).prefix(read))
  }

  public func write(_ bytes: [UInt8], at offset: Int) { handle.write(JSTypedArray(bytes), place(offset)) }

  public func truncate(to size: Int) { handle.truncate(size) }

  public func flush() { handle.flush() }

  public func close() { handle.close() }

  private func place(_ offset: Int) -> JSObject {
    let options = JSObject()
    options.at = .number(offset)
    return options
  }
}
