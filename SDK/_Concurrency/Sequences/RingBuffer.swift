import Swift

/// A queue in one array, which grows by doubling and does not shrink.
struct RingBuffer<Element> {
  /// Empty, or a power of two of places.
  private var places: [Element?] = []
  private var head = 0
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  mutating func append(_ element: Element) {
    if count == places.count { grow() }
    places[(head + count) & (places.count - 1)] = element
    count += 1
  }

  mutating func popFirst() -> Element? {
    if count == 0 { return nil }
    let element = places[head].take()
    head = (head + 1) & (places.count - 1)
    count -= 1
    return element
  }

  private mutating func grow() {
    var larger: [Element?] = []
    let capacity = places.isEmpty ? 4 : places.count * 2
    larger.reserveCapacity(capacity)
    for offset in 0..<count { larger.append(places[(head + offset) & (places.count - 1)].take()) }
    while larger.count < capacity { larger.append(nil) }
    places = larger
    head = 0
  }
}
