import Testing

@testable import WebbleTool

struct CompilerCrashTests {
  @Test func saysWhere() {
    let output = """
      /p/A.swift:11:43: warning: untyped throws is not available
      Please submit a bug report (https://swift.org/contributing/#reporting-bugs) and include the crash backtrace.
      Stack dump:
      3.\tWhile evaluating request ASTLoweringRequest(Lowering AST to SIL for module Cache)
      4.\tWhile silgen emitFunction SIL function "@$e5Cache3AppV4mainyyYaKFZ".
       for 'main()' (at /p/Sources/Cache/Cache.swift:39:3)
       #0 0x000055fe8b70f738 llvm::sys::PrintStackTrace(llvm::raw_ostream&, int)
      """
    let text = CompilerCrash.explanation(ofFailure: output)
    #expect(text?.contains("crashed, at 'main()' in /p/Sources/Cache/Cache.swift:39:3\n") == true)
    #expect(CompilerCrash.explanation(ofFailure: "/p/A.swift:1:1: error: no such module 'B'") == nil)
  }
}
