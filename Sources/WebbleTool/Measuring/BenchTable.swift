import Foundation

/// A table for people, of text.
struct BenchTable: Equatable, Sendable {
  var title: String
  var header: [String]
  var rows: [[String]]

  var markdown: String {
    let lines = [header, header.map { _ in "---" }] + rows
    let text = lines.map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
    return "### \(title)\n\n\(text)\n"
  }
}

extension BenchResults {
  /// Where and how it was measured, in a line.
  var heading: String {
    let times = runs.count == 1 ? "1 run" : "\(runs.count) runs"
    return "\(engineVersion), \(workers) workers, \(times), \(date), \(machine)"
  }

  /// The tables of what was measured. Medians of the runs, and in brackets the least and greatest.
  var tables: [BenchTable] {
    [rowTable, latencyTable, memoryTable, kernelTable, primitiveTable].filter { !$0.rows.isEmpty }
  }

  private func has(_ variant: BenchVariant) -> Bool {
    runs.contains { $0.measurements.contains { $0.variant == variant } }
  }

  private var rowTable: BenchTable { place == .native ? nativeTable : webTable }

  private var nativeTable: BenchTable {
    let others = [(BenchVariant.native, "Swift's own executors"), (.tokio, "tokio")].filter { has($0.0) }
    return BenchTable(
      title: "Tasks, natively",
      header: ["#", "what", "unit", "Webble, median [range]", "p95"]
        + others.flatMap { [$0.1, "times as fast"] },
      rows: Benchmark.all.compactMap { benchmark in
        guard let values = spread(of: benchmark) else { return nil }
        func figures(of variant: BenchVariant) -> [String] {
          let ratio = spread { run in
            guard let ours = run.measurement(benchmark.name),
              let other = run.measurement(benchmark.name, variant)
            else { return nil }
            return other.nanoseconds / ours.nanoseconds
          }
          return [spread(of: benchmark, variant)?.text ?? none, ratio?.text ?? none]
        }
        return [
          benchmark.name, benchmark.what, benchmark.unit.rawValue, values.text,
          figure(most(\.p95, of: benchmark)?.median),
        ] + others.flatMap { figures(of: $0.0) }
      })
  }

  /// What most operations took no longer than, in the benchmark's unit.
  private func most(_ part: KeyPath<BenchMeasurement, Double?>, of benchmark: Benchmark) -> Spread? {
    spread { run in
      run.measurement(benchmark.name)?[keyPath: part].flatMap {
        benchmark.unit.value(of: BenchMeasurement(name: benchmark.name, nanoseconds: $0))
      }
    }
  }

  private var latencyTable: BenchTable {
    BenchTable(
      title: "Latency",
      header: ["#", "what", "unit", "median [range]", "p95", "p99", "p99.9", "ratio to its primitive"],
      rows: Benchmark.all.filter { $0.kind == .latency }.compactMap { benchmark in
        guard let values = spread(of: benchmark) else { return nil }
        return [benchmark.name, benchmark.what, benchmark.unit.rawValue, values.text]
          + [\.p95, \.p99, \.p999].map { most($0, of: benchmark)?.text ?? none }
          + [ratio(of: benchmark)?.text ?? none]
      })
  }

  private var memoryTable: BenchTable {
    BenchTable(
      title: "Memory", header: ["#", "what", "bytes in use", "bytes taken from the engine"],
      rows: Benchmark.all.filter { $0.kind == .memory }.compactMap { benchmark in
        guard let used = spread(of: benchmark) else { return nil }
        let reserved = spread { $0.measurement(benchmark.name)?.reservedBytes }
        return [benchmark.name, benchmark.what, used.text, reserved?.text ?? none]
      })
  }

  private var webTable: BenchTable {
    let others = [
      (BenchVariant.messages, "messages in JavaScript"), (.emscripten, "emscripten"),
      (.native, "native Swift"),
    ].filter { has($0.0) }
    let crate = place.engine.flatMap { RustCrate.figures[$0] }
    return BenchTable(
      title: "Tasks",
      header: [
        "#", "what", "unit", "median [range]", "p95", "ratio to its primitive",
        "the Rust crate's ratio", "its figure",
      ] + others.map(\.1),
      rows: Benchmark.all.filter { $0.kind == .rows || $0.kind == .schedulers }.compactMap { benchmark in
        guard let values = spread(of: benchmark) else { return nil }
        return [
          benchmark.name, benchmark.what, benchmark.unit.rawValue, values.text,
          figure(most(\.p95, of: benchmark)?.median), figure(ratio(of: benchmark)?.median),
          figure(crate?.ratio(of: benchmark)), figure(crate?.rows[benchmark.name]),
        ] + others.map { spread(of: benchmark, $0.0)?.text ?? none }
      })
  }

  private var kernelTable: BenchTable {
    BenchTable(
      title: "Kernels",
      header: ["", "what", "Swift, ms", "C, ms", "Swift to C", "all workers, ms", "speed-up"],
      rows: Benchmark.all.filter { $0.kind == .kernels }.compactMap { kernel in
        guard let together = spread(of: kernel), let one = spread(of: kernel, .one) else {
          return nil
        }
        return [
          kernel.name, kernel.what, one.text, spread(of: kernel, .c)?.text ?? none,
          swiftToC(kernel)?.text ?? none, together.text, speedUp(kernel)?.text ?? none,
        ]
      })
  }

  /// What the kernel takes in Swift on one thread, as a multiple of what it takes in C in the same
  /// run.
  func swiftToC(_ kernel: Benchmark) -> Spread? { ratio(kernel, of: .one, to: .c) }

  private func speedUp(_ kernel: Benchmark) -> Spread? { ratio(kernel, of: .one, to: .webble) }

  private func ratio(_ kernel: Benchmark, of a: BenchVariant, to b: BenchVariant) -> Spread? {
    spread { run in
      guard let a = run.measurement(kernel.name, a), let b = run.measurement(kernel.name, b) else {
        return nil
      }
      return a.nanoseconds / b.nanoseconds
    }
  }

  private var primitiveTable: BenchTable {
    BenchTable(
      title: "Bare JavaScript, two workers", header: ["what", "unit", "median [range]"],
      rows: BenchPrimitive.all.compactMap { primitive in
        let values = spread { run in
          run.measurement(primitive.name, .bare).map { $0.nanoseconds / (primitive.scale ?? 1) }
        }
        return values.map { [primitive.what, primitive.unit, $0.text] }
      })
  }

  /// What the tables have no place for.
  var remarks: [String] {
    var remarks: [String] = []
    let late: [(String, Spread?)] = [
      ("tasks yield as in 5a", spread { $0.measurement("5a")?.timerLateness.map { $0 / 1e6 } }),
      ("tasks yield as in 5b", spread { $0.measurement("5b")?.timerLateness.map { $0 / 1e6 } }),
      ("bare workers compute 4 ms at a time", primitive("busyTimerLateness")),
      ("bare workers are idle", primitive("timerLateness")),
    ]
    let times = late.compactMap { when, spread in spread.map { "\($0.text) ms while \(when)" } }
    if !times.isEmpty {
      remarks.append(
        "The latest of 50 timers of a worker comes late by \(times.joined(separator: ", ")).")
    }
    if let used = spread({ $0.measurement("memory")?.usedBytes }),
      let reserved = spread({ $0.measurement("memory")?.reservedBytes })
    {
      remarks.append(
        """
        After ten million tasks \(used.text) bytes more are in use than after ten thousand, and \
        \(reserved.text) bytes more are taken from the engine.
        """)
    }
    return remarks
  }

  private func primitive(_ name: String) -> Spread? {
    spread { $0.measurement(name, .bare).map { $0.nanoseconds / 1e6 } }
  }

  /// These results against earlier ones of the same engine. A difference counts if the runs' ranges
  /// do not meet.
  func comparison(with earlier: BenchResults) -> BenchTable {
    BenchTable(
      title: "Against \(earlier.date)", header: ["#", "unit", "before", "now", "now to before", ""],
      rows: Benchmark.all.flatMap { benchmark in
        [BenchVariant.webble, .one].compactMap { variant in
          guard let now = spread(of: benchmark, variant),
            let before = earlier.spread(of: benchmark, variant)
          else { return nil }
          let ratio = now.median / before.median
          let verdict =
            now.range.overlaps(before.range)
            ? "" : (ratio > 1) == benchmark.unit.isRate ? "better" : "worse"
          return [
            variant == .one ? "\(benchmark.name), one worker" : benchmark.name,
            benchmark.unit.rawValue, before.text, now.text, figure(ratio), verdict,
          ]
        }
      })
  }
}

private let none = "–"

extension Spread {
  var text: String {
    if range.lowerBound == range.upperBound { return figure(median) }
    return "\(figure(median)) [\(figure(range.lowerBound))..\(figure(range.upperBound))]"
  }
}

/// Three digits: more would be noise.
func figure(_ value: Double?) -> String {
  guard let value else { return none }
  if abs(value) >= 1e5 { return "\(Int((value / 1e3).rounded())) k" }
  if abs(value) >= 1e3 { return "\(figure(value / 1e3)) k" }
  if abs(value) >= 100 || value == 0 { return "\(Int(value.rounded()))" }
  return String(format: abs(value) >= 10 ? "%.1f" : abs(value) >= 1 ? "%.2f" : "%.3f", value)
}
