import JavaScript

/// A form that asks for a number and counts the primes below it on a worker, while the page stays
/// alive.
@MainActor public struct PrimeForm {
  public let element: JSObject
  private let pool: ThreadPool

  public init(pool: ThreadPool) {
    self.pool = pool
    element = JSObject.global.document.createElement("form").object!
    element.innerHTML = """
      <label>Primes below <input name="limit" inputmode="numeric" autocomplete="off"></label>
      <button disabled>Count</button>
      <output></output>
      """
  }

  /// Answers the user until the task is cancelled.
  public func run() async {
    let input = element.querySelector("input").object!
    let button = element.querySelector("button").object!
    let output = element.querySelector("output").object!

    // An event is to be stopped while it is being dispatched: that takes a closure.
    let stopping = JSClosure { arguments in
      arguments[0].preventDefault()
      return .undefined
    }
    element.addEventListener("submit", stopping)

    // All else can wait for its turn: events as sequences.
    let typing = spawnLocal {
      for await _ in events(of: "input", on: input) {
        button.disabled = .boolean(number(in: input) == nil)
      }
    }
    for await _ in events(of: "submit", on: element) {
      guard let limit = number(in: input) else { continue }
      output.textContent = "…"
      let count = await pool.spawn { primeCount(below: limit) }.value
      output.textContent = .string("\(count)")
    }
    typing.cancel()
    element.removeEventListener("submit", stopping)
  }

  /// What the user has typed, if it makes sense.
  private func number(in input: JSObject) -> Int? {
    let number = Int(input.value.string!)
    return number.flatMap { (0...10_000_000).contains($0) ? $0 : nil }
  }
}

/// Eratosthenes' sieve.
private func primeCount(below limit: Int) -> Int {
  var isComposite = [Bool](repeating: false, count: max(2, limit))
  var count = 0
  for number in 2..<max(2, limit) where !isComposite[number] {
    count += 1
    for multiple in stride(from: number * 2, to: limit, by: number) { isComposite[multiple] = true }
  }
  return count
}
