//! A small Debian root with Swift, for Debian machines without Swift. It is made once, in about a minute, with
//! a download of 570 MB, and takes 930 MB on disk. Programs in it share the machine's network and users, and see
//! only the folders that are mounted while a command runs.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::files::replace;
use crate::debian::{self, mirror};
use crate::shell::{cache, finish, headline, output};

/// The Debian release that has Swift 6.
const SUITE: &str = "trixie";

/// The content of a complete root's stamp. It changes with the way the root is made.
const STAMP: &str = "v3 trixie swiftlang libc6-dev libsqlite3-dev";

/// The root's folder. Checkouts of other stamps keep theirs.
const FOLDER: &str = "swift-root-3";

/// The folder of Swift in the root.
const SWIFT: &str = "/usr/libexec/swift";

/// What is not installed: documentation, debuggers, support for editors, and static libraries.
const LEFT_OUT: [&str; 19] = [
    "/usr/share/doc/*",
    "/usr/share/man/*",
    "/usr/share/locale/*",
    "/usr/share/info/*",
    "{swift}/bin/lldb*",
    "{swift}/bin/clangd",
    "{swift}/bin/lld",
    "{swift}/bin/sourcekit-lsp",
    "{swift}/bin/docc",
    "{swift}/bin/swift-format",
    "{swift}/bin/swift-build-sdk-interfaces",
    "{swift}/lib/liblldb*",
    "{swift}/lib/libLTO*",
    "{swift}/lib/libsourcekitdInProc*",
    "{swift}/lib/libswiftGenericMetadataBuilder*",
    "{swift}/lib/swift/host/lib_InternalSwiftScan*",
    "{swift}/lib/swift/embedded/*",
    "{swift}/lib/swift/FrameworkABIBaseline/*",
    "{swift}/lib/swift_static/*",
];

/// Mounts are made in a namespace of the command, so they end with it.
const ENTER: &str = r#"# Runs a program in the root, in a folder of it: ROOT FOLDER [HERE THERE]... -- [NAME=VALUE]... PROGRAM ...
root=$1; folder=$2; shift 2
mount -t proc proc "$root/proc"
while [ "$1" != -- ]; do
  mkdir -p "$root$2"; mount --bind "$1" "$root$2"; shift 2
done
shift
exec chroot "$root" /usr/bin/env -i HOME=/root LANG=C.UTF-8 SWIFT_BACKTRACE=enable=no NO_COLOR=1 \
  PATH=/usr/libexec/swift/bin:/usr/bin:/bin \
  /bin/sh -c 'cd "$0" && exec env "$@"' "$folder" "$@"
"#;

/// Whether a root can be made on this machine.
pub fn is_possible() -> bool {
    Path::new("/etc/debian_version").exists()
        && output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// The path of the root, which is made where it is missing.
pub fn ready() -> Result<PathBuf> {
    let folder = cache()?.join(FOLDER);
    let is_stamped = |folder: &Path| {
        std::fs::read_to_string(folder.join(".swift-root-ready")).is_ok_and(|text| text == STAMP)
    };
    if is_stamped(&folder) {
        return Ok(folder);
    }
    headline("making a Debian root with Swift");
    if output(Command::new("mmdebstrap").arg("--version")).is_err() {
        debian::install(&["mmdebstrap"])?;
    }
    let partial = cache()?.join(format!("{FOLDER}.{}", std::process::id()));
    remove(&partial)?;
    make(&partial)?;
    std::fs::write(partial.join(".swift-root-ready"), STAMP)?;
    if is_stamped(&folder) {
        // Another process made the root meanwhile.
        remove(&partial)?;
    } else {
        remove(&folder)?;
        std::fs::rename(&partial, &folder)?;
    }
    Ok(folder)
}

fn make(folder: &Path) -> Result<()> {
    let mut make = Command::new("mmdebstrap");
    make.args([
        "--quiet",
        "--mode=root",
        "--variant=minbase",
        "--components=main",
    ]);
    for path in LEFT_OUT {
        let path = path.replace("{swift}", SWIFT);
        make.arg(format!("--dpkgopt=path-exclude={path}"));
    }
    make.arg(format!("--dpkgopt=path-exclude={SWIFT}/lib/clang/*/lib/*"))
        .args([
            "--aptopt=Acquire::Check-Valid-Until \"false\"",
            "--aptopt=APT::Install-Recommends \"false\"",
            "--include=swiftlang,libc6-dev,libsqlite3-dev,ca-certificates",
            SUITE,
        ])
        .arg(folder)
        .arg(mirror()?)
        .env("DEBIAN_FRONTEND", "noninteractive");
    finish(&mut make)?;
    std::fs::create_dir_all(folder.join("proc")).context("the root has no /proc")
}

/// Removes a root, unless something is mounted in it.
fn remove(folder: &Path) -> Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    let inside = format!(" {}/", folder.display());
    let mounts = std::fs::read_to_string("/proc/self/mounts")?;
    ensure!(
        !mounts.contains(&inside),
        "something is mounted under {}",
        folder.display()
    );
    finish(
        Command::new("rm")
            .args(["-rf", "--one-file-system"])
            .arg(folder),
    )
}

/// A command that runs in a folder of the root. The caller adds variables and the program. `mounts` are folders of
/// this machine, with their paths in the root.
pub fn command(root: &Path, mounts: &[(PathBuf, &str)], folder: &str) -> Result<Command> {
    let script = root.with_extension("sh");
    replace(&script, ENTER.as_bytes())?;
    let mut command = Command::new("unshare");
    command
        .args(["--mount", "--propagation", "private", "--"])
        .args(["/bin/sh", "-e"])
        .arg(script)
        .arg(root)
        .arg(folder);
    for (here, there) in mounts {
        command.arg(here).arg(there);
    }
    command.arg("--");
    Ok(command)
}
