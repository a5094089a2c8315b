// swift-tools-version: 6.0
import PackageDescription

// As a user's package. The tests put it elsewhere, with the package beside it, and add the program that the
// blocks of the README make up.
let package = Package(
  name: "consumer",
  platforms: [.macOS(.v13)],
  dependencies: [.package(name: "stablevps", path: "stablevps")],
  targets: ["buyer", "readme"].map { name in
    .executableTarget(
      name: name,
      dependencies: [
        .product(name: "StableVPS", package: "stablevps"),
        .product(name: "StableVPSTesting", package: "stablevps"),
      ]
    )
  }
)
