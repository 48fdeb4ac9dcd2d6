/// A queue in an array that grows: first in, first out, both in constant time. A plain value that
/// belongs to one thread at a time.
struct RingBuffer<Element> {
  /// A power of two of them, or none; nil where there is no element.
  private var slots: [Element?] = []
  private var head = 0
  private(set) var count = 0

  init() {}

  var isEmpty: Bool { count == 0 }

  mutating func append(_ element: Element) {
    if count == slots.count { grow() }
    slots[(head + count) & (slots.count - 1)] = element
    count += 1
  }

  mutating func popFirst() -> Element? {
    guard count > 0 else { return nil }
    let element = slots[head].take()
    head = (head + 1) & (slots.count - 1)
    count -= 1
    return element
  }

  /// The element at a place in the queue, the oldest at 0.
  subscript(position: Int) -> Element {
    slots[(head + position) & (slots.count - 1)].unsafelyUnwrapped
  }

  private mutating func grow() {
    var larger: [Element?] = []
    larger.reserveCapacity(Swift.max(4, slots.count * 2))
    for offset in 0..<count { larger.append(slots[(head + offset) & (slots.count - 1)].take()) }
    while larger.count < Swift.max(4, slots.count * 2) { larger.append(nil) }
    slots = larger
    head = 0
  }
}
