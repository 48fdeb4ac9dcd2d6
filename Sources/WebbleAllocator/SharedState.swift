#if canImport(CNative)
  import CNative
#else
  import CPlatform
#endif
#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

/// What all threads share. Lives at the start of the memory that the allocator was given.
struct SharedState: ~Copyable {
  let pages: PageAllocator
  /// Address of the first in the list of all heaps, to which heaps are only ever added. Any thread.
  private let heaps = Atomic<UInt>(0)

  init(pages: consuming PageAllocator) {
    self.pages = pages
  }

  /// Calls `body` with each heap there is until it returns true. Any thread.
  func firstHeap(where body: (Heap) -> Bool) -> Heap? {
    // Acquires what `add` released: the heap's constants.
    var next = UnsafeMutablePointer<Heap.Storage>(
      bitPattern: heaps.load(ordering: .acquiring)
    ).map(Heap.init(storage:))
    while let heap = next {
      if body(heap) { return heap }
      next = heap.storage.pointee.nextHeap
    }
    return nil
  }

  func add(_ heap: Heap) {
    var first = heaps.load(ordering: .relaxed)
    while true {
      heap.storage.pointee.nextHeap =
        UnsafeMutablePointer<Heap.Storage>(bitPattern: first).map(Heap.init(storage:))
      // Releases to `firstHeap`.
      let (exchanged, original) = heaps.weakCompareExchange(
        expected: first, desired: heap.address,
        successOrdering: .releasing, failureOrdering: .relaxed)
      if exchanged { return }
      first = original
    }
  }

  /// Gives back the unused spans of the heaps whose threads have ended. Any thread.
  func collectAbandonedHeaps() {
    _ = firstHeap { heap in
      if heap.adopt() {
        heap.collect()
        heap.disown()
      }
      return false
    }
  }
}

/// Null until `Allocator.configure`. Written before a second thread exists, so it needs neither an
/// atomic access nor a lazy initialiser.
nonisolated(unsafe) var sharedState: UnsafeMutablePointer<SharedState>? = nil

extension Heap {
  /// This thread's heap: the one it has, an abandoned one or a new one; nil when the memory limit
  /// is reached.
  static func makeCurrent() -> Heap? {
    if let heap = current { return heap }
    guard let shared = sharedState else { return nil }
    var heap = shared.pointee.firstHeap { $0.adopt() }
    if heap == nil, let page = shared.pointee.pages.claim(1, mayGrow: true) {
      let new = Heap(page: shared.pointee.pages.address(of: page), shared: shared)
      shared.pointee.add(new)
      heap = new
    }
    webble_set_current_heap(heap?.storage)
    return heap
  }

  /// Makes this thread the owner of an abandoned heap. False if it has an owner.
  func adopt() -> Bool {
    // Acquires what `disown` released: all fields of the last owner.
    storage.pointee.isOwned.compareExchange(
      expected: false, desired: true, successOrdering: .acquiring, failureOrdering: .relaxed
    ).exchanged
  }

  /// Lets any other thread adopt the heap.
  func disown() {
    // Releases to `adopt`.
    storage.pointee.isOwned.store(false, ordering: .releasing)
  }
}
