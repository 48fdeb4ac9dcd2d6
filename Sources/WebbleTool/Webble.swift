import ArgumentParser
import Foundation

@main
struct Webble: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "webble",
    abstract: "Builds, runs, serves and tests programs in Swift for threaded WebAssembly.",
    subcommands: [
      NewCommand.self,
      BuildCommand.self, RunCommand.self, ServeCommand.self, TestCommand.self, BenchCommand.self,
      SDKCommand.self,
    ])

  static func main() async {
    let interruption = Interruption()
    let work = Task {
      var command = try parseAsRoot(ExplorationOptions.withCount(Array(CommandLine.arguments.dropFirst())))
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    }
    let sources = interruption.watch { work.cancel() }
    let result = await work.result
    withExtendedLifetime(sources) {}
    if let signal = interruption.signal { Foundation.exit(128 + signal) }
    switch result {
    case .success: Foundation.exit(0)
    case .failure(let failure as Failure):
      Terminal.error(failure.message)
      Foundation.exit(failure.exitStatus)
    case .failure(let error): exit(withError: error)
    }
  }
}
