import JavaScript
import PhotoEditing
import Webble

/// Prints the figures of Documentation/FastSwift.md, as tables. Everything is measured on one worker.
@main struct FastSwift {
  static func main() async {
    let pool = try! ThreadPool(workerCount: 1)
    print("| the blur, one worker | ms | times plain JavaScript | times C |")
    print("|---|---|---|---|")
    await compareBlurs(on: pool)
    print("\n| instead of | write | times as fast |")
    print("|---|---|---|")
    for advice in advices {
      let ratio = await pool.spawn { advice.ratio() }.value
      print("| \(advice.instead) | \(advice.write) | \(ratio) |")
    }
    await pool.shutdown()
  }
}

/// Milliseconds.
func time(_ body: () -> Void) -> Double {
  let begin = ContinuousClock.now
  body()
  let (seconds, attoseconds) = begin.duration(to: .now).components
  return Double(seconds) * 1e3 + Double(attoseconds) / 1e15
}

/// With one digit behind the point.
func text(_ number: Double) -> String {
  let tenths = Int((number * 10).rounded())
  return "\(tenths / 10).\(tenths % 10)"
}
