// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "swift-console",
  platforms: [.macOS(.v13)],
  dependencies: [.package(name: "stablevps", path: "../../bindings/swift")],
  targets: [
    .executableTarget(
      name: "svps",
      dependencies: [
        .product(name: "StableVPS", package: "stablevps"),
        .product(name: "StableVPSTesting", package: "stablevps"),
      ]
    )
  ]
)
