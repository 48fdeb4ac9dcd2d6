import TestSupport
import WebbleTesting

@main struct LanguageTests {
  @MainActor static func main() async {
    await runTests {
      taskTests()
      cancellationTests()
      sleepTests()
      testClockTests()
      continuationTests()
      actorTests()
      mainActorTests()
      executorTests()
      isolatedDeinitTests()
      preferenceTests()
      globalExecutorTests()
      sharedStateTests()
      blockSizeTests()
      vectorTests()
      standardLibraryTests()
      descriptionTests()
    }
  }
}
