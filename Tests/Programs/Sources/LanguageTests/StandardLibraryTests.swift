import TestSupport
import Webble
import WebbleTesting

// What Embedded Swift leaves out of the standard library and the SDK has. Natively the toolchain's library says
// what is right.

/// Describes itself, as users' types do.
private struct Point: CustomStringConvertible, Hashable {
  var x: Int
  var description: String { "point \(x)" }
}

private struct Text: TextOutputStream {
  var lines = ""
  mutating func write(_ string: String) { lines += string }
}

@MainActor func standardLibraryTests() {
  test("collections, ranges and durations describe themselves", timeLimit: testLimit) {
    let numbers = [1, 2, 3], none: [Int] = []
    expectEqual("\(numbers) \(none)", "[1, 2, 3] []")
    expectEqual("\(["a", "b\""])", #"["a", "b\""]"#)
    expectEqual("\([[1], [2, 3]])", "[[1], [2, 3]]")
    expectEqual("\(numbers[1...]) \(ContiguousArray(numbers))", "[2, 3] [1, 2, 3]")
    expectEqual("\([Point(x: 1)])", "[point 1]")
    expectEqual("\([1.5, 2])", "[1.5, 2.0]")
    expectEqual("\(["k": 1]) \([String: Int]())", #"["k": 1] [:]"#)
    expectEqual("\(Set([4]))", "[4]")
    expectEqual("\(0..<3) \(1...2)", "0..<3 1...2")
    expectEqual("\([Optional(1), nil])", "[Optional(1), nil]")
    expectEqual("\(Duration.milliseconds(1500))", "1.5 seconds")
    expectEqual("\(SIMD2<Float>(1, 2.5))", "SIMD2<Float>(1.0, 2.5)")
    expectEqual(SIMD3<Int>(1, -2, 3).description, "SIMD3<Int>(1, -2, 3)")
    expectEqual("\([SIMD4<UInt8>(repeating: 255)])", "[SIMD4<UInt8>(255, 255, 255, 255)]")
    let character: [Character] = ["x"]
    expectEqual("\(character)", #"["x"]"#)
    expectEqual(numbers.description, "[1, 2, 3]")
  }
  test("optionals describe themselves", timeLimit: testLimit) {
    let some: Int? = 1, none: Int? = nil, text: String? = "a"
    expectEqual(String(describing: some), "Optional(1)")
    expectEqual(String(describing: none), "nil")
    expectEqual(String(describing: text), #"Optional("a")"#)
  }
  test("String(describing:), String(reflecting:), print(_:to:)", timeLimit: testLimit) {
    expectEqual(String(describing: 1) + String(describing: "a"), "1a")
    expectEqual(String(reflecting: "a") + String(reflecting: 2.5), #""a"2.5"#)
    var stream = Text()
    print("a", to: &stream)
    print(1, 2.5, separator: ", ", terminator: ";", to: &stream)
    print([1], "b", true, to: &stream)
    expectEqual(stream.lines, "a\n1, 2.5;[1] b true\n")
    var string = ""
    print(Point(x: 2), terminator: "", to: &string)
    expectEqual(string, "point 2")
    debugPrint("a", to: &string)
    debugPrint(["b"], terminator: ".", to: &string)
    expectEqual(string, #"point 2"a"\#n["b"]."#)
  }
  test("print of several values, debugPrint and dump compile", timeLimit: testLimit) {
    print(1, "a", separator: "-", terminator: "\n")
    print(1, 2.5, "three", [4], 5, 6)
    print("end", terminator: String(repeating: "\n", count: 1))
    debugPrint("a")
    debugPrint(Point(x: 1))
    debugPrint("a", 1)
    debugPrint("a", Optional(1), [2.5], separator: ", ", terminator: "")
    print()
    print(terminator: "a line\n")
    expectEqual(dump([1, 2]).count, 2)
    expectEqual(dump(3), 3)
  }
  test("texts are searched for texts", timeLimit: testLimit) {
    expect("swift on the web".contains("the web"))
    expect(!"swift".contains("swifts"))
    expect("swift".contains("s"))
    expect("swift".contains(""))
    expect("a\r\nb".contains("\r\n"))
    expect(!"a\r\nb".contains("\n"), "a character is not a part of another")
    expect("caf\u{e9}s".contains("fe\u{301}s"), "canonically equal texts are equal")
    expect([1, 2, 3].contains([2, 3]) && ![1, 2, 3].contains([3, 2]))
    expectEqual("a--b----c".split(separator: "--").map(String.init), ["a", "b", "c"])
    expectEqual("a--b".split(separator: "--", maxSplits: 0).map(String.init), ["a--b"])
    expectEqual(
      "--a".split(separator: "--", omittingEmptySubsequences: false).map(String.init), ["", "a"])
    expectEqual("one two one".replacing("one", with: "1"), "1 two 1")
    expectEqual("one two one".replacing("one", with: "1", maxReplacements: 1), "1 two one")
    expectEqual("aaa".ranges(of: "aa").count, 1)
    expectEqual(String("prefix-x".trimmingPrefix("prefix-")), "x")
    expectEqual("abc".firstRange(of: "c").map { "abc"[$0] } ?? "", "c")
    expect("abc".firstRange(of: "d") == nil)
    var text = "a.b"
    text.replace(".", with: "::")
    expectEqual(text, "a::b")
  }
  test("texts are searched by characters, whatever their bytes are", timeLimit: testLimit) {
    /// By the places of characters, in the simplest way.
    func places(_ part: String, _ text: String) -> [Int] {
      let (part, text) = (Array(part), Array(text))
      var (found, at) = ([Int](), 0)
      while at + part.count <= text.count {
        if Array(text[at..<at + part.count]) == part {
          found.append(at)
          at += part.count
        } else {
          at += 1
        }
      }
      return found
    }
    let pieces = ["a", "b", "e\u{301}", "\u{600}", "1", "K", "\u{212A}", "\r", "\n", ";", "ü", "👩\u{200D}", "👧", "\u{301}"]
    var state: UInt32 = 1
    func random(_ bound: Int) -> Int {
      state = state &* 1_664_525 &+ 1_013_904_223
      return Int(state >> 8) % bound
    }
    for _ in 0..<3000 {
      let text = (0..<random(12)).map { _ in pieces[random(pieces.count)] }.joined()
      let part = (0...random(2)).map { _ in pieces[random(pieces.count)] }.joined()
      let found = text.ranges(of: part).map { text.distance(from: text.startIndex, to: $0.lowerBound) }
      if !expectEqual(found, places(part, text), "\(text.unicodeScalars.map { $0.value }) \(part.unicodeScalars.map { $0.value })") { break }
      let rest = text.dropFirst()
      let foundInRest = rest.firstRange(of: part).map { rest.distance(from: rest.startIndex, to: $0.lowerBound) }
      if !expectEqual(foundInRest, places(part, String(rest)).first) { break }
    }
    expect("abc".dropFirst().firstRange(of: "abc"[...]) == nil)
  }
  test("dictionaries merge, differences apply, AnySequence", timeLimit: testLimit) {
    let pairs = [("a", 1), ("b", 2), ("a", 3)]
    var sums = Dictionary(pairs) { $0 + $1 }
    expectEqual(sums["a"], 4)
    sums.merge(["a": 10, "c": 5]) { old, _ in old }
    sums.merge([("b", 1)], uniquingKeysWith: -)
    expectEqual(sums["a"], 4)
    expectEqual(sums["b"], 1)
    expectEqual(sums["c"], 5)
    expectEqual(sums.merging(["c": 1]) { $0 * 10 + $1 }["c"], 51)
    expectEqual(sums.merging([("d", 1)]) { $0 + $1 }.count, 4)
    let old = [1, 2, 3, 4], new = [2, 4, 5, 1]
    let difference = new.difference(from: old)
    expectEqual(old.applying(difference), new)
    expect([Int]().applying(difference) == nil)
    expectEqual("abc".applying("acd".difference(from: "abc")), "acd")
    let sequence = AnySequence(old)
    expectEqual(sequence.map { $0 * 2 }, [2, 4, 6, 8])
    expectEqual(sequence.reduce(0, +) + AnySequence { old.makeIterator() }.reduce(0, +), 20)
    expect(sequence.underestimatedCount <= 4)
  }
  if isOnWeb {
    test("nothing can be read", timeLimit: testLimit) { expect(readLine() == nil) }
  }
}
