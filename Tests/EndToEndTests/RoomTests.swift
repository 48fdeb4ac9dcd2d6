import Foundation
import IndexStore
import Testing

@testable import WebbleTool

/// Between the rooms of a module arrows point one way: a file uses what its own room declares and what rooms
/// declare that stand further down in ARCHITECTURE.md's table of them. The compiler's index tells who uses what.
@Suite(.serialized) struct RoomTests {
  /// What a table of ARCHITECTURE.md says: the rooms of a module, from the top to the bottom, and the arrows that
  /// point up all the same.
  struct Plan {
    /// Rooms of one row stand side by side, and do not use each other.
    var rows: [[String]] = []
    var allowed: Set<Arrow> = []

    func permits(_ arrow: Arrow) -> Bool {
      guard let user = rows.firstIndex(where: { $0.contains(arrow.user) }),
        let used = rows.firstIndex(where: { $0.contains(arrow.used) })
      else { return false }
      return user < used || allowed.contains(arrow)
    }
  }

  struct Arrow: Hashable, Comparable, CustomStringConvertible {
    var user: String
    var used: String
    var description: String { "\(user) → \(used)" }
    static func < (left: Arrow, right: Arrow) -> Bool { (left.user, left.used) < (right.user, right.used) }
  }

  /// Reads the table whose head names `folder`, and the line `Arrows up:` behind it.
  static func plan(of folder: String, in architecture: String) -> Plan? {
    let lines = architecture.split(separator: "\n", omittingEmptySubsequences: false)
    guard let head = lines.firstIndex(of: "| folder of `\(folder)` | about |") else { return nil }
    let rows = lines[(head + 2)...].prefix { $0.hasPrefix("|") }
    var plan = Plan(rows: rows.map { row in
      row.split(separator: "|")[0].matches(of: /`(\w+)`/).map { String($0.1) }
    })
    let rest = lines[(head + 2 + rows.count)...].prefix { !$0.hasPrefix("| folder of") && !$0.hasPrefix("## ") }
    for match in rest.joined(separator: "\n").matches(of: /`(\w+)` → `(\w+)`/) {
      plan.allowed.insert(Arrow(user: String(match.1), used: String(match.2)))
    }
    return plan
  }

  /// One use of a room by another.
  struct Use { var file: String, line: Int, name: String }

  /// All arrows that the index in `store` shows between the rooms of `folder`. Where only types were checked, its
  /// records are read one by one.
  static func arrows(in folder: URL, store: URL, isList: Bool, library: URL) throws -> [Arrow: [Use]] {
    let reading = Reading(folder: folder)
    var reader = index_reader(
      context: Unmanaged.passUnretained(reading).toOpaque(),
      wants: { Unmanaged<Reading>.fromOpaque($0!).takeUnretainedValue().wants($1) },
      visit: { Unmanaged<Reading>.fromOpaque($0!).takeUnretainedValue().note($1) })
    func check(_ failure: UnsafePointer<CChar>?) throws {
      if let failure { throw Failure("\(store.path): \(String(cString: failure))") }
    }
    if isList {
      try check(read_index(library.path, store.path, &reader))
      return reading.arrows
    }
    // No two files of a module have one name.
    let records = try FileManager.default.subpathsOfDirectory(atPath: store.path).map { URL(filePath: $0).lastPathComponent }
    for record in records {
      guard let end = record.lastIndex(of: "-"), let path = reading.paths[String(record[..<end])] else { continue }
      reading.begin(path)
      try check(read_index_record(library.path, store.path, record, path, &reader))
    }
    return reading.arrows
  }

  private final class Reading {
    private let prefix: String
    /// The files' paths by their names.
    let paths: [String: String]
    private var path: Substring = "", room = ""
    private var homes: [String: Set<String>] = [:]
    private var uses: [(room: String, identifier: String, use: Use)] = []

    init(folder: URL) {
      prefix = folder.path + "/"
      paths = Dictionary(uniqueKeysWithValues: RoomTests.sources(of: folder).map { ($0.lastPathComponent, $0.path) })
    }

    func wants(_ file: index_text) -> Bool {
      let file = text(file)
      // Files that are no more are in the index for a while.
      guard file.hasPrefix(prefix), paths[URL(filePath: file).lastPathComponent] == file else { return false }
      begin(file)
      return true
    }

    func begin(_ file: String) {
      path = file.dropFirst(prefix.count)
      room = path.contains("/") ? String(path.prefix { $0 != "/" }) : ""
    }

    func note(_ mention: index_mention) {
      let identifier = text(mention.identifier)
      if mention.isDefinition {
        homes[identifier, default: []].insert(room)
      } else {
        uses.append((room, identifier, Use(file: String(path), line: Int(mention.line), name: text(mention.name))))
      }
    }

    private func text(_ text: index_text) -> String {
      String(decoding: UnsafeRawBufferPointer(start: text.bytes, count: text.length), as: UTF8.self)
    }

    /// Files that stand in no room put the rooms together: they may use all, and no room uses them.
    var arrows: [Arrow: [Use]] {
      var arrows: [Arrow: [Use]] = [:]
      for (room, identifier, use) in uses where room != "" {
        guard let homes = homes[identifier], !homes.contains(room) else { continue }
        for home in homes { arrows[Arrow(user: room, used: home), default: []].append(use) }
      }
      return arrows
    }
  }

  private static func sources(of folder: URL) -> [URL] {
    (FileManager.default.subpaths(atPath: folder.path) ?? []).sorted()
      .filter { $0.hasSuffix(".swift") }.map { folder.appending(path: $0) }
  }

  /// Compiles a module's sources to an index and nothing else.
  private static func index(
    _ module: String, of folder: URL, options: [String], into store: URL, with toolchain: Toolchain
  ) async throws {
    let result = try await capture(
      toolchain.swiftc,
      options.filter { $0 != "-wmo" } + [
        "-module-name", module, "-typecheck", "-enable-batch-mode", "-index-store-path", store.path,
        "-index-ignore-system-modules",
      ] + sources(of: folder).map(\.path))
    if !result.succeeded { throw Failure("indexing \(module) failed:\n\(result.everything)") }
  }

  @Test(arguments: ["SDK/_Concurrency", "Sources/WebbleScheduler", "Sources/JavaScript", "Sources/WebbleTool"])
  func arrowsPointDown(folder: String) async throws {
    let repository = try Repository.find(), toolchain = try await Toolchain.find()
    let architecture = try String(contentsOf: repository.root.appending(path: "ARCHITECTURE.md"), encoding: .utf8)
    let plan = try #require(Self.plan(of: folder, in: architecture), "ARCHITECTURE.md has no table of \(folder)")
    let house = repository.root.appending(path: folder)
    let rooms = try FileManager.default.contentsOfDirectory(atPath: house.path)
      .filter { !$0.contains(".") }
    #expect(Set(rooms) == Set(plan.rows.joined()), "ARCHITECTURE.md names the rooms of \(folder)")

    let library = toolchain.swiftc.deletingLastPathComponent().appending(path: "../lib/libIndexStore.so")
      .standardizedFileURL
    let arrows = try await withTemporaryFolder { store in
      guard folder != "Sources/WebbleTool" else {
        // What `swift build` has left.
        let built = Bundle.main.executableURL!.deletingLastPathComponent().appending(path: "index/store")
        return try Self.arrows(in: house, store: built, isList: true, library: library)
      }
      let variant = SDKRecipe.Variant(inspects: true)
      let sdk = try await SDKBuilder(repository: repository, toolchain: toolchain, variant: variant).build()
      let include = sdk.appending(path: "\(SDKRecipe.bundlePath)/sysroot/include")
      if let module = SDKRecipe.swiftModules.first(where: { $0.sources == folder }) {
        try await Self.index(
          module.name, of: house,
          options: SDKRecipe.swiftcOptions(variant) + module.options
            + ["-D", "WEBBLE_EXPLORES", "-Xcc", "-DWEBBLE_EXPLORES=1", "-I", include.path],
          into: store, with: toolchain)
      } else {
        let libraries = try await LibraryBuilder(
          repository: repository, toolchain: toolchain, configuration: .debug, sdk: sdk, variant: variant).build()
        try await Self.index(
          house.lastPathComponent, of: house,
          options: SDKRecipe.libraryOptions(.debug, variant) + ["-I", include.path, "-I", libraries.folder.path],
          into: store, with: toolchain)
      }
      return try Self.arrows(in: house, store: store, isList: false, library: library)
    }
    #expect(!arrows.isEmpty, "the index knows nothing of \(folder)")
    for (arrow, uses) in arrows.sorted(by: { $0.key < $1.key }) where !plan.permits(arrow) {
      let examples = uses.prefix(4).map { "  \($0.file):\($0.line) uses \($0.name)" }.joined(separator: "\n")
      Issue.record("\(folder): \(arrow) points up, \(uses.count) times:\n\(examples)")
    }
    // What is allowed and not used is to be taken out.
    for arrow in plan.allowed.sorted() { #expect(arrows[arrow] != nil, "\(folder): nothing uses \(arrow)") }
  }

  @Test func plansAreRead() throws {
    let text = """
      | folder of `A` | about |
      |---|---|
      | `Top` | all |
      | `Left`, `Right` | parts |

      Arrows up: `Right` → `Top`, because it has to.

      | folder of `B` | about |
      |---|---|
      | `Other` | more |
      """
    let plan = try #require(Self.plan(of: "A", in: text))
    #expect(plan.rows == [["Top"], ["Left", "Right"]])
    #expect(plan.allowed == [Arrow(user: "Right", used: "Top")])
    #expect(plan.permits(Arrow(user: "Top", used: "Left")) && plan.permits(Arrow(user: "Right", used: "Top")))
    #expect(!plan.permits(Arrow(user: "Left", used: "Top")) && !plan.permits(Arrow(user: "Left", used: "Right")))
    #expect(!plan.permits(Arrow(user: "Top", used: "Unknown")))
  }
}
