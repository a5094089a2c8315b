//! The Swift package: its build, its tests, its demonstration and its measurements.

mod bench;
mod crossing;
mod files;
mod package;
mod readers;
mod root;
mod test;
mod toolchain;

pub use bench::bench;
pub use test::test;

use anyhow::Result;

use crate::shell::{finish, headline};
use package::Packages;

/// Buys a VPS with the package.
pub fn demo() -> Result<()> {
    headline("Swift");
    let Some(packages) = Packages::ready()? else {
        return Ok(());
    };
    finish(&mut packages.program("xtask/demo/swift-demo", "demo", &[])?)
}
