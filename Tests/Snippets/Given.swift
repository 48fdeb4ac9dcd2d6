// What the examples in README, guides and comments take for granted, by the names that they use. They are
// compiled beside this by SnippetTests, with the same imports.

import JSON
import JavaScript
import Webble
import WebbleTesting

@MainActor let pool = try! ThreadPool(workerCount: 2)
@MainActor var sum = 0
nonisolated(unsafe) var pixels: [UInt32] = Array(repeating: 0, count: 100)
@MainActor let canvas = JSObject.global.canvas.object!
@MainActor let offscreenCanvas = JSObject.global.canvas.object!

let channel = Channel<Int>()
let commands = Channel<String>()
let numbers = Channel<Int>()
let left = Channel<Int>()
let right = Channel<Int>()
let names = ["Ada", "Grace"]
let text = #"{"users": [{"name": "Ada", "age": 36}]}"#

func run(_ command: String) {}
func show(_ percent: Int) { print(percent, "%") }
func work() async { await Task.yield() }
func compute() -> Int { 42 }
func expensive(_ part: Int) async -> Int { part }
func countPrimes(below limit: Int) async -> Int { limit }
func waitInALoop() -> Int { 42 }
func f() async -> Int { 1 }
func g() async -> Int { 2 }
func shade(_ index: Int) -> UInt32 { UInt32(index) }
func fill(_ part: BorrowedElements<UInt32>) {}
func retry<C: Clock>(every duration: C.Duration, clock: C) async throws(CancellationError) {
  try await clock.sleep(for: duration)
}
func poll<C: Clock>(every duration: C.Duration, clock: C) async throws(CancellationError) {
  try await clock.sleep(for: duration)
}

struct Parts: AsyncSequence, AsyncIteratorProtocol {
  func next() async -> Int? { nil }
  func makeAsyncIterator() -> Self { self }
}

/// As SwiftPM makes one for a target with resources.
enum Bundle {
  static let module = "Snippets_Snippets.resources"
}

// Of tests like those in Tests/Programs.
let testLimit = Duration.seconds(60)
@MainActor func greetingTests() {}
