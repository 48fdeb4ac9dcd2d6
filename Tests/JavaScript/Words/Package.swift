// swift-tools-version:6.2
import PackageDescription

// Another package, as far as Tests/JavaScript is concerned, that has files.
let package = Package(
  name: "Words",
  products: [.library(name: "Words", targets: ["Words"])],
  targets: [.target(name: "Words", resources: [.copy("Texts")])]
)
