import Measuring
import Webble

/// Ten million numbers, put in order: by the quicksort below, and on all workers by Webble's.
final class Sort: Kernel, @unchecked Sendable {
  private let input: [UInt32]
  /// Nobody else's while the kernel runs.
  private var numbers: [UInt32] = []

  init() {
    var random = RandomNumbers()
    input = (0..<amount(10_000_000, tiny: 1_000)).map { _ in random.next() }
  }

  func prepare() {
    numbers = []
    numbers.append(contentsOf: input)
  }

  func run() {
    numbers.withUnsafeMutableBufferPointer { quicksort($0.baseAddress!, 0, $0.count - 1) }
  }

  func run(on pool: ThreadPool) async {
    await pool.sortUnstable(&numbers)
  }

  var checksum: UInt32 {
    var sum = Checksum()
    for number in numbers { sum.add(number) }
    return sum.value
  }
}

/// Hoare's, with the median of three and insertion sort for short pieces.
private func quicksort(_ numbers: UnsafeMutablePointer<UInt32>, _ first: Int, _ last: Int) {
  var (first, last) = (first, last)
  while last &- first > 24 {
    let (a, b, c) = (numbers[first], numbers[(first &+ last) / 2], numbers[last])
    let pivot = max(min(a, b), min(max(a, b), c))
    var (low, high) = (first, last)
    while low <= high {
      while numbers[low] < pivot { low &+= 1 }
      while pivot < numbers[high] { high &-= 1 }
      if low <= high {
        (numbers[low], numbers[high]) = (numbers[high], numbers[low])
        low &+= 1
        high &-= 1
      }
    }
    // The shorter piece by a call, so that calls nest no deeper than the logarithm of the count.
    if high &- first < last &- low {
      quicksort(numbers, first, high)
      first = low
    } else {
      quicksort(numbers, low, last)
      last = high
    }
  }
  if first >= last { return }
  for index in first &+ 1...last {
    let number = numbers[index]
    var place = index
    while place > first, number < numbers[place &- 1] {
      numbers[place] = numbers[place &- 1]
      place &-= 1
    }
    numbers[place] = number
  }
}
