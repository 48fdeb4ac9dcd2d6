import Foundation
import Synchronization
import Testing

@testable import WebbleTool

struct BuildLockTests {
  private func builder(_ package: URL) async throws -> ProductBuilder {
    ProductBuilder(
      package: package, repository: try .find(), toolchain: try await .find(), configuration: .debug)
  }

  private final class Counts: Sendable {
    let running = Atomic(0), most = Atomic(0)
  }

  @Test func oneBuildAtATime() async throws {
    try await withFiles([:]) { folder in
      let builder = try await builder(folder)
      let counts = Counts()
      try await withThrowingTaskGroup { group in
        for _ in 0..<8 {
          group.addTask {
            try await builder.exclusively {
              let count = counts.running.add(1, ordering: .relaxed).newValue
              counts.most.max(count, ordering: .relaxed)
              // The others come meanwhile.
              for _ in 0..<100 { await Task.yield() }
              counts.running.subtract(1, ordering: .relaxed)
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(counts.most.load(ordering: .relaxed) == 1)
    }
  }

  /// Two runs write sites of the same names.
  @Test func runsHaveFoldersOfTheirOwn() async throws {
    try await withFiles([".build/webble/runs/999999999-dead/app.wasm": "old"]) { folder in
      let builder = try await builder(folder)
      let runs = folder.appending(path: ".build/webble/runs")
      let names = try await builder.withPrivateFolder { first in
        #expect(builder.isPrivate(first))
        return try await builder.withPrivateFolder { second in
          #expect(first != second)
          return try FileManager.default.contentsOfDirectory(atPath: runs.path)
        }
      }
      // Those of processes that are no more have gone; and now all have.
      #expect(names.count == 2 && !names.contains("999999999-dead"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: runs.path) == [])
    }
  }
}
