// Breaks one thing at a time and says what the fast tests do not notice. See scripts/mutate.sh.
//
// All mutants are compiled into one set of test programs, each behind a question that an environment variable
// answers, so that there is one build and then one run of the tests for each mutant.

import Foundation

let fileManager = FileManager.default
let root = URL(filePath: CommandLine.arguments[1], directoryHint: .isDirectory)
let wanted = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 100 : 100
let seed = CommandLine.arguments.count > 3 ? UInt64(CommandLine.arguments[3]) ?? 1 : 1
let pattern = CommandLine.arguments.count > 4 ? CommandLine.arguments[4] : ""
let workspace = root.appending(path: ".build/mutants", directoryHint: .isDirectory)

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data("mutate: \(message)\n".utf8))
  exit(1)
}

// MARK: What is broken

/// Modules whose code is broken, those of their files that are, and the tests that are to notice.
let modules: [(folder: String, files: (String) -> Bool, tests: String)] = [
  ("Sources/WebbleScheduler", { _ in true }, "SchedulerTests|SteppedTests"),
  ("Sources/WebbleAllocator", { _ in true }, "AllocatorTests|SteppedTests"),
  ("SDK/_Concurrency/States", { _ in true }, "ConcurrencyStateTests"),
  (
    "Sources/Webble",
    { $0.contains("StateMachine") || $0.hasPrefix("Synchronization/") || $0.hasPrefix("Channels/") }, "ChannelTests"
  ),
]

struct Mutant {
  var file: String
  /// From 0.
  var line: Int
  var before: String
  /// The line with the question of the number in it.
  var after: (Int) -> String
  var name: String
}

/// Lines that native builds compile: `#if` for others is passed over.
func nativeLines(_ lines: [String]) -> Set<Int> {
  var native: Set<Int> = [], blocks: [(condition: String, isNative: Bool)] = []
  for (index, line) in lines.enumerated() {
    let text = line.trimmingCharacters(in: .whitespaces)
    if text.hasPrefix("#if ") {
      blocks.append((text, text == "#if !arch(wasm32)"))
    } else if text == "#else" {
      blocks[blocks.count - 1].isNative = blocks.last!.condition == "#if arch(wasm32)"
    } else if text == "#endif" {
      blocks.removeLast()
    } else if blocks.allSatisfy(\.isNative) {
      native.insert(index)
    }
  }
  return native
}

/// Lines of initializers, which have to set all fields.
func initializerLines(_ lines: [String]) -> Set<Int> {
  var found: Set<Int> = [], end: String?
  for (index, line) in lines.enumerated() {
    if end == nil, let match = line.firstMatch(of: /^( *)(?:(?:public|private|internal|fileprivate|convenience) )*init[(<?]/),
      !line.hasSuffix("}")
    {
      end = match.1 + "}"
    }
    if end != nil { found.insert(index) }
    if line == end { end = nil }
  }
  return found
}

func isBalanced(_ text: Substring) -> Bool {
  var depth = 0
  for character in text {
    if "([{".contains(character) { depth += 1 }
    if ")]}".contains(character) { depth -= 1 }
    if depth < 0 { return false }
  }
  return depth == 0
}

/// What may be broken in a line, of which `previous` and `next` are the neighbours.
func mutants(of line: String, previous: String, next: String, in file: String, at index: Int) -> [Mutant] {
  guard !line.contains("precondition"), !line.contains("require("), !line.contains("assert"),
    !line.trimmingCharacters(in: .whitespaces).hasPrefix("//"), !line.contains("\""), !line.contains("isMutant"),
    !line.contains("func "), !line.contains("import ")
  else { return [] }
  // Comments after code.
  let code = line.firstRange(of: " //").map { line[..<$0.lowerBound] } ?? line[...]
  var found: [Mutant] = []
  func add(_ name: String, _ range: Range<String.Index>, _ replacement: @escaping (Int) -> String) {
    let head = String(line[..<range.lowerBound]), tail = String(line[range.upperBound...])
    found.append(
      Mutant(file: file, line: index, before: line, after: { head + replacement($0) + tail }, name: name))
  }

  if let match = code.firstMatch(of: /\b(?:if|guard) ([^{]+?) (?:else )?\{/), !match.1.contains(", "),
    !match.1.contains("let "), !match.1.contains("var "), !match.1.contains("case "), !match.1.contains("#"),
    isBalanced(match.1)
  {
    let condition = match.1
    add("the opposite of \(condition)", condition.startIndex..<condition.endIndex) {
      "isMutant(\($0)) != (\(condition))"
    }
  }
  for match in code.matches(of: /([\w.]+(?:\([\w., ]*\))?) (<|<=|>|>=) ([\w.]+(?:\([\w., ]*\))?)/) {
    let (left, sign, right) = (match.1, match.2, match.3)
    let other = ["<": "<=", "<=": "<", ">": ">=", ">=": ">"][String(sign)]!
    add("\(left) \(other) \(right)", match.range) {
      "(isMutant(\($0)) ? \(left) \(other) \(right) : \(left) \(sign) \(right))"
    }
  }
  for match in code.matches(of: /( &?[-+] )1\b/) {
    add("\(match.1)0", match.range) { "\(match.1)(isMutant(\($0)) ? 0 : 1)" }
  }
  if let match = code.firstMatch(of: /\breturn (true|false)\b/) {
    add("not \(match.0)", match.range) { "return isMutant(\($0)) != \(match.1)" }
  }
  let isWhole = isBalanced(code) && !(previous.hasSuffix("(") || previous.hasSuffix(",") || previous.hasSuffix("=")
    || previous.hasSuffix("?") || previous.hasSuffix(":") || previous.hasSuffix("&&") || previous.hasSuffix("return"))
    && next.firstMatch(of: /^\s*(?:[.?:+*&|-]|\}? else)/) == nil
  if isWhole, let match = code.wholeMatch(of: /( +)((?:_ = )?[\w.?!]+\.\w+\(.*\)|[\w.]+(?:\[[^\]]*\])?[\w.]* (?:=|[-+]=|&[-+]=) .+)/),
    !match.2.hasPrefix("let "), !match.2.hasPrefix("var "), !match.2.hasPrefix("return "), !match.2.hasPrefix("case ")
  {
    let statement = match.2
    add("without \(statement)", statement.startIndex..<statement.endIndex) { "if !isMutant(\($0)) { \(statement) }" }
  }
  return found
}

struct Generator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// At most one a line, so that each stands alone.
func chooseMutants() -> [Mutant] {
  var generator = Generator(state: seed), byLine: [Mutant] = []
  for (folder, takes, _) in modules {
    let files = try! fileManager.subpathsOfDirectory(atPath: root.appending(path: folder).path).sorted()
    for name in files
    where name.hasSuffix(".swift") && name != "Invariants.swift" && takes(name)
      && (pattern.isEmpty || "\(folder)/\(name)".contains(pattern))
    {
      let file = "\(folder)/\(name)"
      let text = try! String(contentsOf: root.appending(path: file), encoding: .utf8)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      for index in nativeLines(lines).subtracting(initializerLines(lines)).sorted() {
        let found = mutants(
          of: lines[index], previous: index > 0 ? lines[index - 1] : "",
          next: index + 1 < lines.count ? lines[index + 1] : "", in: file, at: index)
        if let one = found.randomElement(using: &generator) { byLine.append(one) }
      }
    }
  }
  return byLine.shuffled(using: &generator)
}

// MARK: The workspace

let manifest = """
  // swift-tools-version:6.2
  import PackageDescription
  let native: [Target.Dependency] = ["NativeScheduler", "NativeAtomics", "CNative"]
  let package = Package(
    name: "Mutants", platforms: [.macOS(.v15)],
    targets: [
      .target(name: "CNative", path: "Sources/CPlatform"),
      .target(name: "NativeAtomics", path: "Sources/WebbleAtomics", swiftSettings: [.define("NATIVE_ATOMICS")]),
      .target(name: "NativeScheduler", dependencies: ["CNative", "NativeAtomics"], path: "Sources/WebbleScheduler"),
      .target(name: "WebbleAllocator", dependencies: ["CNative", "NativeAtomics"]),
      .target(name: "ConcurrencyStates", path: "SDK/_Concurrency/States"),
      .target(name: "Webble", dependencies: native),
      .target(name: "Interleavings", path: "Tests/Interleavings"),
      .target(name: "Threads", path: "Tests/Threads"),
      .target(name: "Fibers", path: "Benchmarks/Scaling/Sources/Fibers"),
      .testTarget(name: "SchedulerTests", dependencies: ["NativeScheduler", "CNative", "Interleavings", "Threads"]),
      .testTarget(name: "SteppedTests", dependencies: ["CNative", "Fibers", "NativeAtomics"]),
      .testTarget(name: "ConcurrencyStateTests", dependencies: ["ConcurrencyStates", "Interleavings"]),
      .testTarget(name: "AllocatorTests", dependencies: ["WebbleAllocator", "CNative"]),
      .testTarget(name: "ChannelTests", dependencies: ["Webble", "Interleavings", "Threads"]),
    ])
  """

let question = """
  #if canImport(Glibc)
    import Glibc
  #else
    import Darwin
  #endif
  @usableFromInline let activeMutant = getenv("WEBBLE_MUTANT").map { atoi($0) } ?? 0
  @usableFromInline func isMutant(_ number: Int) -> Bool { activeMutant == Int32(number) }
  """

func write(_ text: String, to path: String) {
  try! Data(text.utf8).write(to: workspace.appending(path: path))
}

func makeWorkspace() {
  // What was built stays.
  for folder in ["Sources", "SDK", "Tests", "Benchmarks"] {
    try? fileManager.removeItem(at: workspace.appending(path: folder))
  }
  let folders = [
    "Sources/CPlatform", "Sources/WebbleAtomics", "Sources/WebbleScheduler", "Sources/WebbleAllocator", "Sources/Webble",
    "SDK/_Concurrency/States", "Benchmarks/Scaling/Sources/Fibers",
    // Some files of the others are links to these.
    "Tests/BetweenTasks/Sources",
  ] + ["Interleavings", "Threads", "SchedulerTests", "SteppedTests", "ConcurrencyStateTests", "AllocatorTests", "ChannelTests"]
    .map { "Tests/\($0)" }
  for folder in folders {
    let copy = workspace.appending(path: folder)
    try! fileManager.createDirectory(at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
    try! fileManager.copyItem(at: root.appending(path: folder), to: copy)
  }
  write(manifest, to: "Package.swift")
  for (folder, _, _) in modules { write(question, to: "\(folder)/Mutant.swift") }
}

/// Writes all sources with these mutants in them, by their number.
func apply(_ mutants: [Int: Mutant]) {
  for (file, these) in Dictionary(grouping: mutants, by: \.value.file) {
    var lines = try! String(contentsOf: root.appending(path: file), encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for (number, mutant) in these { lines[mutant.line] = mutant.after(number) }
    write(lines.joined(separator: "\n"), to: file)
  }
}

// MARK: Running

/// What a program printed and how it ended; nil: its time was over.
///
/// - Parameter word: ends the program as soon as it prints this.
func run(
  _ arguments: [String], mutant: Int = 0, limit: Double, until word: String? = nil
) -> (status: Int32, output: String)? {
  let process = Process(), log = workspace.appending(path: "log")
  _ = fileManager.createFile(atPath: log.path, contents: nil)
  let output = try! FileHandle(forWritingTo: log)
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = arguments
  process.currentDirectoryURL = workspace
  process.environment = ProcessInfo.processInfo.environment.merging(["WEBBLE_MUTANT": "\(mutant)"]) { $1 }
  process.standardOutput = output
  process.standardError = output
  let end = DispatchSemaphore(value: 0)
  process.terminationHandler = { _ in end.signal() }
  try! process.run()
  func printed() -> String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }
  let deadline = DispatchTime.now() + limit
  while end.wait(timeout: min(deadline, .now() + 0.5)) == .timedOut {
    let isOver = DispatchTime.now() >= deadline
    guard isOver || word.map({ printed().contains($0) }) == true else { continue }
    kill(process.processIdentifier, SIGKILL)
    end.wait()
    return isOver ? nil : (process.terminationStatus, printed())
  }
  return (process.terminationStatus, printed())
}

/// Builds; a mutant that does not compile is no mutant.
func build(_ mutants: inout [Int: Mutant]) {
  for _ in 0..<12 {
    apply(mutants)
    guard let (status, output) = run(["swift", "build", "--build-tests"], limit: 1800) else { fail("the build took too long") }
    if status == 0 { return }
    var wrong: [String: Set<Int>] = [:]
    for match in output.matches(of: /(?m)^(\/[^:\n]+):(\d+):\d+: error:/) {
      // By way of a link, too.
      let path = URL(filePath: String(match.1)).resolvingSymlinksInPath().path
      let file = String(path.dropFirst(workspace.resolvingSymlinksInPath().path.count + 1))
      wrong[file, default: []].insert(Int(match.2)! - 1)
    }
    // What is missing is told at the end of what it is missing in.
    let refused = mutants.filter { _, mutant in
      wrong[mutant.file]?.contains { (mutant.line...mutant.line + 8).contains($0) } == true
    }
    guard !refused.isEmpty else { fail("the tests do not build:\n\(output.suffix(3000))") }
    for (number, mutant) in refused {
      mutants[number] = nil
      // Back to what it was.
      apply(mutants.filter { $0.value.file == mutant.file })
      if !mutants.contains(where: { $0.value.file == mutant.file }) {
        write(try! String(contentsOf: root.appending(path: mutant.file), encoding: .utf8), to: mutant.file)
      }
    }
  }
  fail("the mutants do not compile")
}

// MARK: All of it

func report(_ mutant: Mutant) {
  print("survived: \(mutant.file):\(mutant.line + 1): \(mutant.name)\n    \(mutant.before.trimmingCharacters(in: .whitespaces))")
  fflush(stdout)
}

func mutateSwift() -> (count: Int, survivors: Int) {
  makeWorkspace()
  // Some do not compile.
  var chosen = Dictionary(uniqueKeysWithValues: zip(1..., chooseMutants().prefix(wanted + wanted / 3)))
  build(&chosen)
  for number in chosen.keys.sorted().dropFirst(wanted) { chosen[number] = nil }
  let program = workspace.appending(path: ".build/debug/MutantsPackageTests.xctest").path
  func tests(of module: String) -> [String] {
    [program, "--testing-library", "swift-testing", "--filter", "^(\(module))\\."]
  }
  var limits: [String: Double] = [:]
  for module in modules where chosen.values.contains(where: { $0.file.hasPrefix(module.folder) }) {
    let begin = Date()
    guard let sound = run(tests(of: module.tests), limit: 600), sound.status == 0 else {
      fail("\(module.tests) fail without a mutant")
    }
    limits[module.folder] = -begin.timeIntervalSinceNow * 4 + 20
    print("\(module.tests): \(Int(-begin.timeIntervalSinceNow)) s without a mutant")
  }
  print("\(chosen.count) mutants")
  fflush(stdout)
  var survivors = 0
  for (number, mutant) in chosen.sorted(by: { $0.key < $1.key }) {
    let module = modules.first { mutant.file.hasPrefix($0.folder) }!
    let result = run(tests(of: module.tests), mutant: number, limit: limits[module.folder]!, until: "recorded an issue")
    if let result, result.status == 0 {
      survivors += 1
      report(mutant)
    }
  }
  return (chosen.count, survivors)
}

let (count, survivors) = mutateSwift()
print("\(count - survivors) were noticed, \(survivors) were not")
exit(survivors == 0 ? 0 : 1)
