// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "stablevps-benches",
  platforms: [.macOS(.v13)],
  dependencies: [.package(name: "stablevps", path: "..")],
  targets: [
    .executableTarget(
      name: "calls", dependencies: [.product(name: "StableVPS", package: "stablevps")]),
    .executableTarget(
      name: "fleet", dependencies: [.product(name: "StableVPS", package: "stablevps")]),
    .executableTarget(
      name: "with", dependencies: [.product(name: "StableVPS", package: "stablevps")]),
    .executableTarget(name: "without"),
  ]
)
