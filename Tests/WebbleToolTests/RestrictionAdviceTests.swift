import Testing

@testable import WebbleTool

struct RestrictionAdviceTests {
  @Test func namesErrors() {
    let refused = "/p/A.swift:27:27: error: cannot use a value of protocol type 'any Error' in embedded Swift [#EmbeddedRestrictions]"
    #expect(RestrictionAdvice.advice(onFailure: refused)?.contains("do throws(LoadError)") == true)
    let converted = "/p/A.swift:15:20: error: thrown expression type 'any Error' cannot be converted to error type 'E'"
    #expect(RestrictionAdvice.advice(onFailure: converted)?.contains("closures that throw") == true)
  }

  @Test func namesKeyPaths() {
    let refused = "/p/A.swift:1:9: error: cannot use key path in embedded Swift [#EmbeddedRestrictions]"
    let advice = RestrictionAdvice.advice(onFailure: refused)
    #expect(advice?.contains("map { $0.name }") == true)
    #expect(advice?.contains("any Error") == false)
  }

  @Test func isSilentOfOtherFailures() {
    #expect(RestrictionAdvice.advice(onFailure: "/p/A.swift:1:1: error: no such module 'B'") == nil)
  }
}
