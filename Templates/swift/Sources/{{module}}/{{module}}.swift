import JavaScript
import Webble

@main struct {{module}} {
  @MainActor static func main() {
    let counter = PrimeCounter(pool: try! ThreadPool())

    // What the page's JavaScript can call. `webble build` writes the types into app.d.ts.
    JSExports.addAsync("countPrimes", "limit", "progress") {
      (limit: Int, progress: JSValue) async -> Int? in
      await counter.count(below: limit) { part in
        guard let progress = progress.function else { return }
        _ = progress(part)
      }
    }
    // Asynchronous as well, so that it comes after the begin of a count that was asked for before.
    JSExports.addAsync("cancel") { counter.cancel() }
  }
}
