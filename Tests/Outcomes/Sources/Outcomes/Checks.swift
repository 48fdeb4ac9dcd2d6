import Webble

/// Fails a check of each kind, within functions that the compiler puts in line.
func failCheck(_ kind: String, _ number: Int) -> Int {
  let numbers = [1, 2, 3]
  switch kind {
  case "index": return pick(numbers, number + 7)
  case "nil": return unwrap(number < 7 ? nil : number)
  case "overflow": return increase(Int.max - 7 + number)
  case "precondition": return check(number)
  case "try": return obtain(number)
  case "text of none": return withUnsafeTemporaryAllocation(of: Int.self, capacity: 2) { $0[number + 7] }
  case "isolation":
    MainActor.preconditionIsolated("of the page")
    return number
  case "exclusivity of a property":
    let counter = Counter()
    return change(&counter.count) { counter.count = number }
  case "exclusivity of a global": return change(&total) { total = number }
  case "exclusivity of a variable":
    var count = number
    let reset = { count = number }
    return change(&count) { reset() }
  default: fatalError("no such check: \(kind)")
  }
}

@inline(__always) private func pick(_ numbers: [Int], _ index: Int) -> Int {
  numbers[index]  // of index
}

@inline(__always) private func unwrap(_ number: Int?) -> Int {
  number!  // of nil
}

@inline(__always) private func increase(_ number: Int) -> Int {
  number + 8  // of overflow
}

@inline(__always) private func check(_ number: Int) -> Int {
  precondition(number > 7, "the number is too small")  // of precondition
  return number
}

enum Refusal: Error { case tooSmall }

@inline(never) private func require(_ number: Int) throws(Refusal) -> Int {
  if number < 7 { throw .tooSmall }
  return number
}

@inline(__always) private func obtain(_ number: Int) -> Int {
  try! require(number)  // of try
}

final class Counter { var count = 0 }

private nonisolated(unsafe) var total = 0

@inline(never) private func change(_ number: inout Int, _ body: () -> Void) -> Int {
  number += 1
  body()
  return number
}

/// Accesses that outlast an await, and others that may not be taken for such as are simultaneous.
func accessInTurn() async {
  let counter = Counter()
  /// On one thread or another the access ends that has begun on this one.
  func increase(_ number: inout Int) async {
    await Task.yield()
    number += 1
  }
  for _ in 0..<100 {
    await increase(&counter.count)
    await Task.yield()
    counter.count += 1
  }
  // Reads may be many at once, and more than are watched.
  func read(_ number: borrowing Counter, _ depth: Int) -> Int { depth == 0 ? number.count : read(number, depth - 1) }
  print("\(counter.count + read(counter, 100))")
}
