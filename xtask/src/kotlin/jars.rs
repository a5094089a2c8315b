//! The jars as they are published: with the native libraries of every platform, sources and documentation.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use super::{aar, maven::mvn, natives, package, program, run};
use crate::packaging::{self, Platform};
use crate::shell::{finish, headline, output};

/// The modules, and the crate whose library each has.
const MODULES: [(&str, &str); 2] = [
    ("stablevps", "stablevps-ffi"),
    ("stablevps-testing", "stablevps-simulator"),
];

/// Packs the jars and the Android archive, and lets a program buy with what was packed.
pub fn pack(publish: bool) -> Result<()> {
    jars_packed(publish)?;
    for processor in aar::zip()? {
        println!(
            "NOTICE: the Android archive has no library for {processor}: `cargo xtask android` builds it"
        );
    }
    if publish { Ok(()) } else { tried() }
}

/// A consumer's program buys with the jars, and so with the libraries in them: here, and on 64-bit ARM.
fn tried() -> Result<()> {
    headline("a program buys with the jars");
    let source = package().join("tests/consumer/Consumer.kt");
    let mut command = program("jars", &[&source], "ConsumerKt", "")?;
    if let Some(classpath) = command.get_mut(2) {
        *classpath = with_packed(classpath)?;
    }
    print!("{}", output(&mut run(&command)?)?);
    let has_arm = MODULES.iter().all(|(module, name)| {
        let resources = package().join(module).join("target/native/resources");
        let folder = resources.join(Platform::LinuxAarch64.jar_folder());
        folder.join(Platform::LinuxAarch64.library(name)).exists()
    });
    let java = if has_arm {
        packaging::arm_java()?
    } else {
        None
    };
    let Some(java) = java else {
        println!("NOTICE: nothing runs the library for 64-bit ARM here");
        return Ok(());
    };
    headline("a program buys with the jars on 64-bit ARM");
    if let Some(program) = command.first_mut() {
        *program = java;
    }
    let printed = output(&mut run(&command)?)?;
    print!("{printed}");
    ensure!(
        printed.starts_with("Kotlin bought "),
        "it printed {printed}"
    );
    Ok(())
}

/// A class path with the jars that were packed in the place of those of the repository, which is shared.
fn with_packed(classpath: &Path) -> Result<PathBuf> {
    let folder = packaging::folder().join("maven");
    let jars = std::env::split_paths(classpath).map(|jar| {
        let packed = jar.file_name().map(|name| folder.join(name));
        packed.filter(|packed| packed.exists()).unwrap_or(jar)
    });
    Ok(std::env::join_paths(jars)?.into())
}

/// Packs the jars, with the libraries that `cargo xtask package` built, and sends them to Maven Central if that is
/// asked for: never without the library of a platform.
fn jars_packed(publish: bool) -> Result<()> {
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
    let goal = if publish { "deploy" } else { "install" };
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
