//! The token of the purchase under way, in a file.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// A file that holds a token, or is not there.
pub struct TokenFile(PathBuf);

impl TokenFile {
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// The token. A file that can't be read may hold that of an order: that is an error.
    pub fn read(&self) -> io::Result<Option<String>> {
        match fs::read_to_string(&self.0) {
            Ok(token) => Ok(Some(token)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes a token so that a crash leaves the old one or the new one, never half of it.
    pub fn write(&self, token: &str) -> io::Result<()> {
        let new = self.0.with_extension("new");
        let mut file = File::create(&new)?;
        file.write_all(token.as_bytes())?;
        file.sync_all()?;
        fs::rename(new, &self.0)
    }

    pub fn remove(&self) -> io::Result<()> {
        match fs::remove_file(&self.0) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}
