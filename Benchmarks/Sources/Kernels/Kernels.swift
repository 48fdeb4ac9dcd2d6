import Measuring
import Webble

/// Work that keeps a processor busy. Baselines/kernels.c does the same, step by step, and comes to
/// the same checksums.
protocol Kernel: Sendable {
  /// Makes the input.
  init()

  /// Makes ready for the next repetition. Not timed.
  func prepare()

  /// On the calling thread.
  func run()

  /// On all workers, as a program would do it with Webble's algorithms.
  func run(on pool: ThreadPool) async

  /// What came out. Not timed.
  var checksum: UInt32 { get }
}

extension Kernel {
  func prepare() {}
}

/// Measures the kernels that its arguments name, each on one worker and on all.
@main
struct Kernels {
  @MainActor static func main() async {
    for name in request.names {
      switch name {
      case "mandelbrot": await measure(name, Mandelbrot.self)
      case "nbody": await measure(name, Bodies.self)
      case "blur": await measure(name, Blur.self)
      case "sha256": await measure(name, SHA256.self)
      case "sort": await measure(name, Sort.self)
      case "words": await measure(name, WordCount.self)
      default: fatalError("There is no such kernel.")
      }
    }
  }

  private static func measure<K: Kernel>(_ name: String, _: K.Type) async {
    let pool = try! ThreadPool(workerCount: request.workerCount)
    try! await pool.ready()
    let alone = await pool.spawn(on: 0) {
      let kernel = K()
      let measurement = await measureMedian {
        kernel.prepare()
        let start = ContinuousClock.now
        run(kernel)
        return elapsed(since: start)
      }
      return measurement.with(checksum: kernel.checksum)
    }.value
    report(name, variant: "one", alone)
    let kernel = K()
    let together = await measureMedian {
      kernel.prepare()
      let start = ContinuousClock.now
      await kernel.run(on: pool)
      return elapsed(since: start)
    }
    report(name, together.with(checksum: kernel.checksum))
    await pool.shutdown()
  }

  /// A function of its own, as C's are: an engine compiles what is hot again, and better, but goes on
  /// with the old code until the function is called the next time.
  @inline(never) private static func run(_ kernel: some Kernel) { kernel.run() }
}

/// Memory that several threads use at once: the kernels see to it that no two write the same
/// element, or one reads what another writes.
final class Memory<Element: BitwiseCopyable>: @unchecked Sendable {
  let elements: UnsafeMutableBufferPointer<Element>

  init(_ count: Int, _ value: Element) {
    elements = .allocate(capacity: count)
    elements.initialize(repeating: value)
  }

  deinit { elements.deallocate() }
}

/// Marsaglia's xorshift generator.
struct RandomNumbers {
  private var state: UInt32 = 1

  mutating func next() -> UInt32 {
    state ^= state << 13
    state ^= state >> 17
    state ^= state << 5
    return state
  }
}

/// A sum that depends on the order of what is added.
struct Checksum {
  private(set) var value: UInt32 = 0

  mutating func add(_ part: UInt32) { value = value &* 31 &+ part }
}
