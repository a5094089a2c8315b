//! What runs programs of other platforms: qemu with a small root of Debian's for 64-bit ARM, Wine for Windows, and
//! musl's own loader. All come from Debian's packages, and are unpacked in the cache, not installed.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use super::platform::Platform;
use super::zig::{compile, cross, executable};
use crate::debian::{self, mirror, unpacked};
use crate::shell::{finish, headline, output, root};

/// The suite of the root: its Python is one that many people have.
const SUITE: &str = "bookworm";
/// The root's packages: Python with its library, and the other libc.
const ARM_PACKAGES: &str = "python3,libc6,musl";
/// Those of the root with a Java.
const ARM_JAVA_PACKAGES: &str = "openjdk-17-jre-headless,libc6";

/// A script that runs a program of a platform, with the program and its arguments as its own. None where the
/// machine runs such programs itself, and an error where nothing does.
pub fn emulator(platform: Platform) -> Result<Option<PathBuf>> {
    let is_linux = cfg!(target_os = "linux");
    let is_native = match platform {
        Platform::LinuxX86_64 => is_linux && cfg!(target_arch = "x86_64"),
        Platform::LinuxAarch64 => is_linux && cfg!(target_arch = "aarch64"),
        Platform::WindowsX86_64 => cfg!(all(windows, target_arch = "x86_64")),
        Platform::WindowsAarch64 => cfg!(all(windows, target_arch = "aarch64")),
        Platform::MacosX86_64 => cfg!(all(target_os = "macos", target_arch = "x86_64")),
        Platform::MacosAarch64 => cfg!(all(target_os = "macos", target_arch = "aarch64")),
        Platform::MuslX86_64 | Platform::MuslAarch64 => false,
    };
    if is_native {
        return Ok(None);
    }
    if !are_possible() {
        bail!(
            "only Debian on x86-64 has what runs {} here",
            platform.name()
        );
    }
    match platform {
        Platform::LinuxAarch64 | Platform::MuslAarch64 => arm().map(Some),
        Platform::MuslX86_64 => musl().map(Some),
        Platform::WindowsX86_64 => wine().map(Some),
        Platform::LinuxX86_64
        | Platform::WindowsAarch64
        | Platform::MacosX86_64
        | Platform::MacosAarch64 => {
            bail!("nothing runs {} here", platform.name())
        }
    }
}

/// Whether this machine has what the emulators are made of.
pub fn are_possible() -> bool {
    Path::new("/etc/debian_version").exists()
        && cfg!(all(target_os = "linux", target_arch = "x86_64"))
}

/// The interpreter of the root for 64-bit ARM, as qemu sees it.
pub fn arm_python() -> Result<PathBuf> {
    Ok(cross()?.join("emulators/arm64/usr/bin/python3"))
}

/// The folder of Windows's users, as this machine sees it.
pub fn windows_users() -> Result<PathBuf> {
    Ok(cross()?.join("emulators/windows/drive_c/users"))
}

/// An unpacked folder of packages: made once, by what is given an empty one.
fn once(name: &str, make: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let folder = cross()?.join("emulators").join(name);
    if folder.exists() {
        return Ok(folder);
    }
    headline(&format!("unpacking {name}, which runs other platforms"));
    let partial = folder.with_extension("partial");
    if partial.exists() {
        std::fs::remove_dir_all(&partial)?;
    }
    std::fs::create_dir_all(&partial)?;
    make(&partial)?;
    std::fs::rename(&partial, &folder)?;
    Ok(folder)
}

/// Packages of this machine's architecture.
fn packages(names: &[&str], folder: &Path) -> Result<()> {
    let debs = folder.join("debs");
    debian::update()?;
    unpacked(names, &debs, folder)?;
    Ok(std::fs::remove_dir_all(debs)?)
}

fn arm() -> Result<PathBuf> {
    let qemu = once("qemu", |folder| packages(&["qemu-user-static"], folder))?;
    let arm = once("arm64", |folder| arm_root(folder, ARM_PACKAGES))?;
    let script = format!(
        "#!/bin/sh\nexec \"{}/usr/bin/qemu-aarch64-static\" -L \"{}\" \"$@\"\n",
        qemu.display(),
        arm.display()
    );
    written("run-arm64", &script)
}

/// A script that is a Java for 64-bit ARM.
pub fn arm_java() -> Result<PathBuf> {
    let qemu = once("qemu", |folder| packages(&["qemu-user-static"], folder))?;
    let arm = once("arm64-java", |folder| {
        arm_root(folder, ARM_JAVA_PACKAGES)?;
        // Java's settings are links to the machine's own.
        let mut relink = Command::new("find");
        relink
            .arg(folder.join("usr/lib/jvm"))
            .args(["-lname", "/*"]);
        relink.args([
            "-exec",
            "sh",
            "-c",
            "ln -snf \"$0$(readlink \"$1\")\" \"$1\"",
        ]);
        let kept = cross()?.join("emulators/arm64-java");
        finish(relink.arg(kept).args(["{}", ";"]))
    })?;
    let java = arm.join("usr/lib/jvm/java-17-openjdk-arm64/bin/java");
    let script = format!(
        "#!/bin/sh\nexec \"{}/usr/bin/qemu-aarch64-static\" -L \"{}\" \"{}\" \"$@\"\n",
        qemu.display(),
        arm.display(),
        java.display()
    );
    written("java-arm64", &script)
}

/// Packages for 64-bit ARM, with what they depend on.
fn arm_root(folder: &Path, packages: &str) -> Result<()> {
    if output(Command::new("mmdebstrap").arg("--version")).is_err() {
        debian::install(&["mmdebstrap"])?;
    }
    let mut extract = Command::new("mmdebstrap");
    extract
        .args(["--quiet", "--mode=root", "--variant=extract"])
        .args(["--components=main", "--architectures=arm64"])
        .arg(format!("--include={packages}"))
        .arg("--aptopt=Acquire::Check-Valid-Until \"false\"")
        .arg("--aptopt=APT::Install-Recommends \"false\"")
        .arg(SUITE)
        .arg(folder)
        .arg(mirror()?);
    finish(&mut extract)
}

fn musl() -> Result<PathBuf> {
    let musl = once("musl", |folder| packages(&["musl"], folder))?;
    let loader = musl.join("lib/ld-musl-x86_64.so.1");
    written(
        "run-musl",
        &format!("#!/bin/sh\nexec \"{}\" \"$@\"\n", loader.display()),
    )
}

/// Wine with a Windows of its own. Beside it lie two libraries that it looks for.
fn wine() -> Result<PathBuf> {
    let wine = once("wine", |folder| {
        packages(&["wine64", "libwine", "libz-mingw-w64"], folder)?;
        // The script of this name looks for the program at its installed place.
        let server = folder.join("usr/lib/wine/wineserver");
        std::fs::remove_file(&server)?;
        finish(Command::new("ln").args(["-s", "wineserver64"]).arg(server))
    })?;
    let beside = wine.join("usr/x86_64-w64-mingw32/lib");
    let random = beside.join("bcryptprimitives.dll");
    if !random.exists() {
        let source = root().join("xtask/platforms/bcryptprimitives.c");
        let words = ["-shared", "-ladvapi32"];
        compile(Platform::WindowsX86_64, &source, &random, &words)?;
    }
    let prefix = cross()?.join("emulators/windows");
    let seen = beside.to_string_lossy().replace('/', "\\");
    let script = format!(
        "#!/bin/sh\nexport WINEPREFIX=\"{}\" WINEPATH='Z:{seen}' WINEDEBUG=-all\n\
         export WINEDLLOVERRIDES=mscoree,mshtml,winemenubuilder.exe=\n\
         exec \"{}/usr/lib/wine/wine64\" \"$@\"\n",
        prefix.display(),
        wine.display()
    );
    let run = written("run-windows", &script)?;
    if !prefix.join("system.reg").exists() {
        headline("making a Windows for Wine");
        let mut make = Command::new(&run);
        finish(make.args(["wineboot", "--init"]))?;
    }
    Ok(run)
}

fn written(name: &str, script: &str) -> Result<PathBuf> {
    let path = cross()?.join("emulators").join(name);
    executable(&path, script)?;
    Ok(path)
}
