// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "demo",
  platforms: [.macOS(.v13)],
  dependencies: [.package(name: "stablevps", path: "../../../bindings/swift")],
  targets: [
    .executableTarget(
      name: "demo",
      dependencies: [
        .product(name: "StableVPS", package: "stablevps"),
        .product(name: "StableVPSTesting", package: "stablevps"),
      ]
    )
  ]
)
