//! The purchases of this machine that are not at their end, one file each.
//!
//! A purchase is written down before its order is sent, and after every step, so that whoever comes after a crash knows
//! what may have been bought. Its file is locked while a process works on it, and removed at its end. A purchase whose
//! end nobody could tell stays until a person forgets it.

use std::fs::{self, File};
use std::hash::{BuildHasher as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::api::Timestamp;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::options::WaitFor;
use crate::places::{Durability, make_folder, read, replace};

const VERSION: u32 = 1;

/// How far a purchase had come when it was last written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// No order was sent.
    Unordered,
    /// The order may have been sent.
    Ordering,
    /// Bought.
    Bought,
    /// The order may have been carried out, and looking at the account could not tell.
    Unresolved,
}

/// A purchase as it is written down. It holds no key and no password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// The form of the file.
    #[serde(rename = "v")]
    pub version: u32,
    /// The purchase's name in this folder.
    pub id: String,
    /// The plan that is bought.
    pub plan: String,
    /// How often it is paid for.
    pub cycle: String,
    /// Where the VPS stands.
    pub location: String,
    /// The profile whose key began it; none where the key came from elsewhere.
    pub profile: Option<String>,
    /// When it began, RFC 3339.
    pub started_at: String,
    /// What is waited for.
    pub wait: WaitFor,
    /// How far it had come.
    pub stage: Stage,
    /// The VPS, once it is known.
    pub vps_id: Option<String>,
    /// From where the client goes on.
    pub token: Option<String>,
}

impl Record {
    /// A purchase that begins now.
    pub fn new(
        plan: &str,
        cycle: &str,
        location: &str,
        profile: Option<String>,
        wait: WaitFor,
    ) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.unwrap_or_default().as_millis();
        Self {
            version: VERSION,
            id: String::new(),
            plan: plan.to_owned(),
            cycle: cycle.to_owned(),
            location: location.to_owned(),
            profile,
            started_at: Timestamp::from_millis(i64::try_from(now).unwrap_or(i64::MAX)).to_string(),
            wait,
            stage: Stage::Unordered,
            vps_id: None,
            token: None,
        }
    }
}

/// The folder of open purchases.
#[derive(Clone, Debug)]
pub struct Purchases {
    folder: PathBuf,
}

/// One open purchase. Nobody else works on it while this exists.
#[derive(Debug)]
pub struct OpenPurchase {
    /// What is written down.
    pub record: Record,
    path: PathBuf,
    lock: PathBuf,
    _locked: File,
}

/// The open purchases of a folder.
#[derive(Debug, Default)]
pub struct Listed {
    /// Those that can be read.
    pub records: Vec<Record>,
    /// What is wrong with the others. Something may have been bought by them.
    pub unreadable: Vec<Failure>,
}

/// Whether a purchase can be worked on.
#[derive(Debug)]
pub enum Claim {
    /// By this process.
    Ours(Box<OpenPurchase>),
    /// Another process works on it.
    InUse,
    /// It has come to its end meanwhile.
    Gone,
}

impl Purchases {
    /// Those of a state folder.
    pub fn new(state: &Path) -> Self {
        Self {
            folder: state.join("purchases"),
        }
    }

    /// Every one, the oldest first.
    pub fn list(&self) -> Outcome<Listed> {
        let mut listed = Listed::default();
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(listed),
            Err(error) => return Err(Failure::file(&self.folder, &error)),
        };
        for entry in entries {
            let path = entry
                .map_err(|error| Failure::file(&self.folder, &error))?
                .path();
            if path.extension().is_some_and(|end| end == "json") {
                match read_record(&path) {
                    Ok(record) => listed.records.extend(record),
                    Err(failure) => listed.unreadable.push(failure),
                }
            }
        }
        listed
            .records
            .sort_by(|one, other| (&one.started_at, &one.id).cmp(&(&other.started_at, &other.id)));
        Ok(listed)
    }

    /// Writes a new purchase down.
    pub fn begin(&self, mut record: Record) -> Outcome<OpenPurchase> {
        make_folder(&self.folder)?;
        loop {
            record.id = random_id();
            let path = self.path(&record.id);
            let lock = self.lock_path(&record.id);
            let Some(locked) = try_lock(&lock)? else {
                continue;
            };
            if path.exists() {
                continue;
            }
            let purchase = OpenPurchase {
                record,
                path,
                lock,
                _locked: locked,
            };
            purchase.write()?;
            return Ok(purchase);
        }
    }

    /// Takes an open purchase up, unless another process has it.
    pub fn claim(&self, id: &str) -> Outcome<Claim> {
        let lock = self.lock_path(id);
        let Some(locked) = try_lock(&lock)? else {
            return Ok(Claim::InUse);
        };
        let path = self.path(id);
        let Some(record) = read_record(&path)? else {
            let _ = fs::remove_file(&lock);
            return Ok(Claim::Gone);
        };
        Ok(Claim::Ours(Box::new(OpenPurchase {
            record,
            path,
            lock,
            _locked: locked,
        })))
    }

    /// The right to be between a purchase's beginning and the end of its order. Two orders at once could not be told apart by
    /// looking at the account, so one process at a time has it; none while another has.
    pub fn turn(&self) -> Outcome<Option<Turn>> {
        make_folder(&self.folder)?;
        Ok(try_lock(&self.folder.join("orders.lock"))?.map(|locked| Turn { _locked: locked }))
    }

    fn path(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.json"))
    }

    fn lock_path(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.lock"))
    }
}

/// The right to order.
#[derive(Debug)]
pub struct Turn {
    _locked: File,
}

impl OpenPurchase {
    /// Writes down how far it is. When this returns, no power cut can undo it.
    pub fn write(&self) -> Outcome {
        let text = serde_json::to_string(&self.record)
            .map_err(|error| Failure::new(Exit::General, error.to_string()))?;
        replace(&self.path, &text, Durability::PowerLoss)
    }

    /// It has come to its end.
    pub fn close(self) -> Outcome {
        fs::remove_file(&self.path).map_err(|error| Failure::file(&self.path, &error))?;
        let _ = fs::remove_file(&self.lock);
        Ok(())
    }
}

/// The lock of a file, held until it is dropped; none where another process holds it.
fn try_lock(path: &Path) -> Outcome<Option<File>> {
    let failure = |error| Failure::file(path, &error);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(failure)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(error)) => Err(failure(error)),
    }
}

fn read_record(path: &Path) -> Outcome<Option<Record>> {
    let Some(text) = read(path)? else {
        return Ok(None);
    };
    let record: Record =
        serde_json::from_str(&text).map_err(|error| unreadable(path, &error.to_string()))?;
    if record.version != VERSION {
        return Err(unreadable(
            path,
            "it was written by another version of svps",
        ));
    }
    Ok(Some(record))
}

fn unreadable(path: &Path, reason: &str) -> Failure {
    let message = format!("{}: this purchase can't be read: {reason}", path.display());
    Failure::new(Exit::Unresolved, message)
        .next("Look at the account (`svps list`, `svps wallet`), then move the file away.")
}

/// A short name for a purchase's file, which may be taken already.
fn random_id() -> String {
    format!("{:08x}", random() & 0xffff_ffff)
}

/// An idempotency key that nobody else has: 16 hexadecimal digits.
pub fn random_key() -> String {
    format!("{:016x}", random())
}

/// Hash maps are seeded with what the system calls random.
fn random() -> u64 {
    std::hash::RandomState::new().build_hasher().finish()
}
