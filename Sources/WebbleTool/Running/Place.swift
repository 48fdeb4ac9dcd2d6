import ArgumentParser

/// Where a program runs: in an engine of the web's, or as a program of this machine's.
enum Place: Equatable, Sendable, ExpressibleByArgument {
  case engine(Engine)
  case native

  init?(argument: String) {
    if argument == "native" {
      self = .native
    } else if let engine = Engine(rawValue: argument) {
      self = .engine(engine)
    } else {
      return nil
    }
  }

  static var allValueStrings: [String] { Engine.allCases.map(\.rawValue) + ["native"] }

  var engine: Engine? { if case .engine(let engine) = self { engine } else { nil } }
}

extension Place: CustomStringConvertible {
  var description: String { engine.map { "\($0)" } ?? "native" }
}

/// The options that only native programs have.
struct NativeOptions: ParsableArguments {
  @Option(
    help: """
      Have a native program checked while it runs: thread, for data races, or address, for memory that \
      is not the program's. Implies --in native.
      """)
  var sanitize: Sanitizer?

  /// The places of a command line, or where a program runs unless told otherwise.
  func places(_ places: [Place]) -> [Place] {
    places.isEmpty ? [sanitize == nil ? .engine(.preferred) : .native] : places
  }

  /// Refuses what is not for the places.
  func check(_ places: [Place], _ options: BuildOptions, noIsolation: Bool) throws {
    if sanitize != nil, places.contains(where: { $0 != .native }) {
      throw ValidationError("--sanitize is for native programs: use it with --in native")
    }
    guard places.contains(.native) else { return }
    let given = [
      ("--no-isolation", noIsolation), ("--no-tail-calls", options.noTailCalls),
      ("--no-simd", !options.simd), ("--maximum-memory", options.maximumMemory != nil),
      ("--stack-size", options.stackSize != nil), ("--schedule-seed", options.scheduleSeed != nil),
    ]
    if let (option, _) = given.first(where: \.1) {
      throw ValidationError("\(option) is for engines of the web, not for native programs")
    }
  }
}
