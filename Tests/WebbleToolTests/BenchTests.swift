import Foundation
import Testing

@testable import WebbleTool

struct BenchTests {
  /// A run with the given measurements; variants other than Webble's as "name/variant".
  private func run(_ figures: [String: Double]) -> BenchRun {
    BenchRun(
      measurements: figures.map { key, nanoseconds in
        let parts = key.split(separator: "/").map(String.init)
        return BenchMeasurement(
          name: parts[0], variant: parts.count > 1 ? BenchVariant(rawValue: parts[1])! : .webble,
          nanoseconds: nanoseconds)
      })
  }

  private func results(_ runs: [String: Double]...) -> BenchResults {
    BenchResults(
      place: .engine(.chromium), engineVersion: "Chromium 1", workers: 2, date: "2026-11-23",
      machine: "2 cores", runs: runs.map { run($0) })
  }

  private func benchmark(_ name: String) throws -> Benchmark { try #require(.named(name)) }

  @Test func readsLinesOfPrograms() throws {
    let line = #"{"name":"2a","nanoseconds":5000,"p95":9000}"#
    let measurement = try JSONDecoder().decode(BenchMeasurement.self, from: Data(line.utf8))
    #expect(measurement.variant == .webble)
    #expect(measurement.p95 == 9000)
  }

  @Test func namesAreUniqueAndPrimitivesKnown() {
    #expect(Set(Benchmark.all.map(\.name)).count == Benchmark.all.count)
    let primitives = Set(BenchPrimitive.all.map(\.name))
    for benchmark in Benchmark.all {
      if let name = benchmark.primitive { #expect(primitives.contains(name)) }
    }
  }

  @Test func ratiosAreToThePrimitiveOfTheSameRun() throws {
    let results = results(
      ["2a": 100, "waitAsync/bare": 50], ["2a": 900, "waitAsync/bare": 300],
      ["2a": 800, "waitAsync/bare": 200])
    let ratio = try #require(results.ratio(of: benchmark("2a")))
    #expect(ratio.median == 3)
    #expect(ratio.range == 2...4)
  }

  @Test func comparesSpeedUpsWithBareWorkers() throws {
    var results = results(["secondCore/bare": 1.6])
    results.runs[0].measurements.append(
      BenchMeasurement(name: "7a", nanoseconds: 100, alone: 160))
    #expect(try results.spread(of: benchmark("7a"))?.median == 1.6)
    #expect(try results.ratio(of: benchmark("7a"))?.median == 1)
  }

  @Test func computesTheCratesRatioInTheRowsUnit() throws {
    let crate = try #require(RustCrate.figures[.chromium])
    #expect(figure(crate.ratio(of: try benchmark("3a"))) == "2.84")
    #expect(figure(crate.ratio(of: try benchmark("2c"))) == "0.795")
    #expect(figure(crate.ratio(of: try benchmark("5b"))) == "0.855")
  }

  @Test func findsMissingBenchmarksAndDifferentResults() throws {
    var run = run(["mandelbrot": 1, "mandelbrot/c": 1])
    run.measurements[0].checksum = 1
    run.measurements[1].checksum = 1
    #expect(run.problems(expected: [try benchmark("mandelbrot")]).isEmpty)
    run.measurements[1].checksum = 2
    let problems = run.problems(expected: [try benchmark("mandelbrot"), try benchmark("2a")])
    #expect(problems.map(\.name) == ["mandelbrot", "2a"])
    #expect(problems[1].problem == "is missing")
  }

  @Test func countsDifferencesOfRangesThatDoNotMeet() {
    let before = results(["2a": 100, "3a": 100, "5a": 100], ["2a": 200, "3a": 110, "5a": 120])
    let now = results(["2a": 150, "3a": 50, "5a": 200], ["2a": 250, "3a": 60, "5a": 230])
    let rows = now.comparison(with: before).rows
    #expect(rows.map { [$0[0], $0[5]] } == [["2a", ""], ["3a", "better"], ["5a", "worse"]])
  }

  @Test func writesThreeDigitsAndTheRange() {
    #expect(figure(1_754_321) == "1754 k")
    #expect(figure(30_125) == "30.1 k")
    #expect(figure(45.26) == "45.3")
    #expect(figure(0.0391) == "0.039")
    #expect(figure(0) == "0")
    #expect(Spread([3, 1, 2])?.text == "2.00 [1.00..3.00]")
    #expect(Spread([])?.text == nil)
  }

  @Test func readsResultsAsTheyWereWritten() async throws {
    let results = results(["2a": 100, "waitAsync/bare": 50])
    try await withTemporaryFolder { folder in
      let file = folder.appending(path: "results.json").path
      try results.write(to: file)
      #expect(try BenchResults.read(file) == results)
      #expect(throws: Failure.self) { try BenchResults.read(folder.path + "/none") }
    }
  }

  @Test func comparesNativePoolsWithSwiftsOwnExecutorsAndTokio() throws {
    var results = results(["3a": 500, "3a/native": 1_000], ["3a": 250, "3a/native": 1_000])
    results.place = .native
    let table = try #require(results.tables.first)
    #expect(table.rows.map(\.last) == ["4.00 [2.00..4.00]"])
    var withTokio = self.results(["4a": 500, "4a/native": 1_000, "4a/tokio": 250, "3a": 1])
    withTokio.place = .native
    let rows = try #require(withTokio.tables.first).rows
    #expect(rows.map(\.last) == ["–", "0.500"])
    let copy = try JSONDecoder().decode(
      BenchResults.self, from: try JSONEncoder().encode(results))
    #expect(copy == results)
    let old = try JSONEncoder().encode(self.results(["3a": 500]))
    #expect(String(decoding: old, as: UTF8.self).contains(#""engine":"chromium""#))
  }

  @Test func readsProcessesWhateverTheirNames() throws {
    let process = try #require(
      ProcessorTime.Process(
        "7 (a) b 1 (c) S 3 5 5 0 -1 4194560 1 2 3 4 10 20 30 40 20 0 1 0 9 1 1"))
    #expect(process.id == 7)
    #expect(process.parent == 3)
    #expect(process.group == 5)
    #expect(process.ticks == 100)
  }

  @Test func ownsProcessesThatWereStartedAndOrphansOfTheirGroups() throws {
    func process(_ id: Int, parent: Int, group: Int, ticks: Int) throws -> ProcessorTime.Process {
      try #require(
        ProcessorTime.Process(
          "\(id) (x) S \(parent) \(group) 1 0 -1 0 0 0 0 0 \(ticks) 0 0 0 20 0 1 0 9"))
    }
    let processes = try [
      process(1, parent: 0, group: 1, ticks: 1),
      process(10, parent: 1, group: 9, ticks: 10),
      process(11, parent: 1, group: 9, ticks: 100),
      process(21, parent: 20, group: 20, ticks: 1_000),
      process(20, parent: 10, group: 20, ticks: 10_000),
      process(22, parent: 1, group: 20, ticks: 100_000),
    ]
    // 11 is of the same group as the root, but not its child: the shell's other work.
    #expect(ProcessorTime.ownTicks(of: processes, root: 10) == 111_010)
  }
}
