// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "race-swift-side",
  platforms: [.macOS(.v13)],
  dependencies: [.package(name: "stablevps", path: "../../../bindings/swift")],
  targets: [
    .executableTarget(
      name: "worker", dependencies: [.product(name: "StableVPS", package: "stablevps")])
  ]
)
