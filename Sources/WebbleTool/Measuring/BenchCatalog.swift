/// A benchmark: a row of the table, a scheduler's benchmark or a kernel.
struct Benchmark: Equatable, Sendable {
  var name: String
  var what: String
  var unit: Unit
  var kind: Kind
  /// The primitive of Benchmarks/Baselines/primitives.js that it is built on.
  var primitive: String?
  /// What else does the same.
  var baselines: [BenchVariant] = []

  enum Kind: String, CaseIterable, Sendable { case rows, latency, schedulers, memory, kernels }

  enum Unit: String, Sendable {
    case milliseconds = "ms"
    case microseconds = "µs"
    case nanoseconds = "ns"
    case perSecond = "per second"
    case speedUp = "speed-up"
    case bytes = "bytes"

    /// Whether more is better.
    var isRate: Bool { self == .perSecond || self == .speedUp }

    /// In this unit. nil: the measurement lacks what the unit needs.
    func value(of measurement: BenchMeasurement) -> Double? {
      switch self {
      case .milliseconds: measurement.nanoseconds / 1e6
      case .microseconds: measurement.nanoseconds / 1e3
      case .nanoseconds: measurement.nanoseconds
      case .perSecond: 1e9 / measurement.nanoseconds
      case .speedUp: measurement.alone.map { $0 / measurement.nanoseconds }
      case .bytes: measurement.usedBytes
      }
    }
  }

  static func named(_ name: String) -> Benchmark? { all.first { $0.name == name } }

  /// In the order of the tables.
  static let all: [Benchmark] = [
    row("1-first", "start-up in a fresh process: until each worker has run a task", .milliseconds),
    row("1", "the same for later pools", .milliseconds, "startUp"),
    row("2a", "spawn from main, awaited", .microseconds, "waitAsync", [.tokio]),
    row("2c", "spawn from a worker on the other, awaited", .microseconds, "waitAsync", [.tokio]),
    row("2d", "onMain from a worker, awaited", .microseconds, "waitAsync"),
    row("3a", "pinned spawns from main, 100,000", .perSecond, "microtask", others),
    row("3b", "pinned spawns from a worker, 100,000", .perSecond, "microtask", others),
    row("4a", "stealable spawns from main, 100,000", .perSecond, "waitAsyncTurn", others + [.tokio]),
    row("4b", "stealable spawns from a worker, 100,000", .perSecond, "waitAsyncTurn", others + [.tokio]),
    row("5a", "yield of a stealable task", .nanoseconds, "waitAsyncTurn", [.tokio]),
    row("5b", "yield of a pinned task", .nanoseconds, "microtask"),
    row(
      "6", "round trip of two tasks on two workers, by two channels", .microseconds, "waitAsync",
      [.emscripten, .tokio]),
    row("7a", "Mandelbrot, 1024², 500 iterations, 256 tasks", .speedUp, "secondCore", others),
    row("7b", "imbalanced ×100, heavy tasks anywhere", .speedUp, "secondCore", others),
    row("7c", "imbalanced ×100, heavy tasks first", .speedUp, "secondCore", others),
    row("8", "fork–join fib(27), 5,167 tasks", .perSecond, "waitAsyncTurn", others + [.tokio]),
    latency("wake-5ms", "spawn from main, awaited, after 5 ms of idleness", "waitAsync-5ms"),
    latency("wake-50ms", "the same after 50 ms", "waitAsync-50ms"),
    latency("wake-1s", "the same after a second", "waitAsync-1s"),
    latency("load-short", "spawn from main, awaited; each worker has eight tasks of 10 µs that follow each other"),
    latency("load-long", "the same with two tasks of 5 ms"),
    latency("load-mixed", "the same with eight of 10 µs and one of 5 ms"),
    scheduler("skynet", "a tree of tasks with a million leaves, each leaf"),
    scheduler("spawn_many", "10,000 tasks spawned by one, each"),
    scheduler("yield_many", "200 tasks that yield 1,000 times, each yield"),
    scheduler("ping_pong", "1,000 tasks that ask a partner each, each"),
    scheduler("chained_spawn", "1,000 tasks that spawn each other, each"),
    Benchmark(
      name: "memory", what: "ten million tasks, half of them pinned, each", unit: .nanoseconds,
      kind: .schedulers),
    memory("bytes-pool", "a pool of eight workers, each of which runs"),
    memory("bytes-task", "a task that is suspended, of a million"),
    memory("bytes-channel", "an empty channel of capacity 1, of a million"),
    kernel("mandelbrot", "the Mandelbrot set, 1024², 500 iterations"),
    kernel("nbody", "1,000 bodies that attract each other, 10 steps"),
    kernel("blur", "an image of 3840 × 2160 pixels, blurred"),
    kernel("sha256", "SHA-256 of 64 MiB in 64 messages"),
    kernel("sort", "10 million integers put in order"),
    kernel("words", "the words of 32 MiB of text, counted"),
  ]

  private static let others: [BenchVariant] = [.messages, .emscripten, .native]

  private static func row(
    _ name: String, _ what: String, _ unit: Unit, _ primitive: String? = nil,
    _ baselines: [BenchVariant] = []
  ) -> Benchmark {
    Benchmark(
      name: name, what: what, unit: unit, kind: .rows, primitive: primitive, baselines: baselines)
  }

  private static func latency(_ name: String, _ what: String, _ primitive: String? = nil) -> Benchmark {
    Benchmark(name: name, what: what, unit: .microseconds, kind: .latency, primitive: primitive)
  }

  private static func memory(_ name: String, _ what: String) -> Benchmark {
    Benchmark(name: name, what: what, unit: .bytes, kind: .memory)
  }

  private static func scheduler(_ name: String, _ what: String) -> Benchmark {
    Benchmark(
      name: name, what: what, unit: .nanoseconds, kind: .schedulers, baselines: [.native, .tokio])
  }

  private static func kernel(_ name: String, _ what: String) -> Benchmark {
    Benchmark(
      name: name, what: what, unit: .milliseconds, kind: .kernels, baselines: [.one, .c])
  }
}

/// What does the work of a measurement.
enum BenchVariant: String, Codable, Sendable {
  /// A pool of Webble's.
  case webble
  /// The same program on one worker.
  case one
  /// C, compiled for wasm32 with `clang -O3 -msimd128`.
  case c
  /// Workers that are sent a message for each task, in JavaScript.
  case messages
  /// C++ and pthreads, compiled by emscripten.
  case emscripten
  /// The same Swift source, on this machine without an engine.
  case native
  /// The same in Rust, on this machine without an engine.
  case tokio
  /// JavaScript's primitives, with nothing around them.
  case bare
}

/// What the primitives of Benchmarks/Baselines/primitives.js do, in the order of the table.
struct BenchPrimitive: Sendable {
  var name: String
  var what: String
  /// In nanoseconds. nil: the figure is a ratio.
  var scale: Double?
  var unit: String

  static let all = [
    BenchPrimitive(
      name: "startUp", what: "two bare workers that instantiate the module", scale: 1e6,
      unit: "ms"),
    BenchPrimitive(
      name: "waitAsync", what: "waitAsync and notify, to and fro", scale: 1e3, unit: "µs"),
    BenchPrimitive(
      name: "wait", what: "blocking wait and notify, to and fro", scale: 1e3, unit: "µs"),
    BenchPrimitive(name: "spin", what: "spinning, to and fro", scale: 1e3, unit: "µs"),
    BenchPrimitive(name: "messagePort", what: "MessagePort, to and fro", scale: 1e3, unit: "µs"),
    BenchPrimitive(
      name: "waitAsyncTurn", what: "waitAsync woken by oneself", scale: 1e3, unit: "µs"),
    BenchPrimitive(name: "microtask", what: "await of a queueMicrotask", scale: 1e3, unit: "µs"),
    idle("5ms", "5 ms"), idle("50ms", "50 ms"), idle("1s", "a second"),
    blocking("5ms", "5 ms"), blocking("50ms", "50 ms"), blocking("1s", "a second"),
    BenchPrimitive(
      name: "secondCore", what: "arithmetic that shares nothing", scale: nil, unit: "speed-up"),
  ]

  private static func idle(_ name: String, _ time: String) -> BenchPrimitive {
    BenchPrimitive(
      name: "waitAsync-\(name)", what: "waitAsync and notify, to and fro, after \(time) of idleness", scale: 1e3,
      unit: "µs")
  }

  private static func blocking(_ name: String, _ time: String) -> BenchPrimitive {
    BenchPrimitive(
      name: "wait-\(name)", what: "blocking wait and notify, to and fro, after \(time) of idleness", scale: 1e3,
      unit: "µs")
  }
}

/// What the Rust crate of the same name (webble 0.0.2, built with threads) reached with two
/// workers, in the rows' units, and the primitives of that run in microseconds.
struct RustCrate: Sendable {
  var primitives: [String: Double]
  var rows: [String: Double]

  /// What the row takes there, as a multiple of its primitive.
  func ratio(of benchmark: Benchmark) -> Double? {
    guard let value = rows[benchmark.name], let name = benchmark.primitive,
      let primitive = primitives[name]
    else { return nil }
    return switch benchmark.unit {
    case .perSecond: 1e6 / value / primitive
    case .milliseconds: value * 1e3 / primitive
    case .microseconds: value / primitive
    case .nanoseconds: value / 1e3 / primitive
    case .speedUp, .bytes: nil
    }
  }

  static let figures: [Engine: RustCrate] = [
    .chromium: RustCrate(
      primitives: ["waitAsync": 44, "waitAsyncTurn": 2.6, "microtask": 0.78],
      rows: [
        "1-first": 66, "2a": 30, "2c": 35, "2d": 35, "3a": 451e3, "3b": 592e3, "4a": 309e3,
        "4b": 217e3, "5a": 2128, "5b": 667, "6": 83, "7a": 1.95, "7b": 1.94, "7c": 1.92, "8": 233e3,
      ]),
    .node: RustCrate(
      primitives: ["waitAsync": 82, "waitAsyncTurn": 3.4, "microtask": 0.16],
      rows: [
        "1-first": 63, "2a": 14.9, "2c": 24, "2d": 53, "3a": 501e3, "3b": 634e3, "4a": 186e3,
        "4b": 211e3, "5a": 3831, "5b": 134, "6": 57, "7a": 1.96, "7b": 1.97, "7c": 1.97, "8": 144e3,
      ]),
    .firefox: RustCrate(
      primitives: ["waitAsync": 46, "waitAsyncTurn": 1.9, "microtask": 1.5],
      rows: [
        "1-first": 148, "2a": 20, "2c": 40, "2d": 40, "3a": 457e3, "3b": 757e3, "4a": 327e3,
        "4b": 259e3, "5a": 2058, "5b": 793, "6": 61, "7a": 1.98, "7b": 1.96, "7c": 1.94, "8": 259e3,
      ]),
  ]
}
