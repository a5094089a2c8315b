//! The version of the packages: one number, which many files name.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use crate::shell::{finish, root};

/// The files that name the version, and the text before it. Each place is written by `cargo xtask version`.
const PLACES: [(&str, &str); 33] = [
    ("Cargo.toml", "\nversion = \""),
    ("Cargo.toml", "path = \"bindings/rust\", version = \""),
    ("Cargo.toml", "path = \"core\", version = \""),
    ("Cargo.toml", "path = \"tests/simulator\", version = \""),
    ("README.md", "stablevps-"),
    ("README.md", "com.stablevps:stablevps:"),
    ("bindings/cli/README.md", "svps_"),
    ("bindings/cli/tests/sessions/usage.trycmd", "svps "),
    ("bindings/js/README.md", "stablevps-"),
    ("bindings/js/jsr.json", "\"version\": \""),
    ("bindings/js/package.json", "\"version\": \""),
    ("bindings/js/src/version.ts", "VERSION = \""),
    ("bindings/kotlin/README.md", "<version>"),
    ("bindings/kotlin/README.md", "stablevps-testing:"),
    ("bindings/kotlin/android/build.gradle.kts", "\nversion = \""),
    ("bindings/kotlin/benches/pom.xml", PARENT),
    ("bindings/kotlin/pom.xml", PARENT),
    ("bindings/kotlin/stablevps-testing/pom.xml", PARENT),
    ("bindings/kotlin/stablevps/pom.xml", PARENT),
    (
        "bindings/kotlin/stablevps/src/main/kotlin/com/stablevps/Version.kt",
        "VERSION: String = \"",
    ),
    (
        "bindings/kotlin/tests/consumer/pom.xml",
        "<artifactId>stablevps</artifactId>\n      <version>",
    ),
    (
        "bindings/kotlin/tests/consumer/pom.xml",
        "<artifactId>stablevps-testing</artifactId>\n      <version>",
    ),
    ("bindings/kotlin/tests/pom.xml", PARENT),
    ("bindings/python/src/stablevps/_version.py", "VERSION = \""),
    ("bindings/swift/Package.swift", "/sdk/swift/"),
    (
        "bindings/swift/Sources/StableVPS/Session.swift",
        "let version = \"",
    ),
    ("examples/browser-fleet/README.md", "stablevps-"),
    ("examples/browser-fleet/package.json", "\"stablevps\": \"^"),
    ("examples/kotlin-bot/pom.xml", "<stablevps.version>"),
    ("examples/node-reseller/README.md", "stablevps-"),
    ("examples/node-reseller/package.json", "\"stablevps\": \"^"),
    (
        "tests/fuzz/Cargo.lock",
        "name = \"stablevps-core\"\nversion = \"",
    ),
    ("Cargo.lock", "name = \"stablevps-core\"\nversion = \""),
];

/// How a module of Maven's names the version of all of them.
const PARENT: &str = "<artifactId>stablevps-parent</artifactId>\n";

/// Sets the version everywhere.
pub fn set(new: &str) -> Result<()> {
    ensure!(
        is_version(new),
        "{new} is no version, such as 1.2.3 or 1.2.3-rc.1"
    );
    let old = current()?;
    for (file, before) in PLACES {
        let path = root().join(file);
        let text = fs::read_to_string(&path).context(file)?;
        let changed = replaced(&text, before, &old, new);
        let changed = changed.with_context(|| format!("{file} does not name {old}"))?;
        fs::write(path, changed)?;
    }
    for manifest in ["Cargo.toml", "tests/fuzz/Cargo.toml"] {
        let mut update = Command::new("cargo");
        update
            .args(["update", "--quiet", "--workspace", "--manifest-path"])
            .arg(manifest)
            .current_dir(root());
        finish(&mut update)?;
    }
    println!("{old} is now {new}; CHANGELOG.md needs a section [{new}]");
    Ok(())
}

/// Makes sure that every file names the same version, and prints it.
pub fn check() -> Result<()> {
    let version = current()?;
    for (file, before) in PLACES {
        let text = fs::read_to_string(root().join(file)).context(file)?;
        ensure!(
            replaced(&text, before, &version, &version).is_some(),
            "{file} does not name {version} after {before:?}: `cargo xtask version {version}` sets it"
        );
    }
    println!("{version}");
    Ok(())
}

/// Prints what the changelog says of a version: the notes of its release.
pub fn notes(version: &str) -> Result<()> {
    let changelog = fs::read_to_string(root().join("CHANGELOG.md"))?;
    let notes = section(&changelog, version);
    let notes = notes.with_context(|| format!("CHANGELOG.md has no section [{version}]"))?;
    ensure!(!notes.is_empty(), "the section [{version}] is empty");
    println!("{notes}");
    Ok(())
}

/// What all crates of the workspace have.
pub fn current() -> Result<String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml"))?;
    let after = manifest.split_once("[workspace.package]");
    let version = after.and_then(|(_, rest)| rest.split('"').nth(1));
    match version {
        Some(version) if is_version(version) => Ok(version.to_owned()),
        other => bail!("Cargo.toml names no version, but {other:?}"),
    }
}

/// A text with one version in place of another wherever it stands after `before`, or after the first tag that
/// follows it. None where it does not stand there.
fn replaced(text: &str, before: &str, old: &str, new: &str) -> Option<String> {
    let tag = if before == PARENT { "<version>" } else { "" };
    let mut parts = text.split(before);
    let mut made = parts.next()?.to_owned();
    let mut found = false;
    for part in parts {
        made.push_str(before);
        let gap = part.len() - part.trim_start().len();
        let (space, rest) = part.split_at(if tag.is_empty() { 0 } else { gap });
        made.push_str(space);
        let named = rest
            .strip_prefix(tag)
            .and_then(|rest| rest.strip_prefix(old));
        match named.filter(|rest| ends_there(rest)) {
            Some(rest) => {
                found = true;
                made.extend([tag, new, rest]);
            }
            None => made.push_str(rest),
        }
    }
    found.then_some(made)
}

/// Whether a version ends where this begins.
fn ends_there(rest: &str) -> bool {
    let mut characters = rest.chars();
    match characters.next() {
        Some('.') => !characters.next().is_some_and(|next| next.is_ascii_digit()),
        Some(next) => !next.is_ascii_digit(),
        None => true,
    }
}

fn is_version(text: &str) -> bool {
    let (numbers, rest) = text.split_once('-').unwrap_or((text, "rc"));
    let numbers: Vec<_> = numbers.split('.').map(str::parse::<u32>).collect();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '.';
    numbers.len() == 3
        && numbers.iter().all(Result::is_ok)
        && !rest.is_empty()
        && rest.chars().all(is_plain)
}

/// What stands below the heading of a version.
fn section(changelog: &str, version: &str) -> Option<String> {
    let heading = format!("## [{version}]");
    let lines = changelog.lines().skip_while(|line| {
        let after = line.strip_prefix(&heading);
        !after.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    });
    let mut lines = lines.peekable();
    lines.peek()?;
    let below: Vec<_> = lines
        .skip(1)
        .take_while(|line| !line.starts_with("## ") && !line.starts_with("[unreleased]: "))
        .collect();
    Some(below.join("\n").trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::{PARENT, check, is_version, replaced, section};

    #[test]
    fn every_file_names_the_same_version() {
        check().expect("the same version");
    }

    #[test]
    fn a_version_is_replaced_where_it_stands_and_nowhere_else() {
        let made = |text: &str, before| replaced(text, before, "0.1.0", "0.2.0");
        let text = "a = \"0.1.0\"\nversion = \"0.1.0\"\nversion = \"0.1.01\"";
        assert_eq!(
            made(text, "version = \"").as_deref(),
            Some("a = \"0.1.0\"\nversion = \"0.2.0\"\nversion = \"0.1.01\"")
        );
        assert_eq!(made("version = \"0.1.0.1\"", "version = \""), None);
        let module = format!("{PARENT}    <version>0.1.0</version>");
        let wanted = format!("{PARENT}    <version>0.2.0</version>");
        assert_eq!(made(&module, PARENT), Some(wanted));
    }

    #[test]
    fn versions_have_three_numbers() {
        assert!(is_version("1.20.3") && is_version("1.0.0-rc.1"));
        for wrong in ["1.2", "1.2.x", "v1.2.3", "1.2.3-", "1.2.3-a b"] {
            assert!(!is_version(wrong), "{wrong}");
        }
    }

    #[test]
    fn the_notes_of_a_release_are_its_section() {
        let changelog = "# Changelog\n\n## [Unreleased]\n- b\n\n## [0.1.0] - 2026-01-01\n\n- a\n\n## [0.0.1]\n- z\n";
        assert_eq!(section(changelog, "0.1.0").as_deref(), Some("- a"));
        assert_eq!(section(changelog, "0.0.1").as_deref(), Some("- z"));
        assert_eq!(section(changelog, "0.1"), None);
    }
}
