import WebbleTesting

@main struct MathTests {
  @MainActor static func main() async {
    await runTests {
      accuracyTests()
      specialValueTests()
      partsTests()
    }
  }
}
