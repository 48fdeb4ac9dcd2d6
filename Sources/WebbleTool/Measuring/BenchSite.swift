import Foundation

/// The folder that holds all that one run loads: the benchmarks' programs and their baselines.
struct BenchSite: Sendable {
  let site: Site
  /// The benchmarks as a program of this machine, on Swift's own executors; nil: nobody asked for it.
  let nativeProgram: URL?
  let hasEmscripten: Bool

  static func build(
    _ benchmarks: [Benchmark], baselines: Set<BenchVariant>, repository: Repository
  ) async throws -> BenchSite {
    let package = repository.root.appending(path: "Benchmarks", directoryHint: .isDirectory)
    let builder = try await SiteBuilder(
      package: package.path, options: try BuildOptions.parse(["-c", "release"]))
    let folder = builder.products.scratch.appending(path: "bench", directoryHint: .isDirectory)
    let files = FileManager.default
    try? files.removeItem(at: folder)
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    for (source, target) in [("Baselines", "Baselines"), ("driver.js", Site.FileName.glue)] {
      try files.copyItem(
        at: package.appending(path: source), to: folder.appending(path: target))
    }

    // The rows' program also serves as the module that bare workers instantiate.
    _ = try await builder.buildForUser(
      product: "Benchmarks", into: folder.appending(path: "rows"))
    if benchmarks.contains(where: { $0.kind == .kernels }) {
      _ = try await builder.buildForUser(
        product: "Kernels", into: folder.appending(path: "kernels"))
      try await compile(
        with: builder.products.toolchain.clang, package.appending(path: "Baselines/kernels.c"),
        to: folder.appending(path: "kernels.wasm"),
        [
          "--target=wasm32-unknown-unknown", "-O3", "-ffreestanding", "-mbulk-memory", "-nostdlib",
          "-Wl,--no-entry",
        ] + (builder.products.variant.simd ? ["-msimd128"] : []))
    }
    func wants(_ variant: BenchVariant) -> Bool {
      baselines.contains(variant) && benchmarks.contains { $0.baselines.contains(variant) }
    }
    var hasEmscripten = false
    if wants(.emscripten) {
      hasEmscripten = try await buildEmscripten(package, into: folder)
    }
    return BenchSite(
      site: Site(folder: folder),
      nativeProgram: wants(.native)
        ? try await NativeBench.build(isBare: true, repository) : nil,
      hasEmscripten: hasEmscripten)
  }

  private static func compile(
    with compiler: URL, _ source: URL, to target: URL, _ options: [String]
  ) async throws {
    let result = try await capture(compiler, options + [source.path, "-o", target.path])
    guard result.succeeded else {
      throw Failure("\(source.lastPathComponent) was not compiled:\n\(result.everything)")
    }
  }

  /// Returns whether emscripten is there.
  private static func buildEmscripten(_ package: URL, into folder: URL) async throws -> Bool {
    guard let compiler = findExecutable(named: "em++") else {
      Terminal.note(
        "There is no emscripten to compare with. On Debian and Ubuntu: apt-get install emscripten")
      return false
    }
    // Debian's looks for the packages of Debian's Node, which another Node does not.
    let environment = URL(filePath: "/usr/bin/env")
    try await compile(
      with: environment, package.appending(path: "Baselines/pool.cpp"),
      to: folder.appending(path: "emscripten.mjs"),
      [
        "NODE_PATH=/usr/share/nodejs", compiler.path,
        "-O3", "-std=c++17", "-pthread", "-sMODULARIZE", "-sEXPORT_ES6", "-sINITIAL_MEMORY=64MB",
        "-sPTHREAD_POOL_SIZE=Module['workers']", "-sENVIRONMENT=web,worker",
        "-sEXPORTED_FUNCTIONS=_measure", "-sEXPORTED_RUNTIME_METHODS=ccall",
      ])
    return true
  }
}
