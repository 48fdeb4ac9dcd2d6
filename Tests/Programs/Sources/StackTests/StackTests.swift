import WebbleTesting

@main struct StackTests {
  @MainActor static func main() async {
    await runTests {}
  }
}
