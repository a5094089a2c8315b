//! The system's keyring: the Secret Service on Linux, the Keychain on macOS, the Credential Manager on Windows.

#[cfg(feature = "keyring")]
mod system {
    use keyring::v1::{Entry, Error};

    fn entry(name: &str) -> Result<Entry, Error> {
        Entry::new("svps", name)
    }

    pub fn key(name: &str) -> Result<String, String> {
        entry(name)
            .and_then(|entry| entry.get_password())
            .map_err(|error| error.to_string())
    }

    pub fn keep(name: &str, key: &str) -> Result<(), String> {
        entry(name)
            .and_then(|entry| entry.set_password(key))
            .map_err(|error| error.to_string())
    }

    pub fn forget(name: &str) -> Result<(), String> {
        match entry(name).and_then(|entry| entry.delete_credential()) {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }
}

#[cfg(not(feature = "keyring"))]
mod system {
    fn none<T>() -> Result<T, String> {
        Err("this svps was built without it".to_owned())
    }

    pub fn key(_name: &str) -> Result<String, String> {
        none()
    }

    pub fn keep(_name: &str, _key: &str) -> Result<(), String> {
        none()
    }

    pub fn forget(_name: &str) -> Result<(), String> {
        none()
    }
}

pub use system::{forget, keep, key};
