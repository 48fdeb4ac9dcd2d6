import WebbleTesting

@main struct LanguageTests {
  @MainActor static func main() async {
    await runTests {}
  }
}
