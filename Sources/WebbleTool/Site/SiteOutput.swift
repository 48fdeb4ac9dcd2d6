import Foundation

/// The files of a site on their way into a folder, which may hold files of the user's. Those stay as they
/// are: if one is in the way, nothing is written at all.
struct SiteOutput {
  private(set) var files: [String: Data] = [:]
  /// What the generated page and package say of themselves, so that the next build knows them again.
  static let mark = #""generator": "webble""#
  static let pageMark = #"<meta name="generator" content="webble">"#

  /// - Parameter name: relative to the site, with slashes.
  mutating func add(_ name: String, _ data: Data) { files[name] = data }

  mutating func remove(_ name: String) { files[name] = nil }

  /// Writes all files, and removes those of the last build that are none any more.
  ///
  /// - Parameter records: the folder that keeps what was written where. What it does not know may be replaced only if
  ///   it tells by itself that it was made here, or lies beside that folder. Nil: `folder` is new, and will be no other's.
  func write(to folder: URL, records: URL?) throws {
    guard let records else { return try write(to: folder) }
    let manager = FileManager.default
    let recordFile = records.appending(path: "\(Self.hash(Data(folder.path.utf8))).json")
    let record =
      (try? JSONDecoder().decode([String: String].self, from: Data(contentsOf: recordFile))) ?? [:]
    let isOurs = folder.path.hasPrefix(records.deletingLastPathComponent().path + "/")
    let inTheWay = isOurs ? [] : files.keys.sorted().filter { name in
      guard let old = try? Data(contentsOf: folder.appending(path: name)) else {
        // A folder of that name, or a file that cannot be read.
        return manager.fileExists(atPath: folder.appending(path: name).path)
      }
      return old != files[name] && record[name] != Self.hash(old) && !Self.isGenerated(name, old)
    }
    guard inTheWay.isEmpty else {
      throw Failure(
        """
        \(inTheWay.joined(separator: ", ")) in \(folder.path) \(inTheWay.count == 1 ? "is" : "are") not \
        from an earlier build and would be overwritten; nothing was written. A page of your own belongs \
        into the folder \(PublicFolder.name) of the package, from where every build copies it. Or choose \
        another folder with -o.
        """)
    }
    try write(to: folder)
    for (name, hash) in record where files[name] == nil {
      let file = folder.appending(path: name)
      if let old = try? Data(contentsOf: file), Self.hash(old) == hash {
        try? manager.removeItem(at: file)
      }
    }
    try manager.createDirectory(at: records, withIntermediateDirectories: true)
    try JSONEncoder().encode(files.mapValues(Self.hash)).write(to: recordFile, options: .atomic)
  }

  private func write(to folder: URL) throws {
    for (name, data) in files {
      let file = folder.appending(path: name)
      // The date of what stays the same stays, too: watchers and uploads look at it.
      if (try? Data(contentsOf: file)) == data { continue }
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: file, options: .atomic)
    }
  }

  private static func hash(_ data: Data) -> String {
    var hash = Fingerprint()
    hash.add(data)
    return hash.description
  }

  /// Whether nobody but this tool writes such a file.
  private static func isGenerated(_ name: String, _ data: Data) -> Bool {
    switch name {
    case Site.FileName.page: data.range(of: Data(pageMark.utf8)) != nil
    case Site.FileName.package: data.range(of: Data(mark.utf8)) != nil
    default: name.hasPrefix("webble") || name.hasPrefix("app.")
    }
  }
}

/// The folder of a package with the page and the files that the user has made for it.
enum PublicFolder {
  static let name = "Public"

  static func url(in package: URL) -> URL? {
    let folder = package.appending(path: name, directoryHint: .isDirectory)
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder)
    return exists && isFolder.boolValue ? folder : nil
  }

  /// The files in the package's folder, by their paths in it; none if it has no such folder.
  static func files(in package: URL) throws -> [String: URL] {
    guard let folder = url(in: package) else { return [:] }
    var files: [String: URL] = [:]
    let site = StaticFiles(root: folder)
    guard let paths = FileManager.default.enumerator(atPath: folder.path) else { return [:] }
    for case let path as String in paths {
      if path.split(separator: "/").contains(where: { passedOver.contains($0) }) { continue }
      let encoded = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
      switch site.answer(to: "/\(encoded)") {
      case .file(let file): files[path] = URL(filePath: file)
      case .folder: break
      case .forbidden:
        throw Failure(
          """
          \(name)/\(path) is no file, or a link that leads out of \(name). Put the file itself there, \
          or take it away.
          """)
      case .notFound: throw Failure("\(name)/\(path) is a link to nothing. Take it away.")
      }
    }
    return files
  }

  /// What systems and editors leave lying about.
  private static let passedOver: Set<Substring> = [".DS_Store", ".git", "Thumbs.db"]
}
