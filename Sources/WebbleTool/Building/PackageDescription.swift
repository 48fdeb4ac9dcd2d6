import Foundation

/// What `swift package describe --type json` says of a package, as far as it matters here.
struct PackageDescription: Decodable, Sendable {
  var name: String
  /// The name that the manifest gives.
  var manifestDisplayName: String?
  var path: String
  var products: [Product]
  var targets: [Target]
  var dependencies: [Dependency]?

  struct Dependency: Decodable, Sendable {
    var type: String
    var path: String?
  }

  struct Product: Decodable, Sendable {
    var name: String
    var targets: [String]
    var isExecutable: Bool

    private enum CodingKeys: CodingKey { case name, targets, type }
    private enum TypeKeys: CodingKey { case executable }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      name = try values.decode(String.self, forKey: .name)
      targets = try values.decode([String].self, forKey: .targets)
      isExecutable = try values.nestedContainer(keyedBy: TypeKeys.self, forKey: .type)
        .contains(.executable)
    }
  }

  struct Target: Decodable, Sendable {
    var name: String
    var c99name: String?
    var resources: [Resource]?
    var type: String
    var path: String
    var productDependencies: [String]?
    var targetDependencies: [String]?
  }

  struct Resource: Decodable, Sendable {
    var path: String
    /// Its only key names it: `copy`, `process`, `embed_in_code`.
    var rule: [String: Details]
    struct Details: Decodable, Sendable {}
  }

  static func load(package: URL, scratch: URL, toolchain: Toolchain) async throws -> Self {
    guard FileManager.default.fileExists(atPath: package.appending(path: "Package.swift").path)
    else {
      throw Failure("there is no Package.swift in \(package.path)")
    }
    let result = try await capture(
      toolchain.swift,
      [
        "package", "--package-path", package.path, "--scratch-path", scratch.path, "describe",
        "--type", "json",
      ], environment: LibraryBuilder.Libraries.environment)
    guard result.succeeded else {
      throw Failure("the package in \(package.path) cannot be read:\n\(result.everything)")
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Self.self, from: Data(result.output.utf8))
  }

  /// Whether `target`, or a target of this package that it depends on, uses one of `modules`.
  func target(_ target: String, dependsOn modules: Set<String>) -> Bool {
    var seen: Set<String> = []
    var waiting = [target]
    while let name = waiting.popLast() {
      guard seen.insert(name).inserted, let target = targets.first(where: { $0.name == name })
      else { continue }
      let dependencies = (target.productDependencies ?? []) + (target.targetDependencies ?? [])
      if dependencies.contains(where: modules.contains) { return true }
      waiting += target.targetDependencies ?? []
    }
    return false
  }

  /// The folders of the packages that this one depends on by path.
  var localDependencies: [String] {
    (dependencies ?? []).filter { $0.type == "fileSystem" }.compactMap(\.path)
  }

  private func executables(dependingOn modules: Set<String>) -> [Product] {
    products.filter { product in
      product.isExecutable && product.targets.contains { target($0, dependsOn: modules) }
    }
  }

  /// The products that `webble test` runs.
  var testPrograms: [String] { executables(dependingOn: ["WebbleTesting"]).map(\.name) }

  /// The product to build: the one that was asked for, or the only one that uses Webble.
  func program(named name: String?) throws -> String {
    let executables = products.filter(\.isExecutable).map(\.name)
    if let name {
      guard executables.contains(name) else {
        throw Failure(
          "the package \(self.name) has no executable product \(name)"
            + (executables.isEmpty ? "" : "; it has \(executables.joined(separator: ", "))"))
      }
      return name
    }
    let programs = self.executables(dependingOn: ["Webble", "JavaScript"]).map(\.name)
      .filter { !testPrograms.contains($0) }
    let candidates = programs.isEmpty ? executables : programs
    switch candidates.count {
    case 1: return candidates[0]
    case 0:
      throw Failure("the package \(self.name) has no executable product. Add an executableTarget.")
    default:
      throw Failure(
        """
        the package \(self.name) has several executable products. \
        Choose one with --product: \(candidates.joined(separator: ", "))
        """)
    }
  }
}
