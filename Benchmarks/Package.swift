// swift-tools-version:6.2
import PackageDescription

let webble = Target.Dependency.product(name: "Webble", package: "webble")

// What `webble bench` runs. For comparison the rows' program is also made with what Swift has of its own in
// the place of pools: `WEBBLE_BENCHMARKS=bare swift run --package-path Benchmarks -c release Benchmarks 2 full 8`.
let isBare = Context.environment["WEBBLE_BENCHMARKS"] == "bare"
let package = Package(
  name: "WebbleBenchmarks",
  platforms: [.macOS("26.0")],
  dependencies: [.package(name: "webble", path: "..")],
  targets: [
    // The rows and the schedulers' benchmarks.
    .executableTarget(
      name: "Benchmarks", dependencies: ["Measuring", isBare ? "BareTasks" : webble],
      swiftSettings: isBare ? [.define("BARE_TASKS")] : []),
    // What stands in for Webble's pool there.
    .target(name: "BareTasks"),
    // Loops that keep a processor busy: Baselines/kernels.c has the same in C.
    .executableTarget(name: "Kernels", dependencies: ["Measuring", webble]),
    // Clocks, repetitions and reports.
    .target(name: "Measuring", dependencies: [webble]),
    // The smallest program that does something, to see how many bytes it takes.
    .executableTarget(name: "Minimal", dependencies: [webble]),
  ]
)
