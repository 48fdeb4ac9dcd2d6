import Foundation
import WasmPasses

/// The source map of a module: JSON that browsers' tools read (ECMA-426), from its line table. A module is one
/// generated line, whose columns are its bytes.
struct SourceMap: Encodable {
  let version = 3
  let file: String
  let sources: [String]
  let sourcesContent: [String?]
  let names: [String] = []
  let mappings: String
  /// For our own reports, which tell functions by number.
  let x_webble: Functions

  struct Functions: Encodable {
    var importedFunctionCount: Int
    /// Where each function's body begins in the module.
    var bodies: [Int]
    var inlined: Inlined
  }

  /// What the compiler has put in line.
  struct Inlined: Encodable {
    var names: [String]
    /// For each call a segment as in `mappings`: how far behind the one before its code begins, how many bytes that
    /// is, the name, file (or -1) and line of the call.
    var calls: String
  }

  /// - Parameter names: what functions are called by their names in the module.
  init(
    _ table: LineTable, _ inlined: InlinedCalls, names: [String: String], of file: String, paths: SourcePaths
  ) {
    self.file = file
    sources = table.files.map { paths.name(of: $0) }
    sourcesContent = table.files.map { paths.content(of: $0) }
    x_webble = Functions(
      importedFunctionCount: table.importedFunctionCount, bodies: table.bodies.map(\.lowerBound),
      inlined: Self.inlined(inlined, codeStart: table.codeStart, names: names))
    var text: [UInt8] = []
    text.reserveCapacity(table.rows.count * 6)
    var last = (column: 0, file: 0, line: 1, sourceColumn: 1)
    for row in table.rows {
      if !text.isEmpty { text.append(UInt8(ascii: ",")) }
      let column = table.codeStart + row.address
      Self.append(column - last.column, to: &text)
      last.column = column
      guard row.file >= 0 else { continue }
      let sourceColumn = max(1, row.column)
      Self.append(row.file - last.file, to: &text)
      Self.append(row.line - last.line, to: &text)
      Self.append(sourceColumn - last.sourceColumn, to: &text)
      (last.file, last.line, last.sourceColumn) = (row.file, row.line, sourceColumn)
    }
    mappings = String(decoding: text, as: UTF8.self)
  }

  private static func inlined(_ calls: InlinedCalls, codeStart: Int, names: [String: String]) -> Inlined {
    var text: [UInt8] = []
    var last = 0
    for call in calls.calls {
      if !text.isEmpty { text.append(UInt8(ascii: ",")) }
      let start = codeStart + call.addresses.lowerBound
      for number in [start - last, call.addresses.count, call.name, call.file, call.line] { append(number, to: &text) }
      last = start
    }
    return Inlined(names: calls.names.map { names[$0] ?? $0 }, calls: String(decoding: text, as: UTF8.self))
  }

  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// A number of variable length in base 64, the sign in the lowest bit.
  private static func append(_ value: Int, to text: inout [UInt8]) {
    var rest = value < 0 ? -value << 1 | 1 : value << 1
    repeat {
      let digit = rest & 31
      rest >>= 5
      text.append(digits[rest > 0 ? digit | 32 : digit])
    } while rest > 0
  }
}

/// How sources are called in what leaves this machine: relative to the package, or by whose they are.
struct SourcePaths {
  let package: URL
  let repository: URL

  func name(of file: String) -> String {
    if let path = Self.path(of: file, in: package) { return path }
    if let path = ours(file) { return "webble/\(path)" }
    // The standard library's, as its builder had it.
    for part in ["/stdlib/public/", "/stdlib/"] {
      if let range = file.range(of: part) { return "swift/stdlib/\(file[range.upperBound...])" }
    }
    return file.hasPrefix("/") ? "external/\(file.split(separator: "/").last ?? "")" : file
  }

  /// The text of a source of the package's or of ours: a static host does not serve it.
  func content(of file: String) -> String? {
    if Self.path(of: file, in: package) != nil { return try? String(contentsOfFile: file, encoding: .utf8) }
    guard let path = ours(file) else { return nil }
    return try? String(contentsOf: repository.appending(path: path), encoding: .utf8)
  }

  /// The path in the repository; the compiler names sources that were given to it by a relative path so.
  private func ours(_ file: String) -> String? {
    if file.hasPrefix("/") { return Self.path(of: file, in: repository) }
    let isThere = FileManager.default.fileExists(atPath: repository.appending(path: file).path)
    return isThere && !file.isEmpty ? file : nil
  }

  private static func path(of file: String, in folder: URL) -> String? {
    let prefix = folder.path.hasSuffix("/") ? folder.path : folder.path + "/"
    return file.hasPrefix(prefix) ? String(file.dropFirst(prefix.count)) : nil
  }
}
