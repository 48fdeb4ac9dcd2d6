import WebbleTesting

@main struct PoolTests {
  @MainActor static func main() async {
    await runTests {
      threadPoolTests()
      workerHandleTests()
      placementTests()
      shutdownTests()
      shutdownWaitTests()
      residentWhilePoolClosesTests()
      lifetimeTests()
      residueTests()
      badInputTests()
      metricsTests()
    }
  }
}
