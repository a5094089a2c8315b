//! The examples of the crate page are what the simulator understands.

use serde_json::{Value, json};
use stablevps_simulator::{Command, Fault};

/// The JSON in the first column of a table of the crate page.
fn examples(heading: &str) -> Vec<Value> {
    let page = include_str!("../../src/lib.rs");
    let (_, section) = page.split_once(heading).unwrap();
    let (section, _) = section.split_once("//! # ").unwrap();
    section
        .lines()
        .filter_map(|line| line.strip_prefix("//! | `")?.split_once('`'))
        .filter_map(|(text, _)| serde_json::from_str(text).ok())
        .collect()
}

#[test]
fn every_fault_of_the_crate_page_is_one() {
    let faults = examples("//! # Faults");
    assert_eq!(faults.len(), 13);
    for action in faults {
        let fault = json!({ "do": action }).to_string();
        assert!(serde_json::from_str::<Fault>(&fault).is_ok(), "{fault}");
    }
}

#[test]
fn every_command_of_the_crate_page_is_one() {
    let commands = examples("//! # Control commands");
    assert_eq!(commands.len(), 12);
    for command in commands {
        let read = Command::from_json(command.to_string().as_bytes());
        assert!(read.is_ok(), "{command}: {read:?}");
    }
}
