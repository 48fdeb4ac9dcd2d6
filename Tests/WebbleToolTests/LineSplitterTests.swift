import Testing

@testable import WebbleTool

struct LineSplitterTests {
  @Test func joinsWhatArrivesInPieces() {
    var splitter = LineSplitter()
    #expect(splitter.add("one\ntw".utf8) == ["one"])
    #expect(splitter.add("o\n\nthr".utf8) == ["two", ""])
    #expect(splitter.add([0x65, 0x65, 0xc3]) == [])
    #expect(splitter.finish() == "three\u{fffd}")
    #expect(splitter.finish() == nil)
  }

  /// Only a newline ends a line: Unicode knows more ends, which a program may print inside one.
  @Test func keepsOtherBreaks() {
    var splitter = LineSplitter()
    #expect(splitter.add("a\r\u{2028}b\u{0c}c\n".utf8) == ["a\r\u{2028}b\u{0c}c"])
  }
}
