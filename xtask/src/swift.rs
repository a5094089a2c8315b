//! The Swift package: its build, its tests, its demonstration and its measurements.

mod bench;
mod crossing;
mod files;
mod package;
mod readers;
mod root;
mod test;
mod toolchain;

pub use bench::{bench, fleet};
pub use test::test;

use std::path::PathBuf;

use anyhow::Result;

use crate::shell::{finish, headline};
use package::Packages;
use toolchain::Toolchain;

/// Finds Swift, or makes a root with it. It need not be there.
pub fn find() -> Result<()> {
    Toolchain::find().map(drop)
}

/// Builds the core for it.
pub fn build() -> Result<()> {
    Packages::ready().map(drop)
}

/// A program, as its command line, and a folder that it shares with the programs of other languages.
pub struct Shared {
    pub command: Vec<PathBuf>,
    pub folder: PathBuf,
    /// The same folder, as the program sees it.
    pub seen: String,
}

/// The program that races: `tests/race/swift-side`. None where there is no Swift.
pub fn race() -> Result<Option<Shared>> {
    let Some(packages) = Packages::ready()? else {
        return Ok(None);
    };
    let built = packages.program("tests/race/swift-side", "worker", &[])?;
    let words = std::iter::once(built.get_program()).chain(built.get_args());
    let folder = Toolchain::kept()?.join("race");
    Ok(Some(Shared {
        command: words.map(PathBuf::from).collect(),
        seen: packages.toolchain.path(&folder)?,
        folder,
    }))
}

/// Buys a VPS with the package.
pub fn demo() -> Result<()> {
    headline("Swift");
    let Some(packages) = Packages::ready()? else {
        return Ok(());
    };
    finish(&mut packages.program("xtask/demo/swift-demo", "demo", &[])?)
}
