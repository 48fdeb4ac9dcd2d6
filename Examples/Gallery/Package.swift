// swift-tools-version:6.2
import PackageDescription

let webble = Target.Dependency.product(name: "JavaScript", package: "webble")
let exhibits = ["Mandelbrot", "Particles", "Search", "Scheduler", "PathTracer", "Synthesizer", "Files"]

// swift run webble serve Examples/Gallery -c release
//
// To take an exhibit away: its folder and Exhibit of Sources, its page and gallery.css of Public, and of Gallery.swift its line.
let package = Package(
  name: "Gallery",
  platforms: [.macOS("26.0")],
  dependencies: [.package(name: "webble", path: "../..")],
  targets: exhibits.map {
    .target(name: $0, dependencies: ["Exhibit", webble])
  } + [
    .target(name: "Exhibit", dependencies: [webble]),
    .executableTarget(name: "Gallery", dependencies: exhibits.map { .byName(name: $0) } + [webble]),
    .executableTarget(
      name: "GalleryTests",
      dependencies: exhibits.map { .byName(name: $0) } + [
        "Exhibit", webble, .product(name: "WebbleTesting", package: "webble"),
      ]),
  ]
)
