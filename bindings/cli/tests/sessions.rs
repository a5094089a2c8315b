//! Whole sessions on simulated accounts, compared with files: what is printed when nobody is at a terminal.
//!
//! `TRYCMD=overwrite cargo test -p svps --test sessions` writes the files anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};

/// Each file is a session of its own, at a simulated account that is new.
fn session(file: &Path) {
    let world = tempfile::tempdir().unwrap();
    // Where a command writes a file.
    std::env::set_current_dir(world.path()).unwrap();
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
fn sessions_print_what_their_files_say_and_so_does_that_of_the_page() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    for file in files("tests/sessions", "trycmd").into_iter().chain([page]) {
        session(&file);
    }
}

#[test]
fn the_page_has_the_exit_codes_of_the_command() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"));
    let page = page.unwrap().replace('`', "");
    let help = std::process::Command::new(env!("CARGO_BIN_EXE_svps"))
        .arg("--help")
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap().replace('`', "");
    let codes = help.split("Exit codes:\n").nth(1).unwrap();
    for line in codes.lines().take_while(|line| !line.is_empty()) {
        let (code, meaning) = line.trim().split_once(' ').unwrap();
        let row = format!("| {code} | {} |", meaning.trim());
        assert!(page.contains(&row), "{row}");
    }
}
