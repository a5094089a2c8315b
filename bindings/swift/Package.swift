// swift-tools-version: 6.0
import Foundation
import PackageDescription

// Where the core comes from. On Linux, or where STABLEVPS_SYSTEM_LIBRARY is set: a static library that pkg-config
// finds by the name stablevps. Else on Apple platforms a framework: the one that scripts/xcframework.sh built here,
// or that of a release. A release sets its own URL and the checksum that the script prints. There is no release yet.
let framework = "StableVPSCore.xcframework"
let release = (
  url: "https://stablevps.com/sdk/swift/0.1.0/StableVPSCore.xcframework.zip",
  checksum: "0000000000000000000000000000000000000000000000000000000000000000"
)

#if os(Linux)
  let usesSystemLibrary = true
#else
  let usesSystemLibrary = ProcessInfo.processInfo.environment["STABLEVPS_SYSTEM_LIBRARY"] != nil
#endif

var native: [Target] = []
if usesSystemLibrary {
  native = ["StableVPSNativeFFI", "StableVPSTestingNativeFFI"].map { name in
    .systemLibrary(name: name, pkgConfig: "stablevps")
  }
} else if FileManager.default.fileExists(atPath: "\(Context.packageDirectory)/\(framework)") {
  native = [.binaryTarget(name: "StableVPSCore", path: framework)]
} else {
  native = [.binaryTarget(name: "StableVPSCore", url: release.url, checksum: release.checksum)]
}

// Apple's platforms have a module for their SQLite. On Linux it is the system's: libsqlite3-dev, or sqlite-devel.
#if os(Linux)
  native.append(
    .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"]), .yum(["sqlite-devel"])]))
  let database: [Target.Dependency] = ["CSQLite"]
#else
  let database: [Target.Dependency] = []
#endif

let package = Package(
  name: "stablevps",
  platforms: [.iOS(.v16), .macOS(.v13)],
  products: [
    .library(name: "StableVPS", targets: ["StableVPS"]),
    .library(name: "StableVPSTesting", targets: ["StableVPSTesting"]),
  ],
  targets: native + [
    .target(
      name: "StableVPSNative",
      dependencies: [.target(name: usesSystemLibrary ? "StableVPSNativeFFI" : "StableVPSCore")]
    ),
    .target(
      name: "StableVPSTestingNative",
      dependencies: [
        .target(name: usesSystemLibrary ? "StableVPSTestingNativeFFI" : "StableVPSCore")
      ]
    ),
    .target(
      name: "StableVPS",
      dependencies: ["StableVPSNative"] + database,
      resources: [.copy("PrivacyInfo.xcprivacy")]
    ),
    .target(name: "StableVPSTesting", dependencies: ["StableVPS", "StableVPSTestingNative"]),
    .testTarget(
      name: "StableVPSTests",
      dependencies: ["StableVPS", "StableVPSTesting"]
    ),
  ],
  swiftLanguageModes: [.v6]
)
