// swift-tools-version:6.2
import PackageDescription

let webble = Target.Dependency.product(name: "Webble", package: "webble")

// What `webble bench` runs. The product Benchmarks runs natively too, against the toolchain's own library:
// `swift run --package-path Benchmarks -c release Benchmarks 2 full 8 skynet`.
let package = Package(
  name: "WebbleBenchmarks",
  platforms: [.macOS("26.0")],
  dependencies: [.package(name: "webble", path: "..")],
  targets: [
    // The rows and the schedulers' benchmarks.
    .executableTarget(name: "Benchmarks", dependencies: ["Measuring", webble]),
    // Loops that keep a processor busy: Baselines/kernels.c has the same in C.
    .executableTarget(name: "Kernels", dependencies: ["Measuring", webble]),
    // Clocks, repetitions and reports; natively a stand-in for the pool as well.
    .target(name: "Measuring", dependencies: [webble]),
    // The smallest program that does something, to see how many bytes it takes.
    .executableTarget(name: "Minimal", dependencies: [webble]),
  ]
)
