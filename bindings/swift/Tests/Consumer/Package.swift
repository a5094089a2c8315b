// swift-tools-version: 6.0
import PackageDescription

// A user's package. The tests copy it elsewhere, and add a program made of the README's code blocks.
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
