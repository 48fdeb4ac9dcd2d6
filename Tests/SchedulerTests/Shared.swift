import Synchronization

/// A value without copies that several threads use.
final class Shared<Value: ~Copyable & Sendable>: Sendable {
  let value: Value

  init(_ value: consuming Value) { self.value = value }
}

/// How often each of a number of things has happened, counted by any thread.
final class Tally: @unchecked Sendable {
  private let counts: UnsafeMutablePointer<Atomic<Int>>
  let count: Int

  init(_ count: Int) {
    self.count = count
    counts = .allocate(capacity: count)
    for index in 0..<count { (counts + index).initialize(to: Atomic(0)) }
  }

  deinit { counts.deallocate() }

  func add(_ index: Int) { counts[index].add(1, ordering: .relaxed) }

  var all: [Int] { (0..<count).map { counts[$0].load(ordering: .relaxed) } }
}
