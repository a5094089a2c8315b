//! Profiles: named API keys, in the system's keyring where there is one, else in a file that only its owner can read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::keyring;
use crate::places::{Durability, read, replace};

/// The name of the profile when none is given.
pub const DEFAULT: &str = "default";

/// A named key.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// The server it belongs to; none for the service itself.
    pub base_url: Option<String>,
    stored: Stored,
}

/// Where a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// In the system's keyring.
    Keyring,
    /// In the file of profiles.
    File,
}

/// Every profile.
#[derive(Debug)]
pub struct Profiles {
    path: PathBuf,
    file: Credentials,
    all: BTreeMap<String, Profile>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Credentials {
    /// The profile that is used when none is named: the one of the last login.
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<String>,
    #[serde(default)]
    profiles: BTreeMap<String, Stored>,
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    #[serde(skip_serializing_if = "Option::is_none")]
    base_url: Option<String>,
    /// Absent where the keyring has the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key: Option<String>,
}

/// Without the key.
impl std::fmt::Debug for Stored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stored")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

impl Profiles {
    /// Those of a folder.
    pub fn open(folder: &Path) -> Outcome<Self> {
        let path = folder.join("credentials.json");
        let file: Credentials = match read(&path)? {
            None => Credentials::default(),
            Some(text) => serde_json::from_str(&text).map_err(|error| {
                Failure::new(Exit::General, format!("{}: {error}", path.display()))
                    .next("Mend the file, or remove it and run `svps login`.")
            })?,
        };
        let profile = |(name, stored): (&String, &Stored)| {
            let profile = Profile {
                name: name.clone(),
                base_url: stored.base_url.clone(),
                stored: stored.clone(),
            };
            (name.clone(), profile)
        };
        let all = file.profiles.iter().map(profile).collect();
        Ok(Self { path, file, all })
    }

    /// The profile of that name.
    pub fn get(&self, name: &str) -> Outcome<&Profile> {
        self.all.get(name).ok_or_else(|| {
            Failure::usage(format!("there is no profile `{name}`"))
                .next(format!("Make it with `svps login --profile {name}`."))
        })
    }

    /// The one that is used when none is named.
    pub fn default(&self) -> Option<&Profile> {
        self.file
            .default
            .as_ref()
            .and_then(|name| self.all.get(name))
    }

    /// The key of a profile.
    pub fn key(&self, profile: &Profile) -> Outcome<String> {
        match &profile.stored.api_key {
            Some(key) => Ok(key.clone()),
            None => keyring::key(&self.entry(&profile.name)).map_err(|reason| {
                let name = &profile.name;
                let message =
                    format!("the system's keyring does not give the key of `{name}`: {reason}");
                Failure::new(Exit::General, message)
                    .next("Unlock the keyring, or run `svps login` again.")
            }),
        }
    }

    /// Keeps a key, and uses its profile from now on.
    pub fn keep(
        &mut self,
        name: &str,
        base_url: Option<String>,
        key: &str,
        wanted: Kept,
    ) -> Outcome<Kept> {
        let is_in_keyring =
            wanted == Kept::Keyring && keyring::keep(&self.entry(name), key).is_ok();
        let api_key = (!is_in_keyring).then(|| key.to_owned());
        self.file
            .profiles
            .insert(name.to_owned(), Stored { base_url, api_key });
        self.file.default = Some(name.to_owned());
        self.write()?;
        Ok(if is_in_keyring {
            Kept::Keyring
        } else {
            Kept::File
        })
    }

    /// Forgets a key.
    pub fn forget(&mut self, name: &str) -> Outcome {
        let profile = self.get(name)?;
        if profile.stored.api_key.is_none() {
            keyring::forget(&self.entry(name)).map_err(|reason| {
                let message = format!("the system's keyring does not forget the key: {reason}");
                Failure::new(Exit::General, message)
            })?;
        }
        self.file.profiles.remove(name);
        if self.file.default.as_deref() == Some(name) {
            self.file.default = self.file.profiles.keys().next().cloned();
        }
        self.write()
    }

    /// The file that names the profiles.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn write(&self) -> Outcome {
        let text = serde_json::to_string_pretty(&self.file)
            .map_err(|error| Failure::new(Exit::General, error.to_string()))?;
        replace(&self.path, &text, Durability::PowerLoss)
    }

    /// What the keyring calls a profile of this file. Folders of their own have entries of their own.
    fn entry(&self, name: &str) -> String {
        format!("{name} ({})", self.path.display())
    }
}
