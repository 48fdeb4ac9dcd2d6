import Foundation
import Testing

@testable import WebbleTool

struct PackageDescriptionTests {
  /// Executable products by name, each with what its target depends on.
  private func package(
    _ products: KeyValuePairs<String, [String]>, libraries: KeyValuePairs<String, [String]> = [:]
  ) throws -> PackageDescription {
    func target(_ name: String, _ type: String, _ dependencies: [String]) -> [String: Any] {
      [
        "name": name, "type": type, "path": "Sources/\(name)",
        "product_dependencies": dependencies.filter { !$0.hasPrefix("target ") },
        "target_dependencies": dependencies.filter { $0.hasPrefix("target ") }
          .map { String($0.dropFirst(7)) },
      ]
    }
    let json: [String: Any] = [
      "name": "sample", "path": "/sample",
      "products": products.map {
        ["name": $0.key, "targets": [$0.key], "type": ["executable": NSNull()]]
      } + [["name": "Kit", "targets": ["Kit"], "type": ["library": ["automatic"]]]],
      "targets": products.map { target($0.key, "executable", $0.value) }
        + libraries.map { target($0.key, "library", $0.value) },
    ]
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(
      PackageDescription.self, from: JSONSerialization.data(withJSONObject: json))
  }

  @Test func takesTheOnlyProgram() throws {
    #expect(try package(["App": ["Webble"]]).program(named: nil) == "App")
    #expect(try package(["App": []]).program(named: nil) == "App")
  }

  @Test func passesOverToolsAndTests() throws {
    let package = try package([
      "tool": ["ArgumentParser"], "App": ["Webble"], "AppTests": ["Webble", "WebbleTesting"],
    ])
    #expect(try package.program(named: nil) == "App")
    #expect(try package.program(named: "tool") == "tool")
    #expect(package.testPrograms == ["AppTests"])
  }

  @Test func seesThroughLibraries() throws {
    let package = try package(
      ["App": ["target Model"], "tool": ["target Other"]],
      libraries: ["Model": ["target Base"], "Base": ["Webble"], "Other": ["target Base2"]])
    #expect(try package.program(named: nil) == "App")
  }

  @Test func asksWhichOfSeveral() throws {
    let package = try package(["One": ["Webble"], "Two": ["Webble"]])
    let failure = #expect(throws: Failure.self) { try package.program(named: nil) }
    #expect(failure?.message.hasSuffix("--product: One, Two") == true)
  }

  @Test func namesWhatThereIs() throws {
    let package = try package(["App": ["Webble"]])
    let failure = #expect(throws: Failure.self) { try package.program(named: "Kit") }
    #expect(failure?.message.contains("no executable product Kit; it has App") == true)
    #expect(throws: Failure.self) { try self.package([:]).program(named: nil) }
  }
}
