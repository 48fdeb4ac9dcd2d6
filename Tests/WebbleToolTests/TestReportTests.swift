import Testing

@testable import WebbleTool

struct TestReportTests {
  private func report(_ lines: String...) -> (report: TestReport, kinds: [TestReport.Line]) {
    var report = TestReport()
    let kinds = lines.map { report.read($0) }
    return (report, kinds)
  }

  @Test func countsLines() {
    var (report, kinds) = report(
      "running a", "hello", "ok a (1 ms)", "running b", "not ok b (2 ms)", "1 passed, 1 failed")
    #expect(kinds == [.hidden, .other, .passed, .hidden, .failed, .hidden])
    #expect(report.finish(program: "P", outcome: .exited(1)) == nil)
    #expect(report.passed == 1)
    #expect(report.failed == 1)
  }

  /// What a test prints may look like the report; it is taken for that at its place only.
  @Test func doesNotCountWhatTestsPrint() {
    let (report, kinds) = report("ok then", "not ok then", "running a", "0 passed, 0 failed")
    #expect(kinds == [.other, .other, .hidden, .other])
    #expect(report.passed + report.failed == 0)
    #expect(!report.isComplete)
  }

  @Test(arguments: [
    (ProgramRun.Outcome.timedOut, "not ok b: ran out of time"),
    (.exited(134), "not ok b: the program trapped"),
    (.exited(0), "not ok b: the program ended early, with status 0"),
    (.failed("chromium died"), "not ok b: chromium died"),
  ])
  func anEarlyEndIsAFailureOfTheTestItHappenedIn(outcome: ProgramRun.Outcome, line: String) {
    var (report, _) = report("running a", "ok a (0 ms)", "running b")
    #expect(report.finish(program: "P", outcome: outcome) == line)
    #expect(report.passed == 1)
    #expect(report.failed == 1)
  }

  @Test func anEndBetweenTestsIsTheProgramsFailure() {
    var (report, _) = report("running a", "ok a (0 ms)")
    #expect(
      report.finish(program: "P", outcome: .timedOut) == "not ok P: ran out of time, in no test")
    #expect(report.failed == 1)
  }

  @Test func aTrapAfterTheLastTestIsAFailure() {
    var (report, _) = report("running a", "ok a (0 ms)", "1 passed, 0 failed")
    #expect(report.finish(program: "P", outcome: .exited(134)) == "not ok P: the program trapped")
    var (other, _) = self.report("running a", "ok a (0 ms)", "1 passed, 0 failed")
    #expect(
      other.finish(program: "P", outcome: .exited(3))
        == "not ok P: the program ended with status 3")
  }

  @Test func readsListsOfPlaces() {
    #expect(
      PlaceList(argument: "node,webkit,native")?.places
        == [.engine(.node), .engine(.webkit), .native])
    for list in ["node,opera", "node,", ""] { #expect(PlaceList(argument: list) == nil) }
  }
}
