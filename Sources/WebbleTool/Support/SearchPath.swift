import Foundation

/// The first of `names` on the search path.
func findExecutable(named names: String...) -> URL? {
  let directories = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
  for name in names {
    for directory in directories {
      let file = URL(filePath: String(directory)).appending(path: name)
      if FileManager.default.isExecutableFile(atPath: file.path) { return file }
    }
  }
  return nil
}
