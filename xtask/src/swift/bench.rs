//! Measurements of the Swift package.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::package::Packages;
use super::toolchain::Toolchain;
use crate::figures::{Row, read};
use crate::servers::simulator;
use crate::service::Service;
use crate::shell::{finish, headline, output, root};

/// How many bytes the core may add to a program.
const CORE_LIMIT: u64 = 1_200_000;

/// How many bytes the whole package may add to a program.
const PACKAGE_LIMIT: u64 = 1_800_000;

/// The linker's map of the program.
const MAP: &str = "with.map";

const PACKAGE: &str = "bindings/swift/benches";

/// How many VPS a listing has, how many calls a round makes, and what the ratio may be.
const LISTINGS: [(&str, &str, &str); 4] = [
    ("1", "200", "1.0"),
    ("10", "200", "0.9"),
    ("100", "100", "0.5"),
    ("1000", "10", "0.35"),
];

/// Measures the package. Returns no rows where there is no Swift.
pub fn bench() -> Result<Vec<Row>> {
    let Some(packages) = Packages::ready()? else {
        return Ok(Vec::new());
    };
    let folder = root().join(PACKAGE);
    for product in ["calls", "without"] {
        packages.build(&folder, PACKAGE, product, "release", &[])?;
    }
    let map = packages.toolchain.path(&Toolchain::kept()?.join(MAP))?;
    let mapped = ["-Xlinker", &format!("-Map={map}")];
    let mapped: &[&str] = if cfg!(target_os = "linux") {
        &mapped
    } else {
        &[]
    };
    packages.build(&folder, PACKAGE, "with", "release", mapped)?;
    headline("measuring");
    let mut rows = Vec::new();
    for (vps, calls, limit) in LISTINGS {
        let service = Service::start(&simulator("release")?, &["--vps", vps])?;
        let mut program = packages.built(PACKAGE, "calls", "release", &[])?;
        program.args([service.url.as_str(), &service.key, vps, calls, limit]);
        rows.extend(read(&output(&mut program)?)?);
    }
    // Other linkers write maps in other forms.
    if cfg!(target_os = "linux") {
        rows.extend(sizes(&packages)?);
    }
    Ok(rows)
}

/// The program that measures what five hundred purchases cost that wait, and its service. None where there is no Swift.
pub fn fleet(service: &Path) -> Result<Option<(Command, Service)>> {
    let Some(packages) = Packages::ready()? else {
        return Ok(None);
    };
    packages.build(&root().join(PACKAGE), PACKAGE, "fleet", "release", &[])?;
    let slow = ["--balance", "1000000", "--provisioning-ms", "3600000"];
    let service = Service::start(service, &slow)?;
    let mut program = packages.built(PACKAGE, "fleet", "release", &[])?;
    program.args([service.url.as_str(), &service.key]);
    Ok(Some((program, service)))
}

/// How many bytes a stripped program grows by: by the core, and by the whole package.
fn sizes(packages: &Packages) -> Result<Vec<Row>> {
    let stripped = |product: &str| -> Result<u64> {
        let built = packages.toolchain.scratch(PACKAGE)?.join("release");
        let copy = Toolchain::kept()?.join(format!("{product}.stripped"));
        let mut strip = Command::new("strip");
        finish(strip.arg("-o").arg(&copy).arg(built.join(product)))?;
        Ok(std::fs::metadata(&copy)
            .context("strip made nothing")?
            .len())
    };
    let map = std::fs::read_to_string(Toolchain::kept()?.join(MAP))?;
    let whole = stripped("with")?.saturating_sub(stripped("without")?);
    Ok(vec![
        size("core in a program, stripped", from_rust(&map), CORE_LIMIT),
        size("package in a program, stripped", whole, PACKAGE_LIMIT),
    ])
}

#[allow(clippy::cast_precision_loss)]
fn size(what: &str, bytes: u64, limit: u64) -> Row {
    Row {
        what: what.to_owned(),
        ours: format!("{bytes} B"),
        against: "limit".to_owned(),
        theirs: format!("{limit} B"),
        ratio: bytes as f64 / limit as f64,
        limit: Some(1.0),
    }
}

/// The bytes of the program's memory that come from the core's library, according to a linker's map.
fn from_rust(map: &str) -> u64 {
    let placed = map.split_once("Linker script and memory map");
    let mut section = "";
    let mut sum = 0;
    for line in placed.map_or("", |(_, placed)| placed).lines() {
        let mut words = line.split_whitespace();
        // After a long section name, the rest is on the next line.
        if line.starts_with(" .") {
            section = words.next().unwrap_or_default();
        }
        let place: Vec<_> = words.collect();
        let [address, size, file, ..] = place.as_slice() else {
            continue;
        };
        let is_loaded = hexadecimal(address) > 0 && !section.starts_with(".debug");
        if is_loaded && file.contains("libstablevps_ffi.a(") {
            sum += hexadecimal(size);
        }
    }
    sum
}

fn hexadecimal(word: &str) -> u64 {
    let digits = word.strip_prefix("0x").unwrap_or_default();
    u64::from_str_radix(digits, 16).unwrap_or_default()
}
