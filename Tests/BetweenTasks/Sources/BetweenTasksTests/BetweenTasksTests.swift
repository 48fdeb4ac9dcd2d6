import WebbleTesting

@main struct BetweenTasksTests {
  @MainActor static func main() async {
    await runTests {
      mutexTests()
      channelTests()
      broadcastTests()
      linearizabilityTests()
      manyChannelsTests()
      waitingTests()
      rwLockTests()
      blockingTests()
      algorithmTests()
      sortTests()
      scopeTests()
      turnTests()
      crowdTests()
      memoryTests()
    }
  }
}
