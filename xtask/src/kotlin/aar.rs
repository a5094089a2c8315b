//! The Android archive, zipped of what the jar's build made.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::package;
use crate::packaging::{self, android};
use crate::shell::{finish, headline, root};

/// What the archive holds, before it is zipped.
pub fn unpacked() -> PathBuf {
    package().join("android/target/aar")
}

/// Zips the archive. The libraries are those in the folder `libraries/android` of the packages, where
/// `cargo xtask android` puts them, or `cargo ndk` on a machine with the NDK: gives the processors that have none.
pub fn zip() -> Result<Vec<&'static str>> {
    headline("zipping the Android archive");
    let module = package().join("stablevps");
    let version = crate::version::current()?;
    let contents = unpacked();
    if contents.exists() {
        fs::remove_dir_all(&contents)?;
    }
    fs::create_dir_all(&contents)?;
    let classes = module.join("target/classes");
    ensure!(
        classes.join("com").exists(),
        "{} was not built",
        classes.display()
    );
    let mut jar = Command::new("jar");
    jar.arg("--create").arg("--no-manifest").arg("--file");
    jar.arg(contents.join("classes.jar"));
    let classes = classes.to_string_lossy();
    // By the second, Kotlin finds what is declared outside of classes.
    for entry in ["com", "META-INF/stablevps.kotlin_module"] {
        jar.args(["-C", &classes, entry]);
    }
    finish(&mut jar)?;
    let rules = "src/main/resources/META-INF/proguard/stablevps.pro";
    for (from, to) in [
        (module.join(rules), "proguard.txt"),
        (root().join("LICENSE-MIT"), "LICENSE-MIT"),
        (root().join("LICENSE-APACHE"), "LICENSE-APACHE"),
    ] {
        fs::copy(&from, contents.join(to)).with_context(|| from.display().to_string())?;
    }
    fs::write(contents.join("AndroidManifest.xml"), manifest()?)?;
    // It has no resources, and says so.
    fs::write(contents.join("R.txt"), "")?;
    let missing = natives(&contents)?;
    let kept = packaging::folder().join("maven");
    fs::create_dir_all(&kept)?;
    let archive = kept.join(format!("stablevps-android-{version}.aar"));
    let mut zip = Command::new("jar");
    zip.arg("--create").arg("--no-manifest").arg("--file");
    finish(zip.arg(&archive).arg("-C").arg(&contents).arg("."))?;
    println!("{}", archive.display());
    let pom = kept.join(format!("stablevps-android-{version}.pom"));
    fs::write(pom, description(&version)?)?;
    Ok(missing)
}

/// What a Maven repository has beside the archive, with the versions of what the jar depends on.
fn description(version: &str) -> Result<String> {
    let parent = fs::read_to_string(package().join("pom.xml"))?;
    let template = package().join("android/archive.pom");
    let mut text = fs::read_to_string(&template)?.replace("${version}", version);
    for property in ["coroutines.version", "okhttp.version", "jna.version"] {
        let after = parent.split_once(&format!("<{property}>"));
        let version = after.and_then(|(_, after)| after.split_once("</"));
        let (version, _) = version.with_context(|| format!("pom.xml has no {property}"))?;
        text = text.replace(&format!("${{{property}}}"), version);
    }
    ensure!(!text.contains("${"), "{} names more", template.display());
    Ok(text)
}

/// The manifest that Gradle's build has, with what Gradle adds to it.
fn manifest() -> Result<String> {
    const BEGIN: &str = "<manifest xmlns:android=\"http://schemas.android.com/apk/res/android\">\n";
    let file = package().join("android/src/main/AndroidManifest.xml");
    let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    ensure!(text.starts_with(BEGIN), "the manifest begins otherwise");
    let begin = BEGIN.replace(">\n", " package=\"com.stablevps\">\n");
    let begin = format!("{begin}    <uses-sdk android:minSdkVersion=\"26\" />\n");
    Ok(text.replacen(BEGIN, &begin, 1))
}

fn natives(contents: &Path) -> Result<Vec<&'static str>> {
    let mut missing = Vec::new();
    for processor in android::names() {
        let built = android::library(processor);
        if !built.exists() {
            missing.push(processor);
            continue;
        }
        // A processor of 32 bits has pages of 4 KiB.
        if processor.contains("64") {
            packaging::check_pages(&built)?;
        }
        let folder = contents.join("jni").join(processor);
        fs::create_dir_all(&folder)?;
        fs::copy(
            &built,
            folder.join(built.file_name().context("a library has a name")?),
        )?;
    }
    Ok(missing)
}
