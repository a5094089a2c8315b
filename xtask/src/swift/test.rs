//! The tests of the Swift package.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};

use super::crossing;
use super::files::{quietly, replace};
use super::package::{Packages, sources};
use super::service::Service;
use super::toolchain::Toolchain;
use crate::servers::simulator;
use crate::shell::{headline, output, root};

const EXAMPLE: &str = "examples/swift-console";

/// Runs all of them.
pub fn test() -> Result<()> {
    let Some(packages) = Packages::ready()? else {
        return Ok(());
    };
    let service = packages.simulator()?;
    headline("Swift: the suite");
    let scenarios = packages.toolchain.path(&root().join("tests/scenarios"))?;
    let variables = [
        ("STABLEVPS_SIMULATOR_BIN", service.as_str()),
        ("STABLEVPS_SCENARIOS", &scenarios),
    ];
    let mut suite = packages.swift("test", &sources(), "suite", &variables)?;
    suite.arg("--disable-xctest");
    quietly(&mut suite)?;

    headline("Swift: the package in its users' projects");
    let consumer = consumer(&packages)?;
    for product in ["buyer", "readme"] {
        packages.build(&consumer, "consumer", product, "debug", &[])?;
        let printed = output(&mut packages.built("consumer", product, "debug", &[])?)?;
        ensure!(
            printed.starts_with("19.49 198.18.0.1 Administrator ***"),
            "{product} printed: {printed}"
        );
    }

    headline("Swift: examples/swift-console");
    example(&packages)?;
    headline("Swift: tokens cross between the languages");
    crossing::test(&packages)
}

/// Makes a user's project. One of its programs consists of the code blocks of the package's README and of the
/// front page.
fn consumer(packages: &Packages) -> Result<PathBuf> {
    let project = Toolchain::kept()?.join("consumer");
    let from = sources().join("Tests/Consumer");
    let manifest = std::fs::read_to_string(from.join("Package.swift"))?;
    let here = packages.toolchain.path(&sources())?;
    let manifest = manifest.replace("path: \"stablevps\"", &format!("path: \"{here}\""));
    replace(&project.join("Package.swift"), manifest.as_bytes())?;
    let buyer = "Sources/buyer/Buyer.swift";
    replace(&project.join(buyer), &std::fs::read(from.join(buyer))?)?;
    let blocks = |page: PathBuf| -> Result<String> {
        let text = std::fs::read_to_string(&page).with_context(|| page.display().to_string())?;
        Ok(blocks(&text))
    };
    // The front page's variables have a scope of their own.
    let program = format!(
        "{}do {{\n{}}}\n",
        blocks(sources().join("README.md"))?,
        blocks(root().join("README.md"))?
    );
    replace(
        &project.join("Sources/readme/main.swift"),
        program.as_bytes(),
    )?;
    Ok(project)
}

/// The code blocks of a page without the mark `no-run`, as one program.
fn blocks(page: &str) -> String {
    let mut program = String::new();
    let mut is_inside = false;
    for line in page.lines() {
        if is_inside && line == "```" {
            is_inside = false;
        } else if is_inside {
            program.push_str(line);
            program.push('\n');
        } else {
            is_inside = line == "```swift";
        }
    }
    program
}

/// Lists, buys and reboots with the example: on a simulated account in memory, and over HTTP.
fn example(packages: &Packages) -> Result<()> {
    packages.program(EXAMPLE, "svps", &[])?;
    let listed = svps(packages, &[], &["list", "--simulate"])?;
    ensure!(
        listed.contains("simulated-1  prime  tokyo  active  198.18.0.1\n"),
        "list printed: {listed}"
    );
    let rebooted = svps(packages, &[], &["reboot", "simulated-1", "--simulate"])?;
    ensure!(
        rebooted.starts_with("reboot  "),
        "reboot printed: {rebooted}"
    );
    let service = Service::start(&simulator("dev")?, &["--provisioning-ms", "0"])?;
    let account = [
        ("STABLEVPS_BASE_URL", service.url.as_str()),
        ("STABLEVPS_API_KEY", &service.key),
    ];
    let bought = svps(
        packages,
        &account,
        &["buy", "--token-file", "example.token"],
    )?;
    ensure!(
        bought.contains("0 s  ordering\n") && bought.contains("charged 12.49 EUR\nready "),
        "buy printed: {bought}"
    );
    ensure!(bought.ends_with("password ***\n"), "buy printed: {bought}");
    let id = service.field("/vps/0/id")?;
    let listed = svps(packages, &account, &["list"])?;
    ensure!(
        listed.starts_with(id.as_str().unwrap_or_default()),
        "list printed: {listed}"
    );
    ensure!(
        service.field("/orders_received")? == 1,
        "the service did not receive exactly one order"
    );
    Ok(())
}

fn svps(packages: &Packages, account: &[(&str, &str)], words: &[&str]) -> Result<String> {
    let mut console = packages.built(EXAMPLE, "svps", "debug", account)?;
    output(console.args(words))
}
