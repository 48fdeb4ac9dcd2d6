import Testing

@testable import WebbleTool

struct UndefinedSymbolsTests {
  @Test func readsTheLinker() {
    let undefined = UndefinedSymbols(
      linkerOutput: """
        /a/A.swift:1:2: warning: unused
        wasm-ld: error: /a/A.swift.o: undefined symbol: socket
        wasm-ld: error: /a/lib.a(B.o): undefined symbol: socket
        wasm-ld: error: /a/A.swift.o: undefined symbol: $s1B1fyyF
        clang: error: linker command failed with exit code 1 (use -v to see invocation)
        """)
    #expect(undefined.symbols.map(\.name) == ["socket", "$s1B1fyyF"])
    #expect(undefined.symbols[0].files == ["/a/A.swift.o", "/a/lib.a(B.o)"])
    #expect(undefined.remainder == ["/a/A.swift:1:2: warning: unused"])
  }

  @Test func otherErrorsAreNone() {
    let output = "/a/A.swift:1:2: error: cannot find 'x' in scope\nerror: link command failed"
    #expect(UndefinedSymbols(linkerOutput: output).symbols.isEmpty)
  }

  static let disassembly = """
    /a/lib.a(A.o):\tfile format wasm

    00000001 <$s1A1gyyF>:
    ; $s1A1gyyF():
    ; /a/A.swift:3
           3: call\t0
    \t\t\t00000004:  R_WASM_FUNCTION_INDEX_LEB\tsocket+0
    ; /a/A.swift:4
           9: call\t1
    \t\t\t0000000a:  R_WASM_FUNCTION_INDEX_LEB\tknown+0
    /a/lib.a(B.o):\tfile format wasm

    00000001 <h>:
           3: call\t0
    \t\t\t00000004:  R_WASM_FUNCTION_INDEX_LEB\tsocket+0
    """

  @Test func findsTheFunctionAndTheLine() {
    #expect(
      UndefinedSymbols.references(
        disassembly: Self.disassembly, member: "A.o", symbols: ["socket"])
        == [.init(symbol: "socket", function: "$s1A1gyyF", file: "/a/A.swift", line: 3)])
    #expect(
      UndefinedSymbols.references(
        disassembly: Self.disassembly, member: "B.o", symbols: ["socket"])
        == [.init(symbol: "socket", function: "h", file: nil, line: nil)])
  }

  @Test(arguments: [
    ("$s1B1fyyF", "not linked"), ("swift_getTypeByMangledNameInContext", "any P"), ("swift_weakInit", "unowned(unsafe)"),
    ("swift_task_localValuePush", "concurrency"), ("_swift_stdlib_other", "standard library"),
    ("__cxa_throw", "exceptions"), ("_ZNSt6vectorIiSaIiEE9push_backEi", "library of C++"),
    ("_Z4workv", "C++ function"), ("socket", "operating system"), ("socketpairs", "C library here"),
    ("readlines", "C library here"), ("frobnicate", "C library here"),
  ])
  func saysWhatItIs(symbol: String, word: String) {
    let advice = UndefinedSymbols.advice(for: symbol)
    #expect(advice.contains(word), "\(advice)")
  }
}
