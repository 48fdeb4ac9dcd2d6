import WebbleTesting

@main struct LanguageTests {
  @MainActor static func main() async {
    await runTests {
      taskTests()
      cancellationTests()
      sleepTests()
      continuationTests()
      actorTests()
      mainActorTests()
      executorTests()
      globalExecutorTests()
      sharedStateTests()
    }
  }
}
