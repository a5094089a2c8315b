//! Packages for every platform: wheels, native libraries and the command `svps`.
//!
//! Everything is built on one machine. What is missing comes from package registries: Zig links for other
//! platforms, and where rustup has no standard library for them, one is built (`compiler.rs`).

pub mod android;
mod compiler;
mod emulators;
mod inspect;
mod platform;
mod sdist;
mod toolchain;
mod tried;
mod zig;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result, ensure};
use clap::{Args, ValueEnum};

use self::inspect::{check, check_alignment, check_library, facts};
pub use self::platform::Platform;
use self::platform::System;
pub use self::sdist::run as sdist;
use self::toolchain::{Toolchain, cargo_variable};
use self::tried::{Line, Reached};
use crate::cli;
use crate::python::{WHEEL_LIMIT, maturin};
use crate::shell::{finish, headline, is_ci, root, target};

/// The package of the command `svps`.
const COMMAND: &str = "bindings/cli";

/// What is built for which platforms.
#[derive(Clone, Args)]
pub struct Options {
    /// Only for this platform, which may be given several times; for every one by default.
    #[arg(long, value_enum)]
    platform: Vec<Platform>,
    /// Only this, which may be given several times; everything by default.
    #[arg(long, value_enum)]
    only: Vec<Product>,
    /// Run nothing of what was built.
    #[arg(long)]
    build_only: bool,
}

/// What is built for a platform.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Product {
    /// The Python package.
    Wheel,
    /// The native libraries of the Kotlin packages.
    Libraries,
    /// The command `svps`, as a program and as a wheel.
    Command,
}

impl Product {
    /// Its name on the command line.
    fn name(self) -> &'static str {
        match self {
            Self::Wheel => "wheel",
            Self::Libraries => "libraries",
            Self::Command => "command",
        }
    }
}

/// Makes sure that devices with large pages load a library.
pub fn check_pages(library: &Path) -> Result<()> {
    check_alignment(&facts(library)?).with_context(|| library.display().to_string())
}

/// A Java for 64-bit ARM, where something here runs it.
pub fn arm_java() -> Result<Option<PathBuf>> {
    emulators::are_possible()
        .then(emulators::arm_java)
        .transpose()
}

/// Every platform.
pub fn platforms() -> &'static [Platform] {
    Platform::value_variants()
}

/// Where everything lies.
pub fn folder() -> PathBuf {
    target().join("packages")
}

/// Builds what is asked for, tries what can run here, and says what there is.
pub fn run(options: &Options) -> Result<()> {
    let platforms = chosen(&options.platform);
    let products = chosen(&options.only);
    tried::print(&built(
        &platforms,
        &products,
        &Manner {
            build_only: options.build_only,
            ..Manner::SHIPPED
        },
    )?);
    println!("\n{}", folder().display());
    Ok(())
}

/// The platforms that the tests build for, beside this one: those whose programs another system runs here.
const TESTED: [Platform; 2] = [Platform::LinuxAarch64, Platform::WindowsX86_64];
/// What they build.
const TRIED: [Product; 2] = [Product::Wheel, Product::Command];

/// Builds for other platforms, and runs what was built.
pub fn test() -> Result<()> {
    if !emulators::are_possible() {
        ensure!(!is_ci(), "only Debian on x86-64 has the emulators");
        println!("NOTICE: other platforms are left out: only Debian on x86-64 has the emulators");
        return Ok(());
    }
    tried::print(&built(&TESTED, &TRIED, &Manner::TESTED)?);
    Ok(())
}

/// Builds what [`test`] runs, where that is possible.
pub fn build_tested() -> Result<()> {
    if emulators::are_possible() {
        let manner = Manner {
            build_only: true,
            ..Manner::TESTED
        };
        built(&TESTED, &TRIED, &manner)?;
    }
    Ok(())
}

/// How packages are built.
#[derive(Clone, Copy)]
struct Manner {
    /// Which profile builds what.
    wheel: &'static str,
    libraries: &'static str,
    command: &'static str,
    /// Whether nothing of it is run.
    build_only: bool,
}

impl Manner {
    /// As published.
    const SHIPPED: Self = Self {
        wheel: "dist",
        libraries: "app",
        command: "command",
        build_only: false,
    };
    /// Quicker to build.
    const TESTED: Self = Self {
        wheel: "release",
        libraries: "release",
        command: "release",
        build_only: false,
    };
}

fn built(platforms: &[Platform], products: &[Product], manner: &Manner) -> Result<Vec<Line>> {
    // Its folders are for one at a time.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut lines = Vec::new();
    for platform in platforms {
        let toolchain = Toolchain::find(*platform)?;
        for product in products {
            let reached = match product {
                Product::Wheel => wheel(&toolchain, manner)?,
                Product::Libraries => libraries(&toolchain, manner)?,
                Product::Command => command(&toolchain, manner)?,
            };
            lines.push(Line {
                platform: *platform,
                product: *product,
                reached,
            });
        }
    }
    Ok(lines)
}

fn chosen<T: ValueEnum>(some: &[T]) -> Vec<T> {
    let all = if some.is_empty() {
        T::value_variants()
    } else {
        some
    };
    all.to_vec()
}

/// The wheel for a platform.
fn wheel(toolchain: &Toolchain, manner: &Manner) -> Result<Reached> {
    let profile = manner.wheel;
    let platform = toolchain.platform;
    headline(&format!("the wheel for {}", platform.name()));
    let wheel = packed(toolchain, "bindings/python", profile)?;
    let name = "stablevps-ffi";
    // What maturin packs is what cargo left there.
    let library = toolchain.products(profile).join(platform.library(name));
    check_library(platform, name, &facts(&library)?)
        .with_context(|| library.display().to_string())?;
    let size = std::fs::metadata(&wheel)?.len();
    println!("{size} bytes");
    ensure!(
        size <= WHEEL_LIMIT || profile != Manner::SHIPPED.wheel,
        "{} has {size} bytes, more than {WHEEL_LIMIT}",
        wheel.display()
    );
    if manner.build_only {
        return Ok(Reached::Built);
    }
    tried::wheel(platform, &library, &wheel)
}

/// The native libraries of the Kotlin packages.
fn libraries(toolchain: &Toolchain, manner: &Manner) -> Result<Reached> {
    let profile = manner.libraries;
    let platform = toolchain.platform;
    let packages = [
        ("stablevps-ffi", "records"),
        ("stablevps-simulator", "foreign"),
    ];
    let folder = folder().join("libraries").join(platform.jar_folder());
    std::fs::create_dir_all(&folder)?;
    for (name, feature) in packages {
        headline(&format!("{name} for {}", platform.name()));
        let mut build = toolchain.command("cargo");
        build
            .args(["rustc", "--quiet", "--locked", "--lib", "--package", name])
            .args(["--features", feature, "--crate-type", "cdylib"])
            .args(["--profile", profile, "--target", platform.target()]);
        if let Some(flag) = linked(platform, name) {
            build.args(["--", &flag]);
        }
        finish(&mut build)?;
        let file = platform.library(name);
        let library = toolchain.products(profile).join(&file);
        let read = facts(&library)?;
        check_library(platform, name, &read)
            .and_then(|()| check_alignment(&read))
            .with_context(|| library.display().to_string())?;
        let kept = folder.join(&file);
        std::fs::copy(library, &kept)?;
        strip(platform, &kept)?;
    }
    if manner.build_only {
        return Ok(Reached::Built);
    }
    tried::library(platform, &folder.join(platform.library("stablevps-ffi")))
}

/// Removes the symbols that only the generator of the bindings reads: it read what this is a copy of. A library for
/// macOS is signed as it is, and that for Windows has none.
fn strip(platform: Platform, library: &Path) -> Result<()> {
    match platform.system() {
        System::Linux | System::Musl => zig::stripped(library),
        System::Windows | System::Macos => Ok(()),
    }
}

/// What the compiler is told for a library.
fn linked(platform: Platform, name: &str) -> Option<String> {
    match platform.system() {
        // Devices with pages of 16 KiB load no library that is aligned to less.
        System::Linux | System::Musl => Some("-Clink-arg=-Wl,-z,max-page-size=16384".to_owned()),
        System::Windows => None,
        // Else its name is its path on this machine.
        System::Macos => {
            let file = platform.library(name);
            Some(format!("-Clink-arg=-Wl,-install_name,@rpath/{file}"))
        }
    }
}

/// The command as a program and as a wheel.
fn command(toolchain: &Toolchain, manner: &Manner) -> Result<Reached> {
    let profile = manner.command;
    let platform = toolchain.platform;
    cli::shared()?;
    headline(&format!("svps for {}", platform.name()));
    packed(toolchain, COMMAND, profile)?;
    let file = platform.program("svps");
    let program = toolchain.products(profile).join(&file);
    check(platform, &facts(&program)?).with_context(|| program.display().to_string())?;
    let folder = folder().join("svps").join(platform.name());
    std::fs::create_dir_all(&folder)?;
    let kept = folder.join(file);
    std::fs::copy(program, &kept)?;
    if manner.build_only {
        return Ok(Reached::Built);
    }
    tried::svps(platform, &kept)
}

/// The wheel of a package, in the folder of all wheels.
fn packed(toolchain: &Toolchain, package: &str, profile: &str) -> Result<PathBuf> {
    let platform = toolchain.platform;
    let fresh = folder().join("fresh");
    if fresh.exists() {
        std::fs::remove_dir_all(&fresh)?;
    }
    let mut build = toolchain.command(maturin()?);
    build
        .args(["build", "--quiet", "--locked", "--profile", profile])
        .args(["--target", platform.target(), "--out"])
        .arg(&fresh)
        .current_dir(root().join(package));
    if package == COMMAND && platform.system() == System::Musl {
        // A program with all of musl in it runs on every Linux.
        build.env_remove(cargo_variable(platform, "RUSTFLAGS"));
    }
    if let Some(tag) = platform.compatibility() {
        build.args(["--compatibility", tag]);
    }
    if package != COMMAND && platform.system() == System::Macos {
        build.arg("--").args(linked(platform, "stablevps-ffi"));
    }
    finish(&mut build)?;
    let made = std::fs::read_dir(&fresh)?.flatten().next();
    let made = made.context("no wheel was built")?.path();
    let kept = folder().join("wheels");
    std::fs::create_dir_all(&kept)?;
    let name = made.file_name().context("a wheel has a name")?;
    ensure!(
        is_tagged(&name.to_string_lossy(), platform.wheel_tag()),
        "{} is not tagged {}",
        Path::new(name).display(),
        platform.wheel_tag()
    );
    let kept = kept.join(name);
    std::fs::rename(&made, &kept)?;
    Ok(kept)
}

/// Whether a wheel's name says that it is for any Python 3, on a platform with this tag.
fn is_tagged(name: &str, tag: &str) -> bool {
    let tags = name
        .strip_suffix(".whl")
        .and_then(|name| name.split_once("-py3-none-"));
    tags.is_some_and(|(_, tags)| tags.split('.').any(|one| one == tag))
}

#[cfg(test)]
mod tests {
    use super::is_tagged;

    #[test]
    fn a_wheel_is_for_a_platform_and_for_every_python() {
        let name = "svps-0.1.0-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl";
        assert!(is_tagged(name, "manylinux_2_17_aarch64"));
        assert!(!is_tagged(name, "manylinux_2_17_x86_64"));
        assert!(!is_tagged(
            "svps-0.1.0-cp311-cp311-win_amd64.whl",
            "win_amd64"
        ));
    }
}
