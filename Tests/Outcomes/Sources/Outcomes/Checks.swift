import Webble

/// Fails a check of each kind, within functions that the compiler puts in line.
func failCheck(_ kind: String, _ number: Int) -> Int {
  let numbers = [1, 2, 3]
  switch kind {
  case "index": return pick(numbers, number + 7)
  case "nil": return unwrap(number < 7 ? nil : number)
  case "overflow": return increase(Int.max - 7 + number)
  case "precondition": return check(number)
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
