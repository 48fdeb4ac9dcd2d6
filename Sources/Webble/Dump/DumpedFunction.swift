/// A function in a dump: its name, and its place in the source where that is known.
struct DumpedFunction {
  let name: Substring
  let place: Substring

  /// - Parameter text: the name, and the place behind a tab.
  init(_ text: String) {
    let parts = text.split(separator: "\t", maxSplits: 1)
    name = parts.first ?? "?"
    place = parts.count > 1 ? parts[1] : ""
  }

  var text: String { place.isEmpty ? String(name) : "\(name) \(place)" }

  /// Whether it is the program's: neither ours nor the standard library's.
  private var isOwn: Bool {
    !place.isEmpty && !place.hasPrefix("webble/") && !place.hasPrefix("swift/") && !place.hasPrefix("external/")
  }

  /// The functions that await each other, from the program's innermost on, each once for its parts.
  static func way(_ functions: [DumpedFunction]) -> [DumpedFunction] {
    var way: [DumpedFunction] = []
    let first = functions.firstIndex { $0.isOwn } ?? 0
    for function in functions.dropFirst(first) where way.last?.name != function.name { way.append(function) }
    return way
  }
}
