import Foundation

/// Bars side by side: for each label, one of each series.
struct BenchChart: Encodable, Equatable, Sendable {
  var title: String
  var isLogarithmic = false
  var labels: [String]
  var series: [Series]

  struct Series: Encodable, Equatable, Sendable {
    var name: String
    /// nil: there is none for the label.
    var values: [Double?]
  }
}

extension BenchResults {
  /// The charts of what was measured, without those that would be empty.
  func charts(comparedWith earlier: BenchResults?) -> [BenchChart] {
    let crate = place.engine.flatMap { RustCrate.figures[$0] }
    let measured = Benchmark.all.filter { spread(of: $0) != nil }
    func series(_ name: String, _ benchmarks: [Benchmark], _ value: (Benchmark) -> Double?)
      -> BenchChart.Series?
    {
      let values = benchmarks.map(value)
      return values.contains { $0 != nil } ? .init(name: name, values: values) : nil
    }
    func chart(
      _ title: String, _ benchmarks: [Benchmark], isLogarithmic: Bool = false,
      _ series: [BenchChart.Series?]
    ) -> BenchChart {
      BenchChart(
        title: title, isLogarithmic: isLogarithmic, labels: benchmarks.map(\.name),
        series: series.compactMap { $0 })
    }
    /// Everything that does the same as some rows.
    func everyone(_ title: String, _ unit: Benchmark.Unit, isLogarithmic: Bool = false)
      -> BenchChart
    {
      let rows = measured.filter { $0.unit == unit && $0.kind == .rows }
      return chart(
        title, rows, isLogarithmic: isLogarithmic,
        [
          series("Webble", rows) { spread(of: $0)?.median },
          series("the Rust crate, on another day", rows) { crate?.rows[$0.name] },
          series("messages in JavaScript", rows) { spread(of: $0, .messages)?.median },
          series("emscripten", rows) { spread(of: $0, .emscripten)?.median },
          series("native Swift", rows) { spread(of: $0, .native)?.median },
        ])
    }
    let ratios = measured.filter { $0.unit != .speedUp && ratio(of: $0) != nil }
    let schedulers = measured.filter { $0.kind == .schedulers }
    let kernels = measured.filter { $0.kind == .kernels }
    var charts = [
      chart(
        "Multiples of the primitive that each is built on: less is better", ratios,
        isLogarithmic: true,
        [
          series("Webble", ratios) { ratio(of: $0)?.median },
          series("the Rust crate", ratios) { crate?.ratio(of: $0) },
        ]),
      everyone("Tasks a second: more is better", .perSecond, isLogarithmic: true),
      everyone("Speed-up: more is better", .speedUp),
      chart(
        "Nanoseconds a task: less is better", schedulers,
        [
          series("Webble", schedulers) { spread(of: $0)?.median },
          series("native Swift", schedulers) { spread(of: $0, .native)?.median },
        ]),
      chart(
        "Kernels, ms: less is better", kernels,
        [
          series("Swift, one worker", kernels) { spread(of: $0, .one)?.median },
          series("C", kernels) { spread(of: $0, .c)?.median },
          series("Swift, all workers", kernels) { spread(of: $0)?.median },
        ]),
    ]
    if let earlier {
      charts.append(
        chart(
          "Cost now, as a multiple of that on \(earlier.date): less is better", measured,
          [
            series("Webble", measured) { benchmark in
              guard let now = spread(of: benchmark), let before = earlier.spread(of: benchmark)
              else { return nil }
              let ratio = now.median / before.median
              return benchmark.unit.isRate ? 1 / ratio : ratio
            }
          ]))
    }
    return charts.filter { !$0.labels.isEmpty && !$0.series.isEmpty }
  }
}

/// A page with tables and charts. Nothing in it is loaded from elsewhere: the library is part of
/// it.
struct BenchPage {
  private let template: String
  private let library: String

  init(repository: Repository) throws {
    template = try String(
      contentsOf: repository.root.appending(path: "Benchmarks/report.html"), encoding: .utf8)
    let file = "/usr/share/javascript/chart.js/chart.min.js"
    guard let library = try? String(contentsOfFile: file, encoding: .utf8) else {
      throw Failure(
        """
        the charts of --html are drawn by Chart.js, which is not at \(file). \
        On Debian and Ubuntu: apt-get install libjs-chart.js
        """, exitStatus: ExitStatus.unavailable)
    }
    self.library = library
  }

  func html(of results: BenchResults, comparedWith earlier: BenchResults?) throws -> String {
    let tables = results.tables + (earlier.map { [results.comparison(with: $0)] } ?? [])
    let charts = results.charts(comparedWith: earlier)
    // "</script>" would end the script, also within a string.
    let data = String(decoding: try JSONEncoder().encode(charts), as: UTF8.self)
      .replacing("<", with: "\\u003c")
    let remarks = results.remarks.map { "<p>\(escapedForHTML($0))</p>" }.joined()
    return template.replacing("{{heading}}", with: escapedForHTML(results.heading))
      .replacing("{{tables}}", with: tables.map(\.html).joined())
      .replacing("{{remarks}}", with: remarks)
      .replacing("{{charts}}", with: data)
      .replacing("{{library}}", with: library)
  }
}

extension BenchTable {
  fileprivate var html: String {
    func line(_ cells: [String], _ tag: String) -> String {
      "<tr>" + cells.map { "<\(tag)>\(escapedForHTML($0))</\(tag)>" }.joined() + "</tr>\n"
    }
    return "<h2>\(escapedForHTML(title))</h2>\n<table>\n" + line(header, "th")
      + rows.map { line($0, "td") }.joined() + "</table>\n"
  }
}
