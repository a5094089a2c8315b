//! Whole sessions on simulated accounts, compared with files: what is printed when nobody is at a terminal.
//!
//! `TRYCMD=overwrite cargo test -p svps --test sessions` writes the files anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};

/// Each file is a session of its own, at a simulated account that is new.
fn session(file: &Path) {
    let world = tempfile::tempdir().unwrap();
    let cases = trycmd::TestCases::new();
    cases
        .env("SVPS_WORLD", world.path().to_str().unwrap())
        .env("HOME", world.path().to_str().unwrap())
        .env("COLUMNS", "100")
        .insert_var("[WORLD]", world.path().to_str().unwrap().to_owned())
        .unwrap();
    cases.case(file);
    cases.run();
}

fn files(folder: &str, end: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let mut files: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == end))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

#[test]
fn sessions_print_what_their_files_say() {
    for file in files("tests/sessions", "trycmd") {
        session(&file);
    }
}
