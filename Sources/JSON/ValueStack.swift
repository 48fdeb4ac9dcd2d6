/// A stack whose elements are moved in and out, so that no reference is counted and nothing is copied.
///
/// The memory below `count` is initialised, and that above is not; `elements` and its memory belong to the stack alone.
struct ValueStack<Element>: ~Copyable {
  private var elements: UnsafeMutablePointer<Element>
  private var capacity = 64
  private(set) var count = 0

  init() { elements = .allocate(capacity: capacity) }

  deinit {
    elements.deinitialize(count: count)
    elements.deallocate()
  }

  mutating func push(_ element: consuming Element) {
    if count == capacity { grow() }
    (elements + count).initialize(to: element)
    count += 1
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: 2 * capacity)
    larger.moveInitialize(from: elements, count: count)
    elements.deallocate()
    elements = larger
    capacity *= 2
  }

  /// Takes the elements from `start` on.
  mutating func take(from start: Int) -> [Element] {
    let taken = [Element](unsafeUninitializedCapacity: count - start) { buffer, initialized in
      buffer.baseAddress?.moveInitialize(from: elements + start, count: count - start)
      initialized = count - start
    }
    count = start
    return taken
  }

  /// Takes the elements from `start` on, and from the top of `other` as many, pair by pair.
  mutating func take<Other, Pair>(
    from start: Int, with other: inout ValueStack<Other>, _ pair: (consuming Element, consuming Other) -> Pair
  ) -> [Pair] {
    let length = count - start
    let pairs = [Pair](unsafeUninitializedCapacity: length) { buffer, initialized in
      for index in 0..<length {
        let element = (elements + start + index).move()
        let partner = (other.elements + other.count - length + index).move()
        (buffer.baseAddress.unsafelyUnwrapped + index).initialize(to: pair(element, partner))
      }
      initialized = length
    }
    count = start
    other.count -= length
    return pairs
  }
}
