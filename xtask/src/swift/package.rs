//! What the Swift package is built of beside its own sources, and the packages that use it.

use std::ffi::OsString;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::readers::faster;
use super::toolchain::Toolchain;
use crate::native::{bindings, staticlib};
use crate::python::simulator;
use crate::shell::{finish, headline, root};

/// The modules that call Rust, as `uniffi.toml` names them.
const NATIVE: [&str; 2] = ["StableVPSNative", "StableVPSTestingNative"];

/// The modules that are written by hand.
const FACADE: [&str; 2] = ["StableVPS", "StableVPSTesting"];

/// The package's sources.
pub fn sources() -> PathBuf {
    root().join("bindings/swift")
}

/// A Swift, and the core as a library for it.
pub struct Packages {
    /// Where Swift comes from.
    pub toolchain: Toolchain,
    /// The folder of the library. Another library has another folder, and so have other files of the package:
    /// `SwiftPM` sees by itself neither that a library has changed nor that a package it depends on has
    /// another file.
    library: PathBuf,
}

impl Packages {
    /// Builds the core and writes the code that calls it. None where there is no Swift.
    pub fn ready() -> Result<Option<Self>> {
        let Some(toolchain) = Toolchain::find()? else {
            return Ok(None);
        };
        headline("building the core for Swift");
        let built = staticlib("stablevps-ffi", &["records", "foreign-simulator"])?;
        let config = sources().join("uniffi.toml");
        let bytes = std::fs::read(&built)?;
        let key = hash(&(&bytes, std::fs::read(&config)?, names()?));
        let libraries = Toolchain::kept()?.join("libraries");
        let library = libraries.join(format!("{key:016x}"));
        if !library.join("complete").exists() {
            if libraries.exists() {
                std::fs::remove_dir_all(&libraries)?;
            }
            std::fs::create_dir_all(&library)?;
            bindings(&built, "swift", &config, &library)?;
            std::fs::write(library.join("libstablevps_ffi.a"), bytes)?;
            std::fs::write(library.join("complete"), "")?;
        }
        for module in NATIVE {
            place(&library, module)?;
        }
        Ok(Some(Self { toolchain, library }))
    }

    /// A `SwiftPM` command on a package of the repository or of what is kept.
    pub fn swift(
        &self,
        command: &str,
        package: &Path,
        name: &str,
        variables: &[(&str, &str)],
    ) -> Result<Command> {
        let library = self.toolchain.path(&self.library)?;
        let mut all = vec![("STABLEVPS_LIB_DIR", library.as_str())];
        all.extend(variables);
        let scratch = self.toolchain.path(&self.toolchain.scratch(name)?)?;
        let mut swift = self.toolchain.command(package, &all, "swift")?;
        swift.args([command, "--scratch-path", &scratch]);
        Ok(swift)
    }

    /// A program of a package of the repository, built and ready to run.
    pub fn program(
        &self,
        package: &str,
        product: &str,
        variables: &[(&str, &str)],
    ) -> Result<Command> {
        self.build(&root().join(package), package, product, "debug", &[])?;
        self.built(package, product, "debug", variables)
    }

    /// Builds one product of a package.
    pub fn build(
        &self,
        package: &Path,
        name: &str,
        product: &str,
        mode: &str,
        words: &[&str],
    ) -> Result<()> {
        let mut build = self.swift("build", package, name, &[])?;
        build.args(["-c", mode, "--product", product]).args(words);
        quietly(&mut build)
    }

    /// A program that [`Self::build`] built.
    pub fn built(
        &self,
        name: &str,
        product: &str,
        mode: &str,
        variables: &[(&str, &str)],
    ) -> Result<Command> {
        let program = self.toolchain.scratch(name)?.join(mode).join(product);
        let folder = Toolchain::kept()?;
        self.toolchain
            .command(&folder, variables, &self.toolchain.path(&program)?)
    }

    /// The simulator's program, where Swift's programs can start it.
    pub fn simulator(&self) -> Result<String> {
        let built = simulator("dev")?;
        let placed = Toolchain::kept()?.join("stablevps-simulator");
        replace(&placed, &std::fs::read(&built)?)?;
        finish(Command::new("chmod").arg("+x").arg(&placed))?;
        self.toolchain.path(&placed)
    }
}

/// The names of the package's files.
fn names() -> Result<Vec<OsString>> {
    let mut names = Vec::new();
    for module in FACADE {
        for file in std::fs::read_dir(sources().join("Sources").join(module))? {
            names.push(file?.file_name());
        }
    }
    names.sort();
    Ok(names)
}

/// Puts what was generated for a module where the package has it.
fn place(generated: &Path, module: &str) -> Result<()> {
    let foreign = format!("{module}FFI");
    let files = [
        (
            format!("{module}.swift"),
            format!("{module}/{module}.swift"),
        ),
        (format!("{foreign}.h"), format!("{foreign}/{foreign}.h")),
        (
            format!("{foreign}.modulemap"),
            format!("{foreign}/module.modulemap"),
        ),
    ];
    for (from, to) in files {
        let mut text =
            std::fs::read_to_string(generated.join(&from)).with_context(|| from.clone())?;
        if Path::new(&from)
            .extension()
            .is_some_and(|end| end == "swift")
        {
            text = faster(&text)?;
        }
        replace(&sources().join("Sources").join(to), text.as_bytes())?;
    }
    Ok(())
}

/// Writes a file unless it is like that: what is touched is built again.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    if std::fs::read(path).is_ok_and(|present| present == bytes) {
        return Ok(());
    }
    let folder = path.parent().context("a file is in a folder")?;
    std::fs::create_dir_all(folder)?;
    // A program that runs can't be written, but its name can be given to another.
    let new = path.with_extension("new");
    std::fs::write(&new, bytes)?;
    std::fs::rename(&new, path).with_context(|| path.display().to_string())
}

/// Runs a command; what it prints is shown where it fails.
pub fn quietly(command: &mut Command) -> Result<()> {
    let output = command.output()?;
    if !output.status.success() {
        print!("{}", String::from_utf8_lossy(&output.stdout));
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        bail!("swift ended with {}", output.status);
    }
    Ok(())
}

/// A number that differs where the value does.
pub fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
