//! The Python package: its build, and virtual environments to use it in.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::once::Once;
use crate::shell::{cache, finish, headline, output, root, target};

/// What builds the package.
const BUILD: &str = "bindings/python/requirements-build.txt";
/// What the tests, the checks and the benchmarks need beside the package.
const TOOLS: &str = "bindings/python/requirements-dev.txt";

/// The largest wheel, in bytes.
pub const WHEEL_LIMIT: u64 = 2_400_000;

/// A Python that is new enough.
pub fn interpreter() -> Result<PathBuf> {
    let candidates = [
        "python3",
        "python",
        "python3.13",
        "python3.12",
        "python3.11",
        "python3.10",
    ];
    let probe = "import sys; assert sys.version_info >= (3, 10); print(sys.executable)";
    for candidate in candidates {
        if let Ok(path) = output(Command::new(candidate).args(["-c", probe])) {
            return Ok(PathBuf::from(path.trim()));
        }
    }
    bail!("Python 3.10 or newer is needed, and none of {candidates:?} is one")
}

/// A virtual environment.
#[derive(Clone)]
pub struct Venv {
    folder: PathBuf,
}

impl Venv {
    /// The one with the development tools, kept between runs. It is replaced when they change.
    pub fn with_tools() -> Result<Self> {
        static VENV: Once<Venv> = Once::new();
        VENV.get(|| Self::kept("python-tools", TOOLS))
    }

    /// The same, with the package installed from its wheel.
    pub fn with_package() -> Result<Self> {
        static VENV: Once<Venv> = Once::new();
        VENV.get(|| {
            let venv = Self::with_tools()?;
            let wheel = wheel()?;
            venv.pip(&["--force-reinstall", "--no-deps", &wheel.to_string_lossy()])?;
            Ok(venv)
        })
    }

    /// One with what a file names, which lies in the cache.
    fn kept(name: &str, file: &str) -> Result<Self> {
        let wanted = std::fs::read_to_string(root().join(file)).context(file.to_owned())?;
        let venv = Self {
            folder: cache()?.join(name),
        };
        let stamp = venv.folder.join("installed.txt");
        if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(venv);
        }
        headline(&format!("installing what {file} names"));
        let venv = Self::fresh(&venv.folder)?;
        venv.pip(&["-r", file])?;
        std::fs::write(&stamp, wanted)?;
        Ok(venv)
    }

    /// An empty one.
    pub fn fresh(folder: &Path) -> Result<Self> {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        let python = interpreter()?;
        let mut make = Command::new(&python);
        make.args(["-m", "venv"]).arg(folder);
        finish(&mut make).context(
            "a virtual environment can't be made (Debian and Ubuntu: apt install python3-venv)",
        )?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// A program of the environment.
    pub fn program(&self, name: &str) -> PathBuf {
        let scripts = if cfg!(windows) { "Scripts" } else { "bin" };
        self.folder.join(scripts).join(name)
    }

    /// Its Python.
    pub fn python(&self) -> Command {
        let mut command = Command::new(self.program("python"));
        command
            .env_remove("PYTHONPATH")
            .env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    /// Where a package is installed.
    pub fn site_package(&self, name: &str) -> Result<PathBuf> {
        let code = format!("import {name}, os; print(os.path.dirname({name}.__file__))");
        let folder = output(self.python().args(["-I", "-c", &code]))?;
        Ok(PathBuf::from(folder.trim()))
    }

    /// A program as it runs where the environment was activated.
    pub fn activated(&self, name: &str) -> Result<Command> {
        let program = self.program(name);
        let scripts = program.parent().map(Path::to_owned).into_iter();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(scripts.chain(std::env::split_paths(&path)))?;
        let mut command = Command::new(&program);
        command.env("PATH", path).env("VIRTUAL_ENV", &self.folder);
        Ok(command)
    }

    /// Installs into it.
    pub fn pip(&self, arguments: &[&str]) -> Result<()> {
        let mut command = self.python();
        command
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .args(arguments)
            .current_dir(root());
        finish(&mut command)
    }
}

/// What builds wheels.
pub fn maturin() -> Result<PathBuf> {
    static VENV: Once<Venv> = Once::new();
    let venv = VENV.get(|| Venv::kept("python-build", BUILD))?;
    Ok(venv.program("maturin"))
}

/// Builds the wheel.
pub fn wheel() -> Result<PathBuf> {
    static WHEEL: Once<PathBuf> = Once::new();
    WHEEL.get(build)
}

fn build() -> Result<PathBuf> {
    let maturin = maturin()?;
    headline("building the Python wheel");
    let folder = target().join("wheels");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let mut build = Command::new(maturin);
    build
        .args(["build", "--quiet", "--locked", "--profile", "dist", "--out"])
        .arg(&folder)
        .current_dir(root().join("bindings/python"));
    finish(&mut build)?;
    let entries = std::fs::read_dir(&folder)?
        .flatten()
        .map(|entry| entry.path());
    let mut wheels = entries.filter(|path| path.extension().is_some_and(|end| end == "whl"));
    wheels.next().context("no wheel was built")
}
