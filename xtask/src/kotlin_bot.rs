//! The tests of the example in Kotlin.

use anyhow::{Result, ensure};

use crate::kotlin::mvn;
use crate::servers::simulator;
use crate::shell::{finish, headline, output, root};

/// Runs them, against the packages that [`crate::kotlin::installed`] installed.
pub fn test() -> Result<()> {
    let service = simulator("dev")?;
    let folder = root().join("examples/kotlin-bot");

    headline("Kotlin: examples/kotlin-bot");
    let mut suite = mvn()?;
    suite
        .arg("test")
        .current_dir(&folder)
        .env("STABLEVPS_SIMULATOR_BIN", service);
    finish(&mut suite)?;

    let mut simulation = mvn()?;
    simulation
        .args(["exec:java", "-Dexec.args=--simulate keep"])
        .current_dir(&folder);
    let printed = output(&mut simulation)?;
    ensure!(
        printed.contains("found after its order's reply was lost"),
        "the simulation printed: {printed}"
    );
    Ok(())
}
