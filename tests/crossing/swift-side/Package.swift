// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "swift-side",
  platforms: [.macOS(.v13)],
  dependencies: [.package(name: "stablevps", path: "../../../bindings/swift")],
  targets: [
    .executableTarget(
      name: "crossing", dependencies: [.product(name: "StableVPS", package: "stablevps")])
  ]
)
