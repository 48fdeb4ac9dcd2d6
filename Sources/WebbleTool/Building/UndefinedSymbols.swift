import Foundation

/// What the linker says of symbols that nothing defines, told in words: which function refers to each, at which
/// line of the source, what it is, and what to write instead.
struct UndefinedSymbols {
  /// In the order in which the linker names them: the files that refer to each.
  private(set) var symbols: [(name: String, files: [String])] = []
  /// The other lines.
  private(set) var remainder: [Substring] = []

  init(linkerOutput: String) {
    let report = /(?:wasm-ld: )?error: (.+): undefined symbol: (.+)/
    let end = /(?:clang: )?error: linker command failed.*|error: link command failed.*/
    for line in linkerOutput.split(separator: "\n", omittingEmptySubsequences: false) {
      if let match = line.wholeMatch(of: report) {
        let (file, name) = (String(match.1), String(match.2))
        if let index = symbols.firstIndex(where: { $0.name == name }) {
          if !symbols[index].files.contains(file) { symbols[index].files.append(file) }
        } else {
          symbols.append((name, [file]))
        }
      } else if line.wholeMatch(of: end) == nil {
        remainder.append(line)
      }
    }
  }

  /// What to print for the user in place of the linker's output.
  ///
  /// - Parameter package: places in it are named by their path from there.
  func explanation(toolchain: Toolchain, package: URL) async throws -> String {
    var references: [String: [Reference]] = [:]
    for file in Set(symbols.flatMap(\.files)) {
      references[file] = try await self.references(in: file, toolchain: toolchain)
    }
    let mangled =
      symbols.map(\.name) + references.values.flatMap { $0.map(\.function) }
    let names = try await Demangler(toolchain: toolchain).demangle(mangled)
    func readable(_ name: String) -> String { names[name] ?? name }
    let texts = symbols.map { symbol in
      var lines = ["error: nothing defines \(readable(symbol.name))"]
      let users = symbol.files.flatMap { file in
        references[file, default: []].filter { $0.symbol == symbol.name }
      }
      var said: Set<String> = []
      for user in users.sorted(by: { $0.hasPlace && !$1.hasPlace }) {
        let text = "  used by " + readable(user.function) + place(of: user, in: package)
        // Five are enough to see what it is about.
        if said.count < 5, said.insert(text).inserted { lines.append(text) }
      }
      if users.isEmpty {
        lines += symbol.files.map { "  used in \(URL(filePath: $0).lastPathComponent)" }
      }
      lines.append("  " + Self.advice(for: symbol.name))
      return lines.joined(separator: "\n")
    }
    let rest = remainder.joined(separator: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
    return ((rest.isEmpty ? [] : [rest]) + texts).joined(separator: "\n")
  }

  /// A line of a function's code that needs a symbol.
  struct Reference: Equatable {
    var symbol: String
    var function: String
    var file: String?
    var line: Int?
    /// Line 0 is what the compiler made by itself.
    var hasPlace: Bool { file != nil && line != nil && line != 0 }
  }

  private func place(of user: Reference, in package: URL) -> String {
    guard user.hasPlace, var file = user.file, let line = user.line else { return "" }
    if file.hasPrefix(package.path + "/") { file.removeFirst(package.path.count + 1) }
    return ", \(file):\(line)"
  }

  /// The places in an object file, or in an archive's member: `archive(member)`.
  private func references(in file: String, toolchain: Toolchain) async throws -> [Reference] {
    var path = file
    var member: String?
    if let match = file.wholeMatch(of: /(.+)\((.+)\)/) {
      (path, member) = (String(match.1), String(match.2))
    }
    let disassembly = try await capture(
      toolchain.disassembler,
      ["--disassemble", "--reloc", "--line-numbers", "--no-show-raw-insn", path])
    // It is help for the user: without it the message is shorter.
    guard disassembly.succeeded else { return [] }
    return Self.references(
      disassembly: disassembly.output, member: member, symbols: Set(symbols.map(\.name)))
  }

  static func references(disassembly: String, member: String?, symbols: Set<String>) -> [Reference] {
    var found: [Reference] = []
    var function = ""
    var file: String?
    var line: Int?
    var isMember = member == nil
    for text in disassembly.split(separator: "\n") {
      if let member, text.contains("file format") {
        isMember = text.contains("(\(member)):")
      } else if !isMember {
        continue
      } else if text.hasPrefix("; "), let colon = text.lastIndex(of: ":"),
        let number = Int(text[text.index(after: colon)...])
      {
        file = String(text[text.index(text.startIndex, offsetBy: 2)..<colon])
        line = number
      } else if text.hasSuffix(">:"), let open = text.firstIndex(of: "<") {
        function = String(text[text.index(after: open)...].dropLast(2))
        (file, line) = (nil, nil)
      } else if text.contains("R_WASM_"), let last = text.split(separator: "\t").last {
        let name = last.prefix { $0 != "+" }
        if symbols.contains(String(name)) {
          found.append(
            Reference(symbol: String(name), function: function, file: file, line: line))
        }
      }
    }
    return found
  }
}
