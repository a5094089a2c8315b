//! A compiler for `wasm32-unknown-unknown`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::debian::{self, dependency, holds_core, write_wrapper};
use crate::shell::{cache, finish, headline, output};

/// The target's name.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// What builds for the target.
pub enum Toolchain {
    /// The one that builds everything.
    Own,
    /// Another compiler, and the linker for it.
    Other { rustc: PathBuf, linker: PathBuf },
}

impl Toolchain {
    /// The one at hand if it has the target's standard library or rustup can add it; else one made
    /// of the distribution's packages.
    pub fn find() -> Result<Self> {
        if has_library() || added_by_rustup() {
            return Ok(Self::Own);
        }
        debian().with_context(|| {
            format!(
                "there is no standard library for {TARGET}: \
                 `rustup target add {TARGET}` brings it where rustup can fetch it"
            )
        })
    }

    /// Cargo, set up to build for the target.
    pub fn cargo(&self) -> Command {
        let mut cargo = Command::new("cargo");
        if let Self::Other { rustc, linker } = self {
            cargo
                .env("RUSTC", rustc)
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        cargo
    }
}

fn has_library() -> bool {
    let mut ask = Command::new("rustc");
    ask.args(["--print", "target-libdir", "--target", TARGET]);
    output(&mut ask).is_ok_and(|folder| holds_core(Path::new(folder.trim())))
}

fn added_by_rustup() -> bool {
    println!("adding {TARGET} to the Rust toolchain");
    let mut add = Command::new("rustup");
    add.args(["target", "add", TARGET]);
    finish(&mut add).is_ok() && has_library()
}

/// Debian's compiler for the web with a standard library that it builds itself, in the cache.
///
/// The packages are unpacked, not installed, because they conflict with a toolchain of rustup's. They
/// hold the library's source alone, so it is built once; that is what takes the time.
fn debian() -> Result<Toolchain> {
    let folder = cache()?.join("wasm-rustc");
    let toolchain = Toolchain::Other {
        rustc: folder.join("rustc"),
        linker: folder.join("rust-lld"),
    };
    if folder.exists() {
        return Ok(toolchain);
    }
    if !Path::new("/etc/debian_version").exists() {
        bail!("this is not Debian, whose packages would do instead");
    }
    headline(
        "making a compiler for WebAssembly of Debian's packages: two minutes and 600 MB, once",
    );
    let partial = folder.with_extension("partial");
    if partial.exists() {
        std::fs::remove_dir_all(&partial)?;
    }
    unpack(&partial)?;
    write_wrapper(&partial.join("rustc"))?;
    link_linker(&partial.join("rust-lld"))?;
    build_library(&partial)?;
    std::fs::rename(&partial, &folder)?;
    Ok(toolchain)
}

/// Downloads the packages and unpacks them to `root` in the folder.
fn unpack(folder: &Path) -> Result<()> {
    let debs = folder.join("debs");
    std::fs::create_dir_all(&debs)?;
    debian::update()?;
    let library = dependency("libstd-rust-web-dev", "libstd-rust-web-")?;
    debian::install(&[&dependency(&library, "libllvm")?])?;
    let mut download = Command::new("apt-get");
    download
        .args(["download", "-qq", "rustc-web", "libstd-rust-web-dev"])
        .args([&library, "rust-web-src"])
        .current_dir(&debs);
    finish(&mut download)?;
    for deb in std::fs::read_dir(&debs)?.flatten() {
        let mut unpack = Command::new("dpkg");
        unpack.arg("-x").arg(deb.path()).arg(folder.join("root"));
        finish(&mut unpack)?;
    }
    std::fs::remove_dir_all(&debs)?;
    Ok(())
}

/// The toolchain at hand has the linker.
fn link_linker(path: &Path) -> Result<()> {
    let folder = output(Command::new("rustc").args(["--print", "target-libdir"]))?;
    let linker = Path::new(folder.trim())
        .with_file_name("bin")
        .join("rust-lld");
    if !linker.exists() {
        bail!("the Rust toolchain has no {}", linker.display());
    }
    finish(Command::new("ln").arg("-s").arg(linker).arg(path))
}

/// Builds the standard library of the target with the compiler, as Rust's own build does.
fn build_library(folder: &Path) -> Result<()> {
    let usr = folder.join("root/usr");
    let source = std::fs::read_dir(usr.join("src"))?
        .flatten()
        .map(|entry| entry.path().join("library/sysroot/Cargo.toml"))
        .find(|manifest| manifest.exists())
        .context("rust-web-src holds no library/sysroot")?;
    let products = folder.join("std");
    let mut build = Command::new("cargo");
    build
        .args([
            "build",
            "--locked",
            "--release",
            "--quiet",
            "--target",
            TARGET,
        ])
        .args(["--features", "panic-unwind", "--manifest-path"])
        .arg(source)
        .arg("--target-dir")
        .arg(&products)
        .env("RUSTC", folder.join("rustc"))
        .env("RUSTC_BOOTSTRAP", "1")
        .env("__CARGO_DEFAULT_LIB_METADATA", "wasm32std")
        .env(
            "RUSTFLAGS",
            "-Cforce-unwind-tables=no -Zforce-unstable-if-unmarked -Cembed-bitcode=yes",
        );
    finish(&mut build)?;
    let library = usr.join("lib/rustlib").join(TARGET).join("lib");
    std::fs::create_dir_all(&library)?;
    for file in std::fs::read_dir(products.join(TARGET).join("release/deps"))?.flatten() {
        if file.path().extension().is_some_and(|end| end == "rlib") {
            std::fs::copy(file.path(), library.join(file.file_name()))?;
        }
    }
    std::fs::remove_dir_all(products)?;
    std::fs::remove_dir_all(usr.join("src"))?;
    Ok(())
}
