//! The parts of the Swift package that are built or generated, and the packages that use it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::files::{hash, quietly, replace};
use super::readers::faster;
use super::toolchain::Toolchain;
use crate::native::{bindings, staticlib};
use crate::once::Once;
use crate::shell::{finish, headline, root};
use crate::version;

/// The generated modules, as `uniffi.toml` names them.
const NATIVE: [&str; 2] = ["StableVPSNative", "StableVPSTestingNative"];

/// The modules written by hand.
const FACADE: [&str; 2] = ["StableVPS", "StableVPSTesting"];

/// The package's sources.
pub fn sources() -> PathBuf {
    root().join("bindings/swift")
}

/// A Swift, and the core as a library for it.
#[derive(Clone)]
pub struct Packages {
    /// Where Swift comes from.
    pub toolchain: Toolchain,
    /// The folder of the library. Its name changes with the library and with the names of the package's files:
    /// `SwiftPM` notices neither a changed library nor a new file in a package that it depends on.
    library: PathBuf,
}

impl Packages {
    /// Builds the core and generates the code that calls it. None where there is no Swift.
    pub fn ready() -> Result<Option<Self>> {
        static READY: Once<Option<Packages>> = Once::new();
        READY.get(Self::build_core)
    }

    fn build_core() -> Result<Option<Self>> {
        let Some(toolchain) = Toolchain::find()? else {
            return Ok(None);
        };
        headline("building the core for Swift");
        let built = staticlib("stablevps-ffi", &["records", "foreign-simulator"])?;
        let config = sources().join("uniffi.toml");
        let bytes = std::fs::read(&built)?;
        replace(
            &built.with_file_name("stablevps.pc"),
            description()?.as_bytes(),
        )?;
        let key = hash(&(&bytes, std::fs::read(&config)?, names()?, description()?));
        let libraries = Toolchain::kept()?.join("libraries");
        let library = libraries.join(format!("{key:016x}"));
        if !library.join("complete").exists() {
            if libraries.exists() {
                std::fs::remove_dir_all(&libraries)?;
            }
            std::fs::create_dir_all(&library)?;
            bindings(&built, "swift", &config, &library)?;
            std::fs::write(library.join("libstablevps_ffi.a"), bytes)?;
            std::fs::write(library.join("stablevps.pc"), description()?)?;
            std::fs::write(library.join("complete"), "")?;
        }
        for module in NATIVE {
            place(&library, module)?;
        }
        Ok(Some(Self { toolchain, library }))
    }

    /// A `SwiftPM` command on a package in the repository or in the folder that is kept.
    pub fn swift(
        &self,
        command: &str,
        package: &Path,
        name: &str,
        variables: &[(&str, &str)],
    ) -> Result<Command> {
        let library = self.toolchain.path(&self.library)?;
        let mut all = vec![("PKG_CONFIG_PATH", library.as_str())];
        all.extend(variables);
        let scratch = self.toolchain.path(&self.toolchain.scratch(name)?)?;
        let mut swift = self.toolchain.command(package, &all, "swift")?;
        swift.args([command, "--scratch-path", &scratch]);
        Ok(swift)
    }

    /// Builds a program of the repository, and returns the command that runs it.
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

    /// The command that runs a program built by [`Self::build`].
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

    /// The path of a program of the repository, as Swift's programs see it.
    pub fn placed(&self, built: &Path) -> Result<String> {
        let placed = Toolchain::kept()?.join(built.file_name().context("a program has a name")?);
        replace(&placed, &std::fs::read(built)?)?;
        finish(Command::new("chmod").arg("+x").arg(&placed))?;
        self.toolchain.path(&placed)
    }
}

/// What tells pkg-config of the library, beside which it lies.
fn description() -> Result<String> {
    let version = version::current()?;
    Ok(format!(
        "Name: stablevps\nDescription: The core of the STABLEVPS SDK, for Swift\nVersion: {version}\n\
         Libs: -L${{pcfiledir}} -lstablevps_ffi\n"
    ))
}

/// Writes the package with the code that was generated for it, as a release has it: into an empty folder.
pub fn released(folder: &Path) -> Result<()> {
    let from = sources();
    for name in ["Package.swift", "README.md"] {
        replace(&folder.join(name), &std::fs::read(from.join(name))?)?;
    }
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        replace(&folder.join(licence), &std::fs::read(root().join(licence))?)?;
    }
    for tree in ["Sources", "Tests/StableVPSTests"] {
        copied(&from.join(tree), &folder.join(tree))?;
    }
    Ok(())
}

fn copied(from: &Path, to: &Path) -> Result<()> {
    for entry in std::fs::read_dir(from)?.flatten() {
        let there = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copied(&entry.path(), &there)?;
        } else {
            replace(&there, &std::fs::read(entry.path())?)?;
        }
    }
    Ok(())
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

/// Copies a generated module into the package.
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
