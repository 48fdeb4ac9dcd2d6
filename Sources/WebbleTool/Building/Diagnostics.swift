import Foundation

/// What the compiler printed, each diagnostic once. SwiftPM compiles a module's files and the module itself
/// side by side, and each says what is wrong with the sources.
func eachDiagnosticOnce(_ output: String) -> String {
  /// A diagnostic with its excerpt of the source and the notes that follow.
  struct Block {
    var head: Substring
    var lines: [Substring]
  }
  // What names no file is the linker's, or SwiftPM's.
  let start = /(?:(?:\/|<unknown>).*: )?(?:(?:wasm-ld|clang): )?(?:error|warning|remark): .*/
  let isError = /(?:.*: )?error: .*/
  let noise = /error: (?:emit-module|compile|emit-pch) command failed.*|\[\d+\/\d+\] .*|Build.*failed.*/
  var before: [Substring] = []
  var blocks: [Block] = []
  for line in output.split(separator: "\n", omittingEmptySubsequences: false) {
    if line.wholeMatch(of: noise) != nil { continue }
    if line.wholeMatch(of: start) != nil {
      blocks.append(Block(head: line, lines: []))
    } else if blocks.isEmpty {
      before.append(line)
    } else {
      blocks[blocks.count - 1].lines.append(line)
    }
  }
  var seen: Set<Substring> = []
  let once = blocks.filter { seen.insert($0.head).inserted }
  // What stands in the way comes first.
  let sorted =
    once.filter { $0.head.wholeMatch(of: isError) != nil }
    + once.filter { $0.head.wholeMatch(of: isError) == nil }
  let texts = [before] + sorted.map { [$0.head] + $0.lines }
  return texts.map { $0.joined(separator: "\n").trimmingCharacters(in: .newlines) }
    .filter { !$0.isEmpty }.joined(separator: "\n")
}
