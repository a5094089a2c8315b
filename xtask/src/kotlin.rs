//! The Kotlin package: its build, its tests, its demonstration and its measurements.

mod aar;
mod generated;
mod jars;
mod maven;
mod pages;
mod shrunk;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

pub use self::jars::pack;
pub use self::maven::mvn;
use crate::figures::{Row, read};
use crate::native::{cdylib, stripped};
use crate::once::Once;
use crate::postgres::Postgres;
use crate::servers::{laboratory, simulator};
use crate::shell::{cache, elsewhere, finish, headline, output, root};

/// The largest native library that an app carries, in bytes.
const LIBRARY_LIMIT: u64 = 900_000;

/// Where the library of this platform goes in a jar, for JNA to find it there.
const PLATFORM: &str = if cfg!(target_os = "windows") {
    "win32-x86-64"
} else if cfg!(all(target_os = "macos", target_arch = "aarch64")) {
    "darwin-aarch64"
} else if cfg!(target_os = "macos") {
    "darwin-x86-64"
} else if cfg!(target_arch = "aarch64") {
    "linux-aarch64"
} else {
    "linux-x86-64"
};

/// The package's sources.
fn package() -> PathBuf {
    root().join("bindings/kotlin")
}

/// Builds the package and its testing package, and installs both into the repository of [`mvn`].
pub fn installed() -> Result<()> {
    static INSTALLED: Once<()> = Once::new();
    INSTALLED.get(install)
}

fn install() -> Result<()> {
    natives()?;
    headline("building the Kotlin package");
    let mut install = mvn()?;
    install
        .args(["install", "-am", "-pl", "stablevps,stablevps-testing"])
        .current_dir(package());
    finish(&mut install)
}

/// Builds the native libraries, and puts them and the code that calls them where Maven takes them.
fn natives() -> Result<()> {
    headline("building the native libraries");
    let modules = [
        ("stablevps-ffi", "records", "stablevps"),
        ("stablevps-simulator", "foreign", "stablevps-testing"),
    ];
    for (name, feature, module) in modules {
        let library = cdylib(name, &[feature])?;
        let target = package().join(module).join("target/native");
        let all = target.join("resources");
        if all.exists() {
            fs::remove_dir_all(&all)?;
        }
        let resources = all.join(PLATFORM);
        fs::create_dir_all(&resources)?;
        let file = library.file_name().context("a library has a name")?;
        fs::copy(stripped(&library)?, resources.join(file))?;
        generated::generate(&library, &package().join("uniffi.toml"), &target)?;
    }
    Ok(())
}

/// The drivers of the databases.
const JDBC: &str = "<dependency><groupId>org.xerial</groupId><artifactId>sqlite-jdbc</artifactId>\
    <version>3.54.1.0</version></dependency><dependency><groupId>org.postgresql</groupId>\
    <artifactId>postgresql</artifactId><version>42.7.14</version></dependency>";

/// A program as a user writes it, in a project of its own outside the repository: those files, with
/// the package from the repository of [`mvn`] and more dependencies. Gives the command that runs it.
fn program(name: &str, sources: &[&Path], main: &str, dependencies: &str) -> Result<Vec<PathBuf>> {
    let folder = cache()?.join("kotlin").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    for source in sources {
        let language = if source.extension().is_some_and(|one| one == "java") {
            "java"
        } else {
            "kotlin"
        };
        let to = folder.join("src/main").join(language);
        fs::create_dir_all(&to)?;
        fs::copy(
            source,
            to.join(source.file_name().context("a file has a name")?),
        )?;
    }
    let pom = fs::read_to_string(package().join("tests/consumer/pom.xml"))?;
    let pom = pom.replacen(
        "</dependencies>",
        &format!("{dependencies}</dependencies>"),
        1,
    );
    fs::write(folder.join("pom.xml"), pom)?;
    finish(mvn()?.arg("compile").current_dir(&folder))?;
    let mut classpath = folder.join("target/classes").into_os_string();
    classpath.push(":");
    classpath.push(fs::read_to_string(folder.join("target/classpath"))?.trim());
    Ok(vec![
        "java".into(),
        "-cp".into(),
        classpath.into(),
        main.into(),
    ])
}

fn run(command: &[PathBuf]) -> Result<Command> {
    let (program, words) = command.split_first().context("a command names a program")?;
    let mut command = Command::new(program);
    command.args(words).current_dir(elsewhere()?);
    Ok(command)
}

/// The program that other languages hand purchases to: `tests/crossing/README.md`.
pub fn crossing() -> Result<Vec<PathBuf>> {
    installed()?;
    let source = root().join("tests/crossing/Crossing.kt");
    program("crossing", &[&source], "CrossingKt", "")
}

/// One of the processes that buy the same keys.
pub fn race() -> Result<Vec<PathBuf>> {
    installed()?;
    let source = root().join("tests/race/Worker.kt");
    program("race", &[&source], "WorkerKt", JDBC)
}

/// Runs every test of it.
pub fn test(others: (&str, &str)) -> Result<()> {
    installed()?;
    headline("Kotlin: format, lints and documentation");
    lint()?;
    finish(
        mvn()?
            .args(["-pl", "stablevps,stablevps-testing", "dokka:dokka"])
            .current_dir(package()),
    )?;
    let pages = package().join("tests/target/pages");
    if pages.exists() {
        fs::remove_dir_all(&pages)?;
    }
    pages::tests_of(&package().join("README.md"), "Readme", &pages)?;
    pages::tests_of(&root().join("README.md"), "FrontPage", &pages)?;
    let service = simulator("dev")?;
    let laboratory = laboratory()?;
    headline("Kotlin");
    let mut tests = mvn()?;
    tests
        .args(["test", "-pl", "tests"])
        .env("STABLEVPS_SIMULATOR_BIN", &service)
        .env("STABLEVPS_LABORATORY_BIN", &laboratory)
        .env("STABLEVPS_SCENARIOS", root().join("tests/scenarios"))
        .env("STABLEVPS_STORES", root().join("tests/stores"))
        .env("STABLEVPS_API_DUMPS", package().join("api"))
        .env(others.0, others.1)
        .current_dir(package());
    let server = Postgres::start_for(&mut tests)?;
    finish(&mut tests)?;
    drop(server);
    headline("Kotlin and Java projects with the package installed");
    let consumer = package().join("tests/consumer");
    let sources = ["Consumer.kt", "JavaConsumer.java"].map(|name| consumer.join(name));
    for (main, wanted) in [
        ("ConsumerKt", "Kotlin bought "),
        ("JavaConsumer", "Java bought "),
    ] {
        let command = program("consumer", &[&sources[0], &sources[1]], main, "")?;
        let printed = output(&mut run(&command)?)?;
        ensure!(
            printed.starts_with(wanted) && printed.trim_end().ends_with(" for 19.49, orders 1"),
            "{main} printed {printed}"
        );
    }
    shrunk::test(&service)
}

fn lint() -> Result<()> {
    let mut ktlint = mvn()?;
    ktlint
        .args(["-N", "antrun:run@ktlint"])
        .current_dir(package());
    finish(&mut ktlint).inspect_err(|_| {
        let found = fs::read_to_string(package().join("target/ktlint.txt"));
        eprintln!("{}", found.unwrap_or_default());
    })
}

/// Buys a VPS with it.
pub fn demo() -> Result<()> {
    installed()?;
    headline("Kotlin");
    let source = root().join("xtask/demo/Demo.kt");
    finish(&mut run(&program("demo", &[&source], "DemoKt", "")?)?)
}

/// The program that measures what five hundred purchases cost that wait.
pub fn fleet(service: &Path) -> Result<Command> {
    installed()?;
    finish(
        mvn()?
            .args(["-pl", "benches", "compile"])
            .current_dir(package()),
    )?;
    measuring("FleetKt", service)
}

/// A program of the measurements.
fn measuring(main: &str, service: &Path) -> Result<Command> {
    let mut program = mvn()?;
    program
        .args(["-pl", "benches", "package", "exec:exec"])
        .arg(format!("-Dmain={main}"))
        .arg(format!("-Dservice={}", service.display()))
        .current_dir(package());
    Ok(program)
}

/// Measures it.
pub fn bench() -> Result<Vec<Row>> {
    installed()?;
    let service = simulator("release")?;
    headline("measuring");
    let mut rows = read(&output(&mut measuring("CallsKt", &service)?)?)?;
    let size = fs::metadata(stripped(&cdylib("stablevps-ffi", &["records"])?)?)?.len();
    #[allow(clippy::cast_precision_loss)]
    rows.push(Row {
        what: "native library".to_owned(),
        ours: format!("{size} B"),
        against: "limit".to_owned(),
        theirs: format!("{LIBRARY_LIMIT} B"),
        ratio: size as f64 / LIBRARY_LIMIT as f64,
        limit: Some(1.0),
    });
    Ok(rows)
}
