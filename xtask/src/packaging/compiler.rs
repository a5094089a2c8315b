//! A compiler of Debian's packages, with standard libraries that it builds itself: for machines whose rustup
//! can fetch no target. It is unpacked, not installed, because its packages conflict with rustup.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::zig::{cross, executable, objcopy};
use crate::debian::{self, dependency, holds_core, unpacked, write_wrapper};
use crate::shell::{finish, headline, output};

/// The compiler, with the standard library of a target.
pub fn rustc(target: &str) -> Result<PathBuf> {
    if !Path::new("/etc/debian_version").exists() {
        bail!("this is not Debian, whose packages would do instead");
    }
    let folder = cross()?.join("rust");
    if !folder.join("complete").exists() {
        headline("making a compiler of Debian's packages: half a minute and 680 MB, once");
        compiler(&folder)?;
    }
    if !is_ready(target) {
        headline(&format!(
            "building the standard library for {target}: a minute, once"
        ));
        library(&folder, target)?;
    }
    Ok(folder.join("rustc"))
}

/// Whether the standard library of a target was built.
pub fn is_ready(target: &str) -> bool {
    cross().is_ok_and(|folder| holds_core(&libraries(&folder.join("rust"), target)))
}

fn libraries(folder: &Path, target: &str) -> PathBuf {
    folder.join("root/usr/lib/rustlib").join(target).join("lib")
}

fn compiler(folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    unpack(folder)?;
    write_wrapper(&folder.join("rustc"))?;
    let usr = folder.join("root/usr");
    let source = std::fs::read_dir(usr.join("src"))?
        .flatten()
        .map(|entry| entry.path().join("library"))
        .find(|library| library.exists())
        .context("rust-web-src holds no library")?;
    std::fs::rename(source, folder.join("library"))?;
    std::fs::remove_dir_all(usr.join("src"))?;
    // Only archives: a shared standard library would have to be linked, and nobody asks for it.
    let manifest = folder.join("library/std/Cargo.toml");
    let text = std::fs::read_to_string(&manifest)?;
    let text = text.replace(
        "crate-type = [\"dylib\", \"rlib\"]",
        "crate-type = [\"rlib\"]",
    );
    std::fs::write(manifest, text)?;
    strip_program(&usr)?;
    Ok(std::fs::write(folder.join("complete"), "")?)
}

/// For Apple's targets rustc strips with a program of its own, which Debian does not pack.
fn strip_program(usr: &Path) -> Result<()> {
    let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]))?;
    let sysroot = sysroot.trim();
    let program = objcopy(Path::new(sysroot))?;
    let below = program.strip_prefix(sysroot)?;
    let link = usr.join(below);
    std::fs::create_dir_all(link.parent().context("a program has a folder")?)?;
    let script = format!(
        "#!/bin/sh\nLD_LIBRARY_PATH={sysroot}/lib exec {} \"$@\"\n",
        program.display()
    );
    executable(&link, &script)
}

/// Downloads the packages and unpacks them to `root` in the folder.
fn unpack(folder: &Path) -> Result<()> {
    let debs = folder.join("debs");
    std::fs::create_dir_all(&debs)?;
    debian::update()?;
    let library = dependency("libstd-rust-web-dev", "libstd-rust-web-")?;
    let llvm = dependency(&library, "libllvm")?;
    let packages = [
        "rustc-web",
        "libstd-rust-web-dev",
        &library,
        "rust-web-src",
        &llvm,
    ];
    unpacked(&packages, &debs, &folder.join("root"))?;
    Ok(std::fs::remove_dir_all(debs)?)
}

/// Builds the standard library as Rust's own build does, by the profile that it keeps for that: with the bitcode
/// that optimizing across crates needs.
fn library(folder: &Path, target: &str) -> Result<()> {
    let products = folder.join("std");
    let source = folder.join("library");
    let flags = [
        "-Zforce-unstable-if-unmarked".to_owned(),
        format!("--remap-path-prefix={}=/rustc/library", source.display()),
    ];
    let mut build = Command::new("cargo");
    build
        .args(["build", "--locked", "--quiet", "--profile", "dist"])
        .args([
            "--target",
            target,
            "--features",
            "backtrace",
            "--manifest-path",
        ])
        .arg(source.join("sysroot/Cargo.toml"))
        .arg("--target-dir")
        .arg(&products)
        .env("RUSTC", folder.join("rustc"))
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_PROFILE_DIST_DEBUG", "0")
        .env("__CARGO_DEFAULT_LIB_METADATA", target)
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    finish(&mut build)?;
    let partial = folder.join("partial");
    std::fs::create_dir_all(&partial)?;
    for file in std::fs::read_dir(products.join(target).join("dist/deps"))?.flatten() {
        if file.path().extension().is_some_and(|end| end == "rlib") {
            std::fs::copy(file.path(), partial.join(file.file_name()))?;
        }
    }
    std::fs::remove_dir_all(products)?;
    let into = libraries(folder, target);
    std::fs::create_dir_all(into.parent().context("a library has a folder")?)?;
    Ok(std::fs::rename(partial, into)?)
}
