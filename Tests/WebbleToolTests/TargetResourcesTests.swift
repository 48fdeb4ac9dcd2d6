import Foundation
import Testing

@testable import WebbleTool

struct TargetResourcesTests {
  private func package(rule: String) throws -> PackageDescription {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(
      PackageDescription.self,
      from: Data(
        """
        {"name": "sample", "manifest_display_name": "Sample", "path": "/sample", "products": [], "targets": [
          {"name": "My-App", "c99name": "My_App", "type": "executable", "path": "Sources/My-App",
           "resources": [{"path": "/sample/Sources/My-App/words.txt", "rule": {"\(rule)": {}}}]},
          {"name": "Plain", "c99name": "Plain", "type": "library", "path": "Sources/Plain"}]}
        """.utf8))
  }

  @Test(arguments: ["copy", "process"])
  func knowsTheFolder(rule: String) throws {
    #expect(
      TargetResources(of: try package(rule: rule)).folders
        == [.init(target: "My_App", name: "Sample_My-App.resources")])
  }

  @Test func embeddedFilesHaveNone() throws {
    #expect(TargetResources(of: try package(rule: "embed_in_code")).folders.isEmpty)
  }

  @Test func showsTheCompilerAnotherFile() async throws {
    try await withTemporaryFolder { folder in
      let resources = TargetResources(of: try package(rule: "copy"))
      let options = try resources.compilerOptions(build: URL(filePath: "/build/debug"), in: folder)
      let overlay = folder.appending(path: "overlay-debug.json")
      #expect(options == ["-Xswiftc", "-vfsoverlay", "-Xswiftc", overlay.path])
      let text = try String(contentsOf: overlay, encoding: .utf8)
      #expect(text.contains("My_App.build"))
      func date() throws -> Date? {
        try FileManager.default.attributesOfItem(atPath: overlay.path)[.modificationDate] as? Date
      }
      let before = try date()
      _ = try resources.compilerOptions(build: URL(filePath: "/build/debug"), in: folder)
      #expect(try date() == before)
    }
  }

  @Test func filesLieBesideTheModule() async throws {
    try await withFiles([
      "Sample_My-App.resources/words.txt": "a", "Sample_My-App.resources/In/more.txt": "b", "App.wasm": "",
      "Other_X.resources/x.txt": "c",
    ]) { folder in
      let files = try TargetResources(of: try package(rule: "copy"))
        .files(beside: folder.appending(path: "App.wasm"))
      #expect(
        files.keys.sorted()
          == ["Sample_My-App.resources/In/more.txt", "Sample_My-App.resources/words.txt"])
    }
  }

  @Test func knowsWhereOtherPackagesAre() throws {
    let state = """
      {"object": {"artifacts": [], "dependencies": [
        {"basedOn": null, "packageRef": {"identity": "kit", "kind": "fileSystem", "location": "/kit", "name": "Kit"},
         "state": {"name": "fileSystem", "path": "/kit"}, "subpath": "kit"},
        {"basedOn": null, "packageRef": {"identity": "words", "kind": "remoteSourceControl", "name": "Words"},
         "state": {"checkoutState": {"revision": "1", "version": "1.0.0"}, "name": "sourceControlCheckout"},
         "subpath": "Words"}]}, "version": 7}
      """
    #expect(
      TargetResources.folders(inState: Data(state.utf8), scratch: URL(filePath: "/app/.build/webble"))
        .map(\.path) == ["/kit", "/app/.build/webble/checkouts/Words"])
    #expect(TargetResources.folders(inState: Data("{}".utf8), scratch: URL(filePath: "/app")).isEmpty)
  }

  @Test func othersAreToldOf() {
    let output = """
      /p/.build/webble/debug/Kit.build/DerivedSources/resource_bundle_accessor.swift:1:8: error: no such module 'Foundation'
      """
    #expect(TargetResources.explanation(ofFailure: output)?.contains("the target Kit of") == true)
    #expect(TargetResources.explanation(ofFailure: "/p/A.swift:1:8: error: no such module 'Foundation'") == nil)
  }
}
