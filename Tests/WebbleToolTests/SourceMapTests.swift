import Foundation
import Testing

@testable import WebbleTool

@Suite struct SourcePathTests {
  private let paths = SourcePaths(
    package: URL(filePath: "/home/me/app"), repository: URL(filePath: "/home/me/webble"))

  @Test func sourcesAreNamedByWhoseTheyAre() {
    #expect(paths.name(of: "/home/me/app/Sources/App/App.swift") == "Sources/App/App.swift")
    #expect(paths.name(of: "/home/me/webble/Sources/Webble/ThreadPool.swift") == "webble/Sources/Webble/ThreadPool.swift")
    #expect(paths.name(of: "/home/builder/swift/stdlib/public/core/Array.swift") == "swift/stdlib/core/Array.swift")
    #expect(paths.name(of: "/usr/include/thing.h") == "external/thing.h")
    #expect(paths.name(of: "/home/me/application/A.swift") == "external/A.swift")
    #expect(paths.name(of: "<compiler-generated>") == "<compiler-generated>")
  }

  /// The compiler names what was given to it by a relative path so, without the folder that it ran in.
  @Test func relativePathsOfOursAreOurs() throws {
    let paths = SourcePaths(package: URL(filePath: "/home/me/app"), repository: try Repository.find().root)
    #expect(paths.name(of: "SDK/_Concurrency/Time/Sleep.swift") == "webble/SDK/_Concurrency/Time/Sleep.swift")
    #expect(paths.content(of: "SDK/_Concurrency/Time/Sleep.swift")?.contains("Task.sleep") == true)
    #expect(paths.name(of: "Sources/App/App.swift") == "Sources/App/App.swift")
    #expect(paths.content(of: "/etc/hostname") == nil)
  }
}
