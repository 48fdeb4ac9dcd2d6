import Testing

@testable import WebbleTool

struct DiagnosticsTests {
  @Test func saysEachOnceAndErrorsFirst() {
    let error = """
      /a/A.swift:1:2: error: cannot find 'x' in scope
      1 | x
        | `- error: cannot find 'x' in scope
      /a/A.swift:3:4: note: did you mean 'y'?
      """
    let warning = """
      /a/A.swift:5:6: warning: variable 'z' was never used
      5 | let z = 1
      """
    let output = """
      \(warning)

      \(error)
      error: emit-module command failed with exit code 1 (use -v to see invocation)
      \(error)
      [3/4] Compiling A A.swift
      \(warning)
      /b/A.swift:1:2: error: cannot find 'x' in scope

      """
    #expect(
      eachDiagnosticOnce(output) == """
        \(error)
        /b/A.swift:1:2: error: cannot find 'x' in scope
        \(warning)
        """)
  }

  @Test func whatTheLinkerSaysIsKept() {
    let warning = """
      /a/A.swift:5:6: warning: variable 'z' was never used
      5 | let z = 1
      """
    let error = "error: nothing defines f\n  used by g(), /a/A.swift:2"
    #expect(eachDiagnosticOnce("\(warning)\n\(warning)\n\(error)") == "\(error)\n\(warning)")
  }

  @Test(arguments: ["", "error: no such module 'X'", "error: link command failed\n  undefined symbol: f"])
  func leavesWhatHasNoPlace(output: String) { #expect(eachDiagnosticOnce(output) == output) }
}
