//! The tests of the JavaScript package, from its tarball.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::js::{chromium, npm, package, project, tarball};
use crate::postgres::Postgres;
use crate::python::Venv;
use crate::servers::{laboratory, simulator};
use crate::shell::{cache, finish, headline, output, root};

/// Runs them. Python takes part where tokens go from one language to the other.
pub fn run() -> Result<()> {
    let tarball = tarball()?;
    let service = simulator("dev")?;
    let laboratory = laboratory()?;
    let browser = chromium()?;
    let python = Venv::with_package()?.program("python");

    headline("JavaScript: style and types");
    finish(
        npm()
            .args(["run", "--silent", "check"])
            .current_dir(package()),
    )?;
    let prepared = |command: &mut Command| {
        command
            .env_remove("STABLEVPS_API_KEY")
            .env("STABLEVPS_SIMULATOR_BIN", &service)
            .env("STABLEVPS_LABORATORY_BIN", &laboratory)
            .env("STABLEVPS_SCENARIOS", root().join("tests/scenarios"))
            .env("STABLEVPS_STORES", root().join("tests/stores"))
            .env("STABLEVPS_CHROMIUM", &browser)
            .env("STABLEVPS_PYTHON", &python)
            .env(
                "STABLEVPS_PAGES",
                [root().join("README.md"), package().join("README.md")]
                    .map(|page| page.to_string_lossy().into_owned())
                    .join(":"),
            );
    };

    headline("JavaScript: the suite, against the packed package");
    let suite = project(&package().join("tests"), "tests", &tarball)?;
    let mut run = Command::new("node");
    run.args(["--test", "--test-timeout=120000"])
        .args(["--test-reporter", "dot"])
        .args(files(&suite, ".test.mjs")?)
        .current_dir(&suite);
    prepared(&mut run);
    let postgres = Postgres::start_for(&mut run)?;
    finish(&mut run)?;
    drop(postgres);

    headline("JavaScript: the package in its users' projects");
    let mut consumers = Command::new("node");
    consumers
        .arg(package().join("tests/consumers/run.mjs"))
        .arg("--tarball")
        .arg(&tarball)
        .arg("--work")
        .arg(cache()?.join("js/consumers"))
        .arg("--simulator")
        .arg(&service);
    prepared(&mut consumers);
    finish(&mut consumers)?;

    jsr()?;
    for example in ["node-reseller", "browser-fleet"] {
        headline(&format!("JavaScript: examples/{example}"));
        let folder = project(&root().join("examples").join(example), example, &tarball)?;
        let mut run = npm();
        run.args(["test", "--silent"]).current_dir(folder);
        prepared(&mut run);
        finish(&mut run)?;
    }
    Ok(())
}

/// What JSR would be sent is accepted, and buys: by the Deno of its user's project.
fn jsr() -> Result<()> {
    headline("JavaScript: the package as JSR takes it");
    let folder = crate::js::jsr()?;
    std::fs::copy(package().join("tests/jsr/main.ts"), folder.join("main.ts"))?;
    let deno = cache()?.join("js/consumers/deno/node_modules/.bin/deno");
    let mut publish = Command::new(&deno);
    publish.args(["publish", "--quiet", "--dry-run", "--allow-dirty"]);
    finish(publish.current_dir(folder.join("package")))?;
    let mut buy = Command::new(deno);
    buy.args(["run", "--quiet", "--check", "main.ts"]);
    let printed = output(buy.current_dir(&folder))?;
    ensure!(
        printed.trim() == "19.49 true suspended",
        "it printed {printed}"
    );
    Ok(())
}

/// The files below `unit` and `scenarios` whose names end so.
fn files(suite: &Path, end: &str) -> Result<Vec<std::path::PathBuf>> {
    let mut files = Vec::new();
    for folder in ["unit", "scenarios"] {
        let entries = std::fs::read_dir(suite.join(folder))?.flatten();
        let paths = entries.map(|entry| entry.path());
        files.extend(paths.filter(|path| path.to_string_lossy().ends_with(end)));
    }
    files.sort();
    Ok(files)
}
