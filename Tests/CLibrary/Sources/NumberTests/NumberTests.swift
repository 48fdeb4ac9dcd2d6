import WebbleTesting

@main struct NumberTests {
  @MainActor static func main() async {
    await runTests {
      wideIntegerTests()
      halfTests()
      remainderTests()
      parsingTests()
      conversionTests()
    }
  }
}
