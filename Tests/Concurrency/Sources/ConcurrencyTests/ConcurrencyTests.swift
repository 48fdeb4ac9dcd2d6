import Support

@main struct ConcurrencyTests {
  @MainActor static func main() async {
    await runConformanceTests {
      asyncLetTests()
      taskGroupTests()
      throwingGroupTests()
      discardingGroupTests()
      taskLocalTests()
      cancellationTests()
      actorTests()
      actorIsolationTests()
      taskTests()
      immediateTaskTests()
      priorityTests()
      continuationTests()
      executorTests()
      stressTests()
      asyncSequenceTests()
      asyncSequenceReductionTests()
      asyncStreamTests()
      asyncThrowingStreamTests()
      asyncStreamStateTests()
      clockTests()
    }
  }
}
