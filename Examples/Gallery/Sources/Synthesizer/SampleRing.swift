import JavaScript
import Synchronization

/// Samples on their way from a worker that makes them to the one thread that plays them. Neither waits for the other:
/// each moves a position of its own, after which the other may use what lies before it.
public final class SampleRing: @unchecked Sendable {
  /// A power of two, so that positions may go round.
  public static let capacity = 8192
  private let samples: UnsafeMutableBufferPointer<Float>
  /// How many have been written, by the worker, and played, by `ring-player.js`.
  private let positions: UnsafeMutablePointer<Positions>

  private struct Positions: ~Copyable {
    let written = Atomic<Int32>(0), played = Atomic<Int32>(0)
  }

  public init() {
    samples = .allocate(capacity: Self.capacity)
    samples.initialize(repeating: 0)
    positions = .allocate(capacity: 1)
    positions.initialize(to: Positions())
  }

  deinit {
    samples.deallocate()
    positions.deinitialize(count: 1)
    positions.deallocate()
  }

  /// How many samples wait to be played.
  public var count: Int {
    // Acquires what the player has released: that it has read what is to be overwritten.
    let played = positions.pointee.played.load(ordering: .acquiring)
    return Int(positions.pointee.written.load(ordering: .relaxed) &- played)
  }

  /// Adds samples, for which there must be room. On the worker.
  public func write(_ new: [Float]) {
    precondition(count + new.count <= Self.capacity, "the ring is full")
    let start = positions.pointee.written.load(ordering: .relaxed)
    for (index, sample) in new.enumerated() {
      samples[Int(start &+ Int32(index)) & (Self.capacity - 1)] = sample
    }
    // Releases the samples to the player, which loads this first.
    positions.pointee.written.store(start &+ Int32(new.count), ordering: .releasing)
  }

  /// The latest samples that were written, for a picture: who looks while they change sees a mixture.
  public func latest(_ count: Int) -> [Float] {
    let end = positions.pointee.written.load(ordering: .acquiring)
    return (0..<count).map { samples[Int(end &- Int32(count - $0)) & (Self.capacity - 1)] }
  }

  /// What the player is given: this memory itself. The ring has to outlive it.
  public var views: JSObject {
    let views = JSObject()
    views.samples = JSTypedArray(viewing: samples).jsValue
    let words = UnsafeMutableRawPointer(positions).assumingMemoryBound(to: Int32.self)
    views.positions = JSTypedArray(viewing: UnsafeMutableBufferPointer(start: words, count: 2)).jsValue
    return views
  }
}
