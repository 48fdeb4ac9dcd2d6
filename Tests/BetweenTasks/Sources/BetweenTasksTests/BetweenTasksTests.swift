import WebbleTesting

@main struct BetweenTasksTests {
  @MainActor static func main() async {
    await runTests {
      mutexTests()
      channelTests()
      broadcastTests()
      waitingTests()
      algorithmTests()
      sortTests()
    }
  }
}
