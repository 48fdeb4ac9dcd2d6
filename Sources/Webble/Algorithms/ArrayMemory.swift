/// The elements of an array that several tasks work on in place.
///
/// Unsafe: the array is a parameter that the algorithm holds `inout`, so that nobody else can use
/// it, from here until all of the algorithm's tasks have ended; the address of an array's elements
/// does not change while nobody does. Each task has a range of its own.
struct ArrayMemory<Element>: @unchecked Sendable {
  /// Of `count` elements; nothing to point to if there are none.
  let base: UnsafeMutablePointer<Element>
  let count: Int

  init(_ array: inout [Element]) {
    count = array.count
    base = array.withUnsafeMutableBufferPointer {
      $0.baseAddress ?? UnsafeMutablePointer(bitPattern: MemoryLayout<Element>.alignment)!
    }
  }
}
