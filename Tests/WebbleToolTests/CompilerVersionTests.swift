import Testing

@testable import WebbleTool

struct CompilerVersionTests {
  @Test func findsTheVersionInTheCompilersWords() {
    #expect(
      CompilerVersion(in: "Swift version 6.3.1 (swift-6.3.1-RELEASE)")
        == CompilerVersion(major: 6, minor: 3))
    #expect(
      CompilerVersion(in: "Apple Swift version 6.10-dev (LLVM 0, Swift 1)")
        == CompilerVersion(major: 6, minor: 10))
    #expect(CompilerVersion(in: "no version at all") == nil)
    #expect(CompilerVersion(major: 6, minor: 10) > CompilerVersion(major: 6, minor: 9))
  }

  @Test func saysOfANewerCompilerThatItIsUntested() {
    #expect(CompilerVersion.remark(on: "Swift version 6.3.7 (swift-6.3.7-RELEASE)") == nil)
    #expect(CompilerVersion.remark(on: "words without any") == nil)
    #expect(
      CompilerVersion.remark(on: "Swift version 6.4 (swift-6.4-RELEASE)")
        == "Webble is tested with Swift 6.3. This is Swift 6.4, which is newer: it should work, and is untested.")
    #expect(CompilerVersion.remark(on: "Swift version 6.2 (x)")?.contains("which is older") == true)
  }
}
