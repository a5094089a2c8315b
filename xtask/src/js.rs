//! The JavaScript package: its build, and clean projects to use it in.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use crate::debian;
use crate::once::Once;
use crate::shell::{cache, finish, headline, is_ci, output, root, target};
use crate::wasm;

/// Builds the package as it is published.
pub fn tarball() -> Result<PathBuf> {
    static TARBALL: Once<PathBuf> = Once::new();
    TARBALL.get(build)
}

fn build() -> Result<PathBuf> {
    wasm::build()?;
    headline("building the JavaScript package");
    let package = package();
    install(&package)?;
    finish(
        npm()
            .args(["run", "--silent", "build"])
            .current_dir(&package),
    )?;
    let folder = target().join("npm");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let mut pack = npm();
    pack.args(["pack", "--silent", "--pack-destination"])
        .arg(&folder)
        .current_dir(&package);
    let name = output(&mut pack)?;
    Ok(folder.join(name.trim()))
}

/// The package as JSR takes it, of what was built last.
pub fn jsr() -> Result<PathBuf> {
    let folder = target().join("jsr");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let script = package().join("jsr.mjs");
    finish(Command::new("node").arg(script).arg(folder.join("package")))?;
    Ok(folder)
}

/// The package's sources.
pub fn package() -> PathBuf {
    root().join("bindings/js")
}

/// The package manager, silent about everything but errors.
pub fn npm() -> Command {
    let mut npm = Command::new("npm");
    npm.env("npm_config_loglevel", "error")
        .env("npm_config_update_notifier", "false");
    npm
}

/// Installs the tools, whose versions are exact, unless they are there.
fn install(package: &Path) -> Result<()> {
    let wanted = std::fs::read_to_string(package.join("package.json"))?;
    let stamp = package.join("node_modules/.installed.json");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let node = output(Command::new("node").arg("--version"))
        .context("Node 20 or newer is needed: https://nodejs.org")?;
    let major = node.trim().trim_start_matches('v').split('.').next();
    let major: u32 = major.unwrap_or_default().parse().unwrap_or(0);
    ensure!(
        major >= 20,
        "Node 20 or newer is needed, this is {}",
        node.trim()
    );
    headline("installing the JavaScript tools");
    finish(
        npm()
            .args(["install", "--ignore-scripts", "--prefer-offline"])
            .current_dir(package),
    )?;
    std::fs::write(&stamp, wanted)?;
    Ok(())
}

/// A copy of a folder outside the repository, as a project with the package installed from its
/// tarball. What it installed before is kept.
pub fn project(source: &Path, name: &str, tarball: &Path) -> Result<PathBuf> {
    let folder = cache()?.join("js").join(name);
    std::fs::create_dir_all(&folder)?;
    for entry in std::fs::read_dir(&folder)?.flatten() {
        if entry.file_name() == "node_modules" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            std::fs::remove_dir_all(entry.path())?;
        } else {
            std::fs::remove_file(entry.path())?;
        }
    }
    copy(source, &folder)?;
    // By another name npm would take it for what it installed before.
    let before = folder.join("node_modules/stablevps");
    if before.exists() {
        std::fs::remove_dir_all(before)?;
    }
    let mut install = npm();
    install
        .args(["install", "--ignore-scripts", "--prefer-offline"])
        .args(["--no-audit", "--no-fund", "--no-package-lock"])
        .arg(tarball)
        .current_dir(&folder);
    finish(&mut install)?;
    Ok(folder)
}

fn copy(source: &Path, target: &Path) -> Result<()> {
    for entry in std::fs::read_dir(source)?.flatten() {
        let name = entry.file_name();
        if name == "node_modules" || name == "dist" {
            continue;
        }
        let to = target.join(&name);
        if entry.file_type()?.is_dir() {
            std::fs::create_dir_all(&to)?;
            copy(&entry.path(), &to)?;
        } else {
            std::fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

/// A browser: the one that `STABLEVPS_CHROMIUM` names, the system's, or in CI one that is installed.
pub fn chromium() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("STABLEVPS_CHROMIUM") {
        return Ok(named.into());
    }
    let usual = ["/usr/bin/chromium", "/usr/bin/google-chrome"].map(PathBuf::from);
    if let Some(there) = usual.iter().find(|path| path.exists()) {
        return Ok(there.clone());
    }
    if !is_ci() || !Path::new("/etc/debian_version").exists() {
        bail!("Chromium is needed: install it, or name it in STABLEVPS_CHROMIUM");
    }
    headline("installing Chromium");
    debian::install(&["chromium"])?;
    let [debians, _] = usual;
    Ok(debians)
}
