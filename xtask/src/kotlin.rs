//! The Kotlin package: its build, its tests, its demonstration and its measurements.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use crate::bench::{Row, read};
use crate::crossing::{VARIABLE, others};
use crate::native::{bindings, cdylib, stripped};
use crate::python::simulator;
use crate::shell::{cache, elsewhere, finish, headline, is_ci, output, root};

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

/// Maven, with a local repository that outlives a checkout and has the package in it once
/// [`installed`] has run.
pub fn mvn() -> Result<Command> {
    let there = |program| Command::new(program).arg("-version").output().is_ok();
    if !(there("mvn") && there("javac")) {
        install_maven()?;
    }
    let mut mvn = Command::new("mvn");
    mvn.args(["-q", "-B", "-ntp"])
        .arg(format!("-Dmaven.repo.local={}", repository()?.display()));
    Ok(mvn)
}

fn repository() -> Result<PathBuf> {
    Ok(cache()?.join("kotlin/repository"))
}

fn install_maven() -> Result<()> {
    if !is_ci() || !Path::new("/etc/debian_version").exists() {
        bail!("Maven and a JDK from 17 are needed: https://maven.apache.org/install.html");
    }
    headline("installing Maven");
    finish(Command::new("apt-get").args(["update", "-qq"]))?;
    let mut install = Command::new("apt-get");
    install
        .args(["install", "-qqy", "--no-install-recommends"])
        .args(["maven", "default-jdk-headless"])
        .env("DEBIAN_FRONTEND", "noninteractive");
    finish(&mut install)
}

/// Builds the package and its testing package, and installs both into the repository of [`mvn`].
pub fn installed() -> Result<()> {
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
        let resources = target.join("resources").join(PLATFORM);
        fs::create_dir_all(&resources)?;
        let file = library.file_name().context("a library has a name")?;
        fs::copy(stripped(&library)?, resources.join(file))?;
        generate(&library, &target)?;
    }
    Ok(())
}

/// Writes what calls a library, and lets nobody outside of its module see it. Sources that are as they
/// were stay as they are, so that nothing is compiled anew for them.
fn generate(library: &Path, target: &Path) -> Result<()> {
    let fresh = target.join("generated");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    bindings(library, "kotlin", &package().join("uniffi.toml"), &fresh)?;
    let sources = target.join("kotlin");
    fs::create_dir_all(&sources)?;
    for file in files(&fresh)? {
        let name = file.file_name().context("a file has a name")?;
        let mut text = internal(&fs::read_to_string(&file)?);
        if name == "stablevps_ffi.kt" {
            text = quick(text)?;
        }
        let kept = sources.join(name);
        if fs::read_to_string(&kept).ok().as_ref() != Some(&text) {
            fs::write(&kept, text)?;
        }
    }
    fs::remove_dir_all(fresh)?;
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)?.flatten() {
        if entry.file_type()?.is_dir() {
            all.extend(files(&entry.path())?);
        } else {
            all.push(entry.path());
        }
    }
    Ok(all)
}

/// Generated code in which every declaration of a file is the module's own: the generator makes them
/// public, and has no setting for it.
fn internal(code: &str) -> String {
    const DECLARED: [&str; 11] = [
        "class ",
        "open class ",
        "data class ",
        "sealed class ",
        "enum class ",
        "interface ",
        "object ",
        "inline fun ",
        "fun ",
        "typealias ",
        "const val ",
    ];
    let mut text = String::with_capacity(code.len());
    for line in code.lines() {
        // A function's documentation ends in the line in which it is declared.
        let (before, rest) = line
            .strip_prefix("         */ fun ")
            .map_or(("", line), |_| line.split_at("         */ ".len()));
        let declared = rest.strip_prefix("public ").unwrap_or(rest);
        let is_declared = DECLARED.iter().any(|word| declared.starts_with(word));
        if is_declared {
            text.extend([before, "internal ", declared]);
        } else {
            text.push_str(line);
        }
        text.push('\n');
    }
    text
}

/// Generated code that keeps one status a thread, and takes the memory of its other structures from
/// where it is used again: `Scratch.kt` says why.
fn quick(mut code: String) -> Result<String> {
    const CHANGES: [(&str, &str); 7] = [
        (
            "uniffi_out_err: UniffiRustCallStatus",
            "uniffi_out_err: Pointer",
        ),
        (
            "callback: (UniffiRustCallStatus) -> U",
            "callback: (Pointer) -> U",
        ),
        (
            "    var status = UniffiRustCallStatus()\n    val return_value = callback(status)\n    \
             uniffiCheckCallStatus(errorHandler, status)\n",
            "    val status = statuses.get()\n    status.setByte(0, UNIFFI_CALL_SUCCESS)\n    \
             val return_value = callback(status)\n    if (status.getByte(0) != UNIFFI_CALL_SUCCESS) {\n        \
             val read = Structure.newInstance(UniffiRustCallStatus::class.java, status)\n        \
             read.read()\n        uniffiCheckCallStatus(errorHandler, read)\n    }\n",
        ),
        (
            "open class RustBuffer : Structure()",
            "open class RustBuffer : QuickStructure()",
        ),
        (
            "open class ForeignBytes : Structure()",
            "open class ForeignBytes : QuickStructure()",
        ),
        (
            "    class ByValue: RustBuffer(), Structure.ByValue\n",
            "    override fun read() {\n        capacity = pointer.getLong(0)\n        len = pointer.getLong(8)\n        \
             data = pointer.getPointer(16)\n    }\n    override fun write() {\n        \
             pointer.setLong(0, capacity)\n        pointer.setLong(8, len)\n        \
             pointer.setPointer(16, data)\n    }\n    class ByValue: RustBuffer(), Structure.ByValue\n",
        ),
        (
            "    class ByValue : ForeignBytes(), Structure.ByValue\n",
            "    override fun write() {\n        pointer.setInt(0, len)\n        \
             pointer.setPointer(Native.POINTER_SIZE.toLong(), data)\n    }\n    \
             class ByValue : ForeignBytes(), Structure.ByValue\n",
        ),
    ];
    for (from, to) in CHANGES {
        ensure!(
            code.contains(from),
            "the generated code has changed: no {from}"
        );
        code = code.replace(from, to);
    }
    Ok(code)
}

/// A program as a user writes it, in a project of its own outside the repository: those files, with
/// the package from the repository of [`mvn`]. Gives the command that runs it.
fn program(name: &str, sources: &[&Path], main: &str) -> Result<Vec<PathBuf>> {
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
    fs::copy(
        package().join("tests/consumer/pom.xml"),
        folder.join("pom.xml"),
    )?;
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
    program("crossing", &[&source], "CrossingKt")
}

/// Runs every test of it.
pub fn test() -> Result<()> {
    installed()?;
    headline("Kotlin: format, lints and documentation");
    lint()?;
    finish(
        mvn()?
            .args(["-pl", "stablevps", "dokka:dokka"])
            .current_dir(package()),
    )?;
    pages()?;
    let service = simulator("dev")?;
    let others = others(&["python", "js"])?;
    headline("Kotlin");
    let mut tests = mvn()?;
    tests
        .args(["test", "-pl", "tests"])
        .env("STABLEVPS_SIMULATOR_BIN", &service)
        .env("STABLEVPS_SCENARIOS", root().join("tests/scenarios"))
        .env("STABLEVPS_API_DUMPS", package().join("api"))
        .env(VARIABLE, others)
        .current_dir(package());
    finish(&mut tests)?;
    headline("Kotlin and Java projects with the package installed");
    let consumer = package().join("tests/consumer");
    let sources = ["Consumer.kt", "JavaConsumer.java"].map(|name| consumer.join(name));
    for (main, wanted) in [
        ("ConsumerKt", "Kotlin bought "),
        ("JavaConsumer", "Java bought "),
    ] {
        let command = program("consumer", &[&sources[0], &sources[1]], main)?;
        let printed = output(&mut run(&command)?)?;
        ensure!(
            printed.starts_with(wanted) && printed.trim_end().ends_with(" for 19.49, orders 1"),
            "{main} printed {printed}"
        );
    }
    Ok(())
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

/// Makes tests of what the pages show: the blocks of a page one after the other, as one program.
fn pages() -> Result<()> {
    let page = fs::read_to_string(package().join("README.md"))?;
    for language in ["kotlin", "java"] {
        let folder = package().join("tests/target/pages").join(language);
        fs::create_dir_all(&folder)?;
        let (name, text) = if language == "kotlin" {
            ("ReadmeTest.kt", kotlin_page(&blocks(&page, language)))
        } else {
            ("ReadmeJavaTest.java", java_page(&blocks(&page, language)))
        };
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}

/// The imports of a page's blocks, and all their other lines.
fn blocks(page: &str, language: &str) -> (String, String) {
    let (mut imports, mut lines) = (String::new(), String::new());
    let mut is_inside = false;
    for line in page.lines() {
        if line.starts_with("```") {
            is_inside = line == format!("```{language}");
        } else if is_inside {
            let to = if line.starts_with("import ") {
                &mut imports
            } else {
                &mut lines
            };
            to.extend([line, "\n"]);
        }
    }
    (imports, lines)
}

fn kotlin_page((imports, lines): &(String, String)) -> String {
    format!(
        "package com.stablevps.pages\n\n{imports}\ninternal class ReadmeTest {{\n    \
         @org.junit.jupiter.api.Test\n    \
         fun `the blocks run`() = kotlinx.coroutines.test.runTest {{\n{lines}    }}\n}}\n"
    )
}

fn java_page((imports, lines): &(String, String)) -> String {
    format!(
        "package com.stablevps.pages;\n\n{imports}\nclass ReadmeJavaTest {{\n    \
         @org.junit.jupiter.api.Test\n    \
         void theBlocksRun() throws Exception {{\n{lines}    }}\n}}\n"
    )
}

/// Buys a VPS with it.
pub fn demo() -> Result<()> {
    installed()?;
    headline("Kotlin");
    let source = root().join("xtask/demo/Demo.kt");
    finish(&mut run(&program("demo", &[&source], "DemoKt")?)?)
}

/// Measures it.
pub fn bench() -> Result<Vec<Row>> {
    installed()?;
    let service = simulator("release")?;
    headline("measuring");
    let mut calls = mvn()?;
    calls
        .args(["-pl", "benches", "package", "exec:exec"])
        .arg(format!("-Dservice={}", service.display()))
        .current_dir(package());
    let mut rows = read(&output(&mut calls)?)?;
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

#[cfg(test)]
mod tests {
    use super::internal;

    #[test]
    fn what_is_declared_in_a_file_becomes_internal() {
        let code = "public interface A {\n    fun a()\n}\nopen class B\n        /** b\n         */ fun `b`() {\n}\nprivate class C\n";
        let wanted = "internal interface A {\n    fun a()\n}\ninternal open class B\n        /** b\n         */ internal fun `b`() {\n}\nprivate class C\n";
        assert_eq!(internal(code), wanted);
    }
}
