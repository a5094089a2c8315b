//! Debian's packages: installed, or unpacked where they are a compiler's or an emulator's.

use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result};

use crate::once::Once;
use crate::shell::{finish, output};

/// Fetches the lists of packages.
pub fn update() -> Result<()> {
    static UPDATED: Once<()> = Once::new();
    UPDATED.get(|| finish(Command::new("apt-get").args(["update", "-qq"])))
}

/// Installs packages, for one thread at a time.
pub fn install(packages: &[&str]) -> Result<()> {
    static APT: Mutex<()> = Mutex::new(());
    update()?;
    let _alone = APT.lock().unwrap_or_else(PoisonError::into_inner);
    let mut install = Command::new("apt-get");
    install.args(["install", "-qqy", "--no-install-recommends"]);
    install.args(packages);
    finish(install.env("DEBIAN_FRONTEND", "noninteractive"))
}

/// The mirror that this machine installs its packages from.
pub fn mirror() -> Result<String> {
    let mut targets = Command::new("apt-get");
    targets.args([
        "indextargets",
        "--format",
        "$(REPO_URI)",
        "Created-By: Packages",
    ]);
    let listed = output(&mut targets)?;
    let mut sources = listed.lines().map(|line| line.trim_end_matches('/'));
    let debian = sources.find(|source| source.ends_with("/debian"));
    Ok(debian.context("apt knows no mirror of Debian")?.to_owned())
}

/// The first package that a package depends on and whose name begins so.
pub fn dependency(package: &str, prefix: &str) -> Result<String> {
    let printed = output(Command::new("apt-cache").args(["depends", package]))?;
    printed
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Depends: "))
        .find(|name| name.starts_with(prefix))
        .map(str::to_owned)
        .with_context(|| format!("{package} depends on no {prefix}*"))
}

/// The unpacked compiler finds its own libraries only through `LD_LIBRARY_PATH`.
pub fn write_wrapper(path: &Path) -> Result<()> {
    let script = "#!/bin/sh\n\
        root=$(dirname \"$(readlink -f \"$0\")\")/root\n\
        libraries=$(dirname \"$(find \"$root/usr/lib\" -name 'librustc_driver-*.so' | head -n 1)\")\n\
        LD_LIBRARY_PATH=$libraries exec \"$root/usr/bin/rustc\" \"$@\"\n";
    std::fs::write(path, script)?;
    finish(Command::new("chmod").arg("+x").arg(path))
}

/// Downloads Debian packages into a folder, and unpacks them into another.
pub fn unpacked(packages: &[&str], debs: &Path, root: &Path) -> Result<()> {
    std::fs::create_dir_all(debs)?;
    std::fs::create_dir_all(root)?;
    let mut download = Command::new("apt-get");
    download.args(["download", "-qq", "-o", "APT::Sandbox::User=root"]);
    finish(download.args(packages).current_dir(debs))?;
    for deb in std::fs::read_dir(debs)?.flatten() {
        let mut unpack = Command::new("dpkg");
        finish(unpack.arg("-x").arg(deb.path()).arg(root))?;
    }
    Ok(())
}

/// Whether a folder holds a standard library.
pub fn holds_core(folder: &Path) -> bool {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    files
        .filter_map(|file| file.file_name().into_string().ok())
        .any(|name| name.starts_with("libcore-"))
}
