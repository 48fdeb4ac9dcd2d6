// Where the words lie.

struct PlacedWord {
  var name: String
  var word: Word
  var address: UInt
}

private func address<Value: ~Copyable>(of value: borrowing Value) -> UInt {
  withUnsafePointer(to: value) { UInt(bitPattern: $0) }
}

enum WorkerLayout {
  /// Constants that whoever wakes the worker reads.
  static func constants(of worker: WorkerPointer) -> UnsafeRawPointer {
    UnsafeRawPointer(worker)
  }

  /// What the owner writes with each job.
  static func owned(of worker: WorkerPointer) -> UnsafeRawPointer {
    withUnsafePointer(to: &worker.pointee.order) { UnsafeRawPointer($0) }
  }

  static func words(of worker: WorkerPointer) -> [PlacedWord] {
    var words = [
      PlacedWord(
        name: "mailbox.head", word: .mailbox, address: address(of: worker.pointee.mailbox)),
      PlacedWord(name: "load", word: .load, address: address(of: worker.pointee.load)),
    ]
    let stealable = address(of: worker.pointee.stealable)
    for (index, name) in ["normal", "high", "low"].enumerated() {
      let deque = stealable + UInt(index * MemoryLayout<Deque>.stride)
      words += [
        PlacedWord(name: "\(name).bottom", word: .bottom, address: deque),
        PlacedWord(name: "\(name).ring", word: .ring, address: deque + 8),
        PlacedWord(name: "\(name).seenTop", word: .ring, address: deque + 16),
        PlacedWord(name: "\(name).top", word: .top, address: deque + 24 + 56),
      ]
    }
    words += [
      PlacedWord(
        name: "constants", word: .workerConstants, address: UInt(bitPattern: constants(of: worker))),
      PlacedWord(name: "tick", word: .workerOwn, address: UInt(bitPattern: owned(of: worker))),
      PlacedWord(
        name: "futex word", word: .futexWord,
        address: UInt(bitPattern: worker.pointee.parking.address)),
    ]
    return words
  }
}

enum PoolLayout {
  static func words(of pool: PoolPointer) -> [PlacedWord] {
    // The sleepers' words lie elsewhere, at an address that comes first, before their number.
    let idle = address(of: pool.pointee.idle)
    let sleepers = UnsafePointer<UInt>(bitPattern: idle)!.pointee
    return [
      PlacedWord(
        name: "injector.head", word: .injector, address: address(of: pool.pointee.injector)),
      PlacedWord(name: "sleepers", word: .sleepers, address: sleepers),
      PlacedWord(name: "searching", word: .searching, address: idle + 16),
    ]
  }
}
