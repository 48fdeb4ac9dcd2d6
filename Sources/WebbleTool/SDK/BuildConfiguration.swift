import ArgumentParser

enum BuildConfiguration: String, ExpressibleByArgument, CaseIterable, Sendable {
  case debug, release
}
