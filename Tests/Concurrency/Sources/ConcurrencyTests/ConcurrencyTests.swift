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
      // What the toolchain's own library (6.3) has not got yet.
      #if arch(wasm32)
        cancellationShieldTests()
        deadlineTests()
        singleContinuationTests()
      #endif
    }
  }
}
