import JavaScript

/// A program that is called by JavaScript: by that of Tests/EndToEndTests, which looks at its
/// types, too.
@main struct Exporting {
  @MainActor static func main() async {
    JSExports.add("distance", "from", "to") { (from: Double, to: Double) in abs(to - from) }
    JSExports.add("joined", "texts") { (texts: [String]) in texts.joined(separator: "-") }
    JSExports.add("log", "line") { (line: String) in print(line) }
    JSExports.add("fail") { () throws(JSError) -> Int in throw JSError(message: "as asked") }
    JSExports.addAsync("later", "value") { (value: Int?) in
      await Task.yield()
      return value ?? -1
    }
    JSExports.addAsync("logLater", "line", "end") { (line: String, end: String) async in
      await Task.yield()
      print(line + end)
    }
    exportMore()
    JSExports.add("sum", type: "(...numbers: number[]): number", JSClosure { arguments in
      .number(arguments.reduce(0) { $0 + ($1.number ?? 0) })
    })
  }
}
