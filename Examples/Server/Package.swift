// swift-tools-version:6.2
import PackageDescription

// One library, on a server and in a page:
//
//     swift run webble build Examples/Server --product Page -c release -o Examples/Server/site
//     swift run -c release --package-path Examples/Server Server --site Examples/Server/site
let package = Package(
  name: "Server",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "webble", path: "../.."),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
  ],
  targets: [
    .target(name: "Mandelbrot", dependencies: [.product(name: "Webble", package: "webble")]),
    .executableTarget(
      name: "Page", dependencies: ["Mandelbrot", .product(name: "JavaScript", package: "webble")]),
    .executableTarget(
      name: "Server",
      dependencies: [
        "Mandelbrot",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    // `swift test`: the server as a process of its own.
    .testTarget(name: "ServerTests", dependencies: ["Server"]),
    // `webble test --in native,node`: the library is the same here and there.
    .executableTarget(
      name: "MandelbrotTests",
      dependencies: ["Mandelbrot", .product(name: "WebbleTesting", package: "webble")],
      path: "Tests/MandelbrotTests"),
  ]
)
