/// Counts the primes in a range by trial division, the slow way, so that there is something to do.
///
/// Returns early, with what it has, when its task is cancelled.
public func primeCount(in numbers: Range<Int>) -> Int {
  var count = 0
  for number in numbers {
    if number % 1024 == 0, Task.isCancelled { break }
    if isPrime(number) { count += 1 }
  }
  return count
}

/// Cuts `0..<limit` into at most `count` ranges of about the same length.
public func parts(of limit: Int, count: Int) -> [Range<Int>] {
  guard limit > 0, count > 0 else { return [] }
  let length = (limit - 1) / count + 1
  return stride(from: 0, to: limit, by: length).map { $0..<min($0 + length, limit) }
}

private func isPrime(_ number: Int) -> Bool {
  guard number > 1 else { return false }
  var divisor = 2
  while divisor <= number / divisor {
    if number % divisor == 0 { return false }
    divisor += 1
  }
  return true
}
