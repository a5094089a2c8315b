//! The operations that every store of every language is tested with, and the answers of the reference store:
//! `tests/stores/conformance.json`. Answers are written anew where `STABLEVPS_RECORD` is set.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use stablevps_core::clock::Instant;
use stablevps_core::store::{MemoryStore, StoreOp, StoreReply, StoreRequest};

#[derive(Deserialize, Serialize)]
struct Scene {
    name: String,
    operations: Vec<Operation>,
}

#[derive(Deserialize, Serialize)]
struct Operation {
    request: StoreRequest,
    answer: Option<StoreReply>,
}

fn file() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/stores/conformance.json")
}

fn scenes() -> Vec<Scene> {
    let text = fs::read_to_string(file()).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn the_reference_store_gives_the_answers_that_every_store_must_give() {
    let mut scenes = scenes();
    for Scene { name, operations } in &mut scenes {
        let mut store = MemoryStore::new();
        for Operation { request, answer } in operations {
            let given = store.carry_out(request, Instant::from_millis(0));
            if std::env::var_os("STABLEVPS_RECORD").is_some() {
                *answer = Some(given);
            } else {
                assert_eq!(answer.as_ref(), Some(&given), "{name}: {request:?}");
            }
        }
    }
    if std::env::var_os("STABLEVPS_RECORD").is_some() {
        let text = serde_json::to_string_pretty(&scenes).unwrap();
        fs::write(file(), text + "\n").unwrap();
    }
}

#[test]
fn every_operation_and_every_answer_occurs() {
    let operations = scenes().into_iter().flat_map(|scene| scene.operations);
    let (mut ops, mut answers) = (Vec::new(), Vec::new());
    for Operation { request, answer } in operations {
        ops.push(request.op.name());
        answers.push(match answer.unwrap() {
            StoreReply::Opened { .. } => "opened",
            StoreReply::Held { .. } => "held",
            StoreReply::Lost => "lost",
            StoreReply::OutOfWindow => "outOfWindow",
            StoreReply::Owner { .. } => "owner",
            StoreReply::Entered { .. } => "entered",
            StoreReply::Busy { .. } => "busy",
            StoreReply::Left => "left",
            StoreReply::Listed { .. } => "listed",
        });
    }
    let distinct = |mut names: Vec<&'static str>| {
        names.sort_unstable();
        names.dedup();
        names.len()
    };
    assert_eq!(
        distinct(ops),
        stablevps_core::store::sqlite::STATEMENTS.len()
    );
    assert_eq!(distinct(answers), 9);
}

#[test]
fn an_operation_is_named_as_its_document_names_it() {
    for scene in scenes() {
        for Operation { request, .. } in scene.operations {
            let document = serde_json::to_value(&request.op).unwrap();
            let named = match &document {
                serde_json::Value::String(name) => name.clone(),
                other => other.as_object().unwrap().keys().next().unwrap().clone(),
            };
            assert_eq!(named, request.op.name());
            assert!(matches!(request.op, StoreOp::Leave) == document.is_string());
        }
    }
}
