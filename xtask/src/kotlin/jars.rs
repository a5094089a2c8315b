//! The jars as they are published: with the native libraries of every platform, sources and documentation.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use super::{aar, maven::mvn, natives, package};
use crate::packaging;
use crate::shell::{finish, headline};

/// The modules, and the crate whose library each has.
const MODULES: [(&str, &str); 2] = [
    ("stablevps", "stablevps-ffi"),
    ("stablevps-testing", "stablevps-simulator"),
];

/// Packs the jars, with the libraries that `cargo xtask package` built, and sends them to Maven Central if that is
/// asked for: never without the library of a platform.
pub fn pack(publish: bool) -> Result<()> {
    natives()?;
    let missing = libraries()?;
    for (platform, module) in &missing {
        println!("NOTICE: {module} has no library for {platform}");
    }
    ensure!(
        !publish || missing.is_empty(),
        "nothing is published without {missing:?}"
    );
    headline("packing the jars");
    let mut build = mvn()?;
    let goal = if publish { "deploy" } else { "package" };
    let profiles = if publish {
        "release,publish"
    } else {
        "release"
    };
    build
        .args([
            goal,
            "-P",
            profiles,
            "-am",
            "-pl",
            "stablevps,stablevps-testing",
        ])
        .current_dir(package());
    finish(&mut build)?;
    let kept = packaging::folder().join("maven");
    fs::create_dir_all(&kept)?;
    for (module, _) in MODULES {
        for jar in jars(&package().join(module).join("target"), module)? {
            let name = jar.file_name().context("a jar has a name")?;
            fs::copy(&jar, kept.join(name))?;
            println!("{}", kept.join(name).display());
        }
    }
    for processor in aar::zip()? {
        println!("NOTICE: the Android archive has no library for {processor}: it takes the NDK");
    }
    Ok(())
}

/// Puts the libraries where Maven takes them. Gives those that are missing.
fn libraries() -> Result<Vec<(&'static str, &'static str)>> {
    let mut missing = Vec::new();
    for platform in packaging::platforms() {
        for (module, name) in MODULES {
            let folder = platform.jar_folder();
            let file = platform.library(name);
            let built = packaging::folder()
                .join("libraries")
                .join(folder)
                .join(&file);
            let resources = package().join(module).join("target/native/resources");
            let place = resources.join(folder);
            if built.exists() {
                fs::create_dir_all(&place)?;
                fs::copy(built, place.join(file))?;
            } else if !place.join(file).exists() {
                missing.push((platform.name(), module));
            }
        }
    }
    Ok(missing)
}

/// The jar of a module, and those of its sources and its documentation.
fn jars(folder: &Path, module: &str) -> Result<Vec<PathBuf>> {
    let version = crate::version::current()?;
    ["", "-sources", "-javadoc"]
        .into_iter()
        .map(|what| {
            let jar = folder.join(format!("{module}-{version}{what}.jar"));
            ensure!(jar.exists(), "{} was not made", jar.display());
            Ok(jar)
        })
        .collect()
}
