import Foundation

/// The Swift toolchain on the search path, and the programs of it that building for wasm32 needs.
struct Toolchain: Sendable {
  let version: String
  let swift: URL
  let swiftc: URL
  let clang: URL
  let archiver: URL
  let disassembler: URL
  /// The tables behind `String`'s Unicode operations, which Embedded Swift links separately.
  let unicodeTables: URL

  static func find() async throws -> Toolchain {
    let swiftc = try executable(
      named: "swiftc", orFail: "Install Swift \(CompilerVersion.tested) from https://www.swift.org/install.")
    let info = try await capture(swiftc, ["-print-target-info"])
    guard info.succeeded,
      let target = try? JSONDecoder().decode(TargetInfo.self, from: Data(info.output.utf8))
    else {
      throw Failure("\(swiftc.path) -print-target-info failed:\n\(info.everything)")
    }
    let resources = URL(filePath: target.paths.runtimeResourcePath)
    let binaries = resources.appending(path: "../../bin").standardizedFileURL
    let tables = resources.appending(
      path: "embedded/wasm32-unknown-none-wasm/libswiftUnicodeDataTables.a")
    let toolchain = Toolchain(
      version: target.compilerVersion, swift: binaries.appending(path: "swift"),
      swiftc: binaries.appending(path: "swiftc"), clang: binaries.appending(path: "clang"),
      archiver: binaries.appending(path: "llvm-ar"),
      disassembler: binaries.appending(path: "llvm-objdump"), unicodeTables: tables)
    for file in [toolchain.swift, toolchain.clang, toolchain.archiver, tables]
    where !FileManager.default.fileExists(atPath: file.path) {
      throw Failure(
        """
        the Swift toolchain (\(target.compilerVersion)) cannot build for wasm32: \(file.path) is \
        missing. Install a toolchain of Swift \(CompilerVersion.tested) from https://www.swift.org/install; the one \
        inside Xcode lacks Embedded Swift for WebAssembly.
        """, exitStatus: ExitStatus.unavailable)
    }
    return toolchain
  }

  private struct TargetInfo: Decodable {
    var compilerVersion: String
    var paths: Paths
    struct Paths: Decodable { var runtimeResourcePath: String }
  }
}

private func executable(named name: String, orFail advice: String) throws -> URL {
  guard let file = findExecutable(named: name) else {
    throw Failure(
      "\(name) is not on the search path (PATH). \(advice)", exitStatus: ExitStatus.unavailable)
  }
  return file
}
