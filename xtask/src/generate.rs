//! The files that are made from the core's models.

use anyhow::{Context as _, Result, ensure};

use crate::models::Models;
use crate::samples;
use crate::shell::root;
use crate::{kotlin_blocking, kotlin_errors, kotlin_events, kotlin_models};
use crate::{python_client, python_errors, python_events, python_models};
use crate::{swift_errors, swift_events, swift_models, typescript_stores};
use crate::{typescript_errors, typescript_events, typescript_models, typescript_readers};

/// Writes them, or sees whether they are up to date.
pub fn run(check: bool) -> Result<()> {
    let models = Models::of_the_core();
    let files = [
        (
            "bindings/python/src/stablevps/_errors.py",
            python_errors::module(&models),
        ),
        (
            "bindings/python/src/stablevps/events.py",
            python_events::module(&models),
        ),
        (
            "bindings/python/src/stablevps/_models.py",
            python_models::module(&models),
        ),
        (
            "bindings/js/src/errors.ts",
            typescript_errors::module(&models),
        ),
        (
            "bindings/js/src/events.ts",
            typescript_events::module(&models),
        ),
        (
            "bindings/js/src/models.ts",
            typescript_models::module(&models),
        ),
        (
            "bindings/js/src/readers.ts",
            typescript_readers::module(&models),
        ),
        ("bindings/js/src/stores/sql.ts", typescript_stores::module()),
        (
            "bindings/kotlin/stablevps/src/main/kotlin/com/stablevps/Blocking.kt",
            kotlin_blocking::module()?,
        ),
        (
            "bindings/kotlin/stablevps/src/main/kotlin/com/stablevps/Exceptions.kt",
            kotlin_errors::module(&models),
        ),
        (
            "bindings/kotlin/stablevps/src/main/kotlin/com/stablevps/WatchEvent.kt",
            kotlin_events::module(&models),
        ),
        (
            "bindings/kotlin/stablevps/src/main/kotlin/com/stablevps/Models.kt",
            kotlin_models::module(&models),
        ),
        (
            "bindings/swift/Sources/StableVPS/Errors.swift",
            swift_errors::module(&models),
        ),
        (
            "bindings/swift/Sources/StableVPS/Models.swift",
            swift_models::module(&models),
        ),
        (
            "bindings/swift/Sources/StableVPS/WatchEvent.swift",
            swift_events::module(&models),
        ),
        (
            "bindings/js/src/testing/samples.ts",
            samples::typescript::module(&models),
        ),
        (
            "bindings/kotlin/stablevps-testing/src/main/kotlin/com/stablevps/testing/Samples.kt",
            samples::kotlin::module(&models),
        ),
        (
            "bindings/python/src/stablevps/testing/_samples.py",
            samples::python::module(&models),
        ),
        (
            "bindings/rust/src/testing/samples.rs",
            samples::rust::module(&models),
        ),
        (
            "bindings/swift/Sources/StableVPSTesting/Samples.swift",
            samples::swift::module(&models),
        ),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text));
    for (path, text) in files.into_iter().chain(python_client::modules()?) {
        let path = root().join(path);
        if !check {
            std::fs::write(&path, text).with_context(|| path.display().to_string())?;
            continue;
        }
        let present = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        ensure!(
            present == text,
            "{} is out of date: run cargo xtask generate",
            path.display()
        );
    }
    Ok(())
}
