//! Zig as linker and C compiler for other platforms, from the Python package index.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::platform::Platform;
use super::toolchain::cargo_variable;
use crate::python::{Venv, interpreter};
use crate::shell::{cache, finish, headline, output};

/// The packages: Zig, and what turns rustc's arguments into those that it understands.
const PACKAGES: [&str; 2] = ["ziglang==0.17.1", "cargo-zigbuild==0.24.1"];

/// The linker of a platform.
///
/// Zig takes `--strip-debug` for `--strip-all`, and the binding generator reads the symbol table: it is stripped
/// afterwards. `-g0` comes last, because ring asks for `-g` whatever the profile says.
const LINKER: &str = r#"#!/bin/bash
strip= output= previous= arguments=()
for argument in "$@"; do
  [ "$previous" = -o ] && output=$argument
  previous=$argument
  case $argument in
    -Wl,--strip-debug | -Wl,-S) strip=yes ;;
    *) arguments+=("$argument") ;;
  esac
done
export PATH="@BIN@:$PATH"
cargo-zigbuild zig cc -- -fno-sanitize=all -target @TARGET@ "${arguments[@]}" -g0 || exit
[ -z "$strip" ] || LD_LIBRARY_PATH=@SYSROOT@/lib "@OBJCOPY@" --strip-debug "$output"
"#;

/// An installed Zig.
pub struct Zig {
    folder: PathBuf,
}

impl Zig {
    /// The one in the cache, which is installed where it is missing: half a minute and 440 MB.
    pub fn ready() -> Result<Self> {
        let folder = cross()?.join("zig");
        let stamp = folder.join("installed.txt");
        let wanted = PACKAGES.join("\n");
        if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(Self { folder });
        }
        headline("installing Zig, which links for other platforms");
        let _ = interpreter()?;
        Venv::fresh(&folder)?.pip(&PACKAGES)?;
        std::fs::write(stamp, wanted)?;
        Ok(Self { folder })
    }

    /// Its compiler, for a target by Zig's own name.
    pub fn command(&self, compiler: &str, target: &str) -> Command {
        let mut command = self.python();
        command.args([compiler, "-target", target]);
        command
    }

    /// Its archiver.
    pub fn archiver(&self) -> Command {
        let mut command = self.python();
        command.arg("ar");
        command
    }

    /// The folder of the sources and headers that it brings.
    pub fn library(&self) -> Result<PathBuf> {
        let where_is_it = "import ziglang; print(ziglang.__path__[0])";
        let mut ask = Command::new(self.folder.join("bin/python"));
        let folder = output(ask.args(["-c", where_is_it]))?;
        Ok(Path::new(folder.trim()).join("lib"))
    }

    fn python(&self) -> Command {
        let mut command = Command::new(self.folder.join("bin/python"));
        command.args(["-m", "ziglang"]);
        command
    }

    /// What cargo and the `cc` crate find the linker and the C compiler of a platform by.
    pub fn variables(&self, platform: Platform) -> Result<Vec<(String, OsString)>> {
        let folder = cross()?.join("bin").join(platform.target());
        std::fs::create_dir_all(&folder)?;
        let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]))?;
        let objcopy = objcopy(Path::new(sysroot.trim()))?;
        let bin = self.folder.join("bin");
        let linker = LINKER
            .replace("@BIN@", &bin.to_string_lossy())
            .replace("@TARGET@", platform.zig_target())
            .replace("@SYSROOT@", sysroot.trim())
            .replace("@OBJCOPY@", &objcopy.to_string_lossy());
        let python = bin.join("python");
        let archiver = format!(
            "#!/bin/sh\nexec \"{}\" -m ziglang ar \"$@\"\n",
            python.display()
        );
        let (cc, ar) = (folder.join("cc"), folder.join("ar"));
        executable(&cc, &linker)?;
        executable(&ar, &archiver)?;
        let name = platform.target().replace('-', "_");
        Ok(vec![
            (format!("CC_{name}"), cc.clone().into()),
            (format!("AR_{name}"), ar.into()),
            (cargo_variable(platform, "LINKER"), cc.into()),
        ])
    }
}

/// Compiles a C program or library for a platform.
pub fn compile(platform: Platform, source: &Path, out: &Path, words: &[&str]) -> Result<()> {
    let _ = Zig::ready()?.variables(platform)?;
    let compiler = cross()?.join("bin").join(platform.target()).join("cc");
    let mut compile = Command::new(compiler);
    compile.arg(source).arg("-o").arg(out).args(words);
    finish(&mut compile)
}

/// The folder of what builds for other platforms.
pub fn cross() -> Result<PathBuf> {
    let folder = cache()?.join("cross");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Removes the symbols that no program needs.
pub fn stripped(library: &Path) -> Result<()> {
    let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]))?;
    let sysroot = Path::new(sysroot.trim());
    let mut strip = Command::new(objcopy(sysroot)?);
    strip.arg("--strip-unneeded").arg(library);
    finish(strip.env("LD_LIBRARY_PATH", sysroot.join("lib")))
}

/// The toolchain's own `objcopy`.
pub fn objcopy(sysroot: &Path) -> Result<PathBuf> {
    let version = output(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("rustc names no host")?;
    let program = sysroot
        .join("lib/rustlib")
        .join(host)
        .join("bin/rust-objcopy");
    ensure!(
        program.exists(),
        "the Rust toolchain has no {}",
        program.display()
    );
    Ok(program)
}

/// Writes a script, unless it is as it should be: another process may be running it.
pub fn executable(path: &Path, script: &str) -> Result<()> {
    if std::fs::read_to_string(path).is_ok_and(|present| present == script) {
        return Ok(());
    }
    let partial = path.with_extension("partial");
    std::fs::write(&partial, script)?;
    finish(Command::new("chmod").arg("+x").arg(&partial))?;
    std::fs::rename(partial, path)?;
    Ok(())
}
