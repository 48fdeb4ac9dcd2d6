import WebbleTesting

@main struct SchedulingTests {
  @MainActor static func main() async {
    await runTests {
      stealingTests()
      pinningTests()
      fairnessTests()
      mainThreadTests()
    }
  }
}
