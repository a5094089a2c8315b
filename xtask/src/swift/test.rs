//! The tests of the Swift package.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::crossing;
use super::files::{quietly, replace};
use super::package::{self, Packages, sources};
use super::toolchain::Toolchain;
use crate::servers::{laboratory, simulator};
use crate::service::Service;
use crate::shell::{finish, headline, output, root};
use crate::version;

const EXAMPLE: &str = "examples/swift-console";

/// Runs all of them.
pub fn test() -> Result<()> {
    let Some(packages) = Packages::ready()? else {
        return Ok(());
    };
    let service = packages.placed(&simulator("dev")?)?;
    let laboratory = packages.placed(&laboratory()?)?;
    headline("Swift: the suite");
    let scenarios = packages.toolchain.path(&root().join("tests/scenarios"))?;
    let stores = packages.toolchain.path(&root().join("tests/stores"))?;
    let variables = [
        ("STABLEVPS_STORES", stores.as_str()),
        ("STABLEVPS_SIMULATOR_BIN", service.as_str()),
        ("STABLEVPS_LABORATORY_BIN", &laboratory),
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

    headline("Swift: the package as a dependency with a version");
    versioned(&packages)?;

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
    let pages = [
        read(&sources().join("README.md"))?,
        read(&root().join("README.md"))?,
    ];
    // The front page's variables have a scope of their own.
    let mut program = format!(
        "{}do {{\n{}}}\n",
        blocks(&pages[0], RUN).concat(),
        blocks(&pages[1], RUN).concat()
    );
    let not_run = pages.iter().flat_map(|page| blocks(page, NOT_RUN));
    for (number, block) in not_run.enumerate() {
        if block.starts_with(".package(") {
            in_manifest(&block, &manifest)?;
        } else {
            let _ = write!(
                program,
                "func compiled{number}() async throws {{\n{block}}}\n"
            );
        }
    }
    for page in &pages {
        ensure!(
            blocks(page, RUN).len() + blocks(page, NOT_RUN).len()
                == page.matches("```swift").count(),
            "a block of Swift is left out"
        );
    }
    replace(
        &project.join("Sources/readme/main.swift"),
        program.as_bytes(),
    )?;
    Ok(project)
}

/// A user's project whose dependency is a tag of the repository that releases are pushed to. `SwiftPM` refuses
/// such a dependency where its manifest has flags that it calls unsafe.
fn versioned(packages: &Packages) -> Result<()> {
    let mut dump = packages.swift("package", &sources(), "dump", &[])?;
    let manifest = output(dump.arg("dump-package"))?;
    ensure!(
        manifest.contains("pkgConfig") && !manifest.contains("unsafeFlags"),
        "the manifest has unsafe flags, or asks no pkg-config"
    );
    let kept = Toolchain::kept()?;
    let mut git = packages.toolchain.command(&kept, &[], "git")?;
    if output(git.arg("--version")).is_err() {
        println!("NOTICE: SwiftPM has no git here, and takes no package from a tag");
        return Ok(());
    }
    let (released, project) = (kept.join("released"), kept.join("versioned"));
    for folder in [&released, &project] {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
    }
    let scratch = packages.toolchain.scratch("versioned")?;
    if scratch.exists() {
        std::fs::remove_dir_all(scratch)?;
    }
    package::released(&released)?;
    let version = version::current()?;
    for words in [
        &["init", "--quiet", "--initial-branch", "main"][..],
        &["add", "--all", "--force"],
        &[
            "-c",
            "user.name=release",
            "-c",
            "user.email=release@stablevps.com",
            "commit",
            "--quiet",
            "-m",
            &version,
        ],
        &["tag", &version],
    ] {
        finish(Command::new("git").args(words).current_dir(&released))?;
    }
    let from = sources().join("Tests/Consumer");
    let manifest = read(&from.join("Package.swift"))?;
    let url = format!(
        "url: \"file://{}\", from: \"{version}\"",
        packages.toolchain.path(&released)?
    );
    let manifest = manifest
        .replace("name: \"stablevps\", path: \"stablevps\"", &url)
        .replace("package: \"stablevps\"", "package: \"released\"")
        .replace("[\"buyer\", \"readme\"]", "[\"buyer\"]");
    replace(&project.join("Package.swift"), manifest.as_bytes())?;
    let buyer = "Sources/buyer/Buyer.swift";
    replace(&project.join(buyer), &std::fs::read(from.join(buyer))?)?;
    packages.build(&project, "versioned", "buyer", "debug", &[])?;
    let printed = output(&mut packages.built("versioned", "buyer", "debug", &[])?)?;
    ensure!(printed.starts_with("19.49 "), "buyer printed: {printed}");
    Ok(())
}

/// How blocks begin: those that are run, and those that are only compiled because they need a real account.
const RUN: &str = "```swift";
const NOT_RUN: &str = "```swift no-run";

fn read(page: &Path) -> Result<String> {
    std::fs::read_to_string(page).with_context(|| page.display().to_string())
}

/// The code blocks of a page that begin in that way.
fn blocks(page: &str, begin: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block: Option<String> = None;
    for line in page.lines() {
        match &mut block {
            Some(_) if line == "```" => blocks.extend(block.take()),
            Some(text) => text.extend([line, "\n"]),
            None => block = (line == begin).then(String::new),
        }
    }
    blocks
}

/// Whether a manifest that is built has what a page's block shows, but for the path.
fn in_manifest(block: &str, manifest: &str) -> Result<()> {
    let shown = block.split_inclusive(['(', ')']);
    for part in shown.filter(|part| part.contains("name: ")) {
        let part = part.split("path:").next().unwrap_or(part);
        ensure!(manifest.contains(part), "the manifest has no {part}");
    }
    Ok(())
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
    // A token that can't be read may be that of an order: the program stops.
    let mut unreadable = packages.built(EXAMPLE, "svps", "debug", &account)?;
    replace(&Toolchain::kept()?.join("damaged.token"), &[0xff])?;
    unreadable.args(["buy", "--token-file", "damaged.token"]);
    ensure!(
        !unreadable.output()?.status.success(),
        "buy went on without a token that it could not read"
    );
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
