//! Where the command keeps its files.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;

use crate::exit::Exit;
use crate::failure::{Failure, Outcome};

/// The folders of one person's files. A simulated account has both in a folder of its own.
#[derive(Clone, Debug)]
pub struct Places {
    /// Profiles: `$XDG_CONFIG_HOME/svps`; on Windows `%APPDATA%\svps`.
    pub config: PathBuf,
    /// Open purchases: `$XDG_STATE_HOME/svps`; on Windows `%LOCALAPPDATA%\svps`, which stays on the machine.
    pub state: PathBuf,
}

impl Places {
    /// Those of the real service.
    pub fn of_person() -> Outcome<Self> {
        let strategy = etcetera::choose_base_strategy()
            .map_err(|error| Failure::new(Exit::General, format!("no home folder: {error}")))?;
        // Windows has no folder for states, and copies that of data to a person's other machines.
        let state = strategy.state_dir().unwrap_or_else(|| strategy.cache_dir());
        Ok(Self {
            config: strategy.config_dir().join("svps"),
            state: state.join("svps"),
        })
    }

    /// Those of a simulated account: all in one folder, by default `simulated` among the person's.
    pub fn of_world(folder: Option<PathBuf>) -> Outcome<Self> {
        let folder = match folder {
            Some(folder) => folder,
            None => Self::of_person()?.state.join("simulated"),
        };
        Ok(Self {
            config: folder.clone(),
            state: folder,
        })
    }
}

/// Makes a folder that only its owner can look into, where there is none.
pub fn make_folder(folder: &Path) -> Outcome {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|error| Failure::file(folder, &error))
}

/// Replaces a file in one step: whoever reads it, and whatever is interrupted, finds the old text or the new one. Only
/// the owner can read it.
pub fn replace(path: &Path, text: &str, durability: Durability) -> Outcome {
    let folder = path.parent().unwrap_or(Path::new("."));
    make_folder(folder)?;
    let write = || -> std::io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        if durability == Durability::PowerLoss {
            file.as_file().sync_all()?;
        }
        file.persist(path)?;
        #[cfg(unix)]
        if durability == Durability::PowerLoss {
            fs::File::open(folder)?.sync_all()?;
        }
        Ok(())
    };
    write().map_err(|error| Failure::file(path, &error))
}

/// What a file that was written survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// The end of the process.
    Kill,
    /// The end of the machine.
    PowerLoss,
}

/// The text of a file; none where there is no such file.
pub fn read(path: &Path) -> Outcome<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::file(path, &error)),
    }
}
