#!/bin/sh
# Builds StableVPSCore.xcframework beside Package.swift, and prints the checksum that a release's Package.swift
# names. For a Mac with Xcode 16 and Rust, after `cargo xtask test swift`, which writes the Swift sources that
# call it.
set -eu

package=$(cd "$(dirname "$0")/.." && pwd)
cd "$package/../.."
target=${CARGO_TARGET_DIR:-target}
work=$target/xcframework
library=libstablevps_ffi.a
features=records,foreign-simulator

for module in StableVPSNative StableVPSTestingNative; do
  if [ ! -e "$package/Sources/$module/$module.swift" ]; then
    echo "$module.swift is missing: run cargo xtask test swift first" >&2
    exit 1
  fi
done
rm -rf "$work" "$package/StableVPSCore.xcframework"
mkdir -p "$work/generated" "$work/Headers"

build() {
  rustup target add "$1" >/dev/null
  cargo rustc --locked --profile app --lib -p stablevps-ffi --features "$features" \
    --crate-type staticlib --target "$1"
}

universal() {
  mkdir -p "$work/$1"
  lipo -create -output "$work/$1/$library" "$target/$2/app/$library" "$target/$3/app/$library"
}

export IPHONEOS_DEPLOYMENT_TARGET=16.0 MACOSX_DEPLOYMENT_TARGET=13.0
for triple in aarch64-apple-ios aarch64-apple-ios-sim x86_64-apple-ios aarch64-apple-darwin x86_64-apple-darwin; do
  build "$triple"
done
universal simulator aarch64-apple-ios-sim x86_64-apple-ios
universal macos aarch64-apple-darwin x86_64-apple-darwin

cargo run --locked -p stablevps-ffi --features bindgen --bin uniffi-bindgen -- generate --no-format \
  --language swift --config "$package/uniffi.toml" --out-dir "$work/generated" \
  "$target/aarch64-apple-darwin/app/$library"
for module in StableVPSNative StableVPSTestingNative; do
  mkdir -p "$work/Headers/${module}FFI"
  cp "$work/generated/${module}FFI.h" "$work/Headers/${module}FFI/"
  cp "$work/generated/${module}FFI.modulemap" "$work/Headers/${module}FFI/module.modulemap"
done

xcodebuild -create-xcframework -output "$package/StableVPSCore.xcframework" \
  -library "$target/aarch64-apple-ios/app/$library" -headers "$work/Headers" \
  -library "$work/simulator/$library" -headers "$work/Headers" \
  -library "$work/macos/$library" -headers "$work/Headers"

ditto -c -k --keepParent "$package/StableVPSCore.xcframework" "$work/StableVPSCore.xcframework.zip"
swift package compute-checksum "$work/StableVPSCore.xcframework.zip"
