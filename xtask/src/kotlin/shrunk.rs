//! A program that is shrunk as an app is: with the classes of the Android archive, and by its rules and those of
//! what it depends on.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::maven::mvn;
use super::{aar, package, program, run};
use crate::shell::{cache, finish, headline, output};

/// What is the program's own. Android has no part of `OkHttp` for Graal, and its build no agent. `ProGuard` makes code of
/// coroutines that no machine takes where it optimizes.
const PROGRAM: &str = "\
-keep class ShrunkKt { public static void main(java.lang.String[]); }
-dontwarn okhttp3.internal.graal.**
-dontwarn kotlinx.coroutines.debug.internal.AgentPremain
-dontnote
-dontoptimize
";

/// Shrinks the program, and lets it buy from the simulator's program.
pub fn test(service: &Path) -> Result<()> {
    let source = package().join("tests/consumer/Shrunk.kt");
    let whole = program("shrunk", &[&source], "ShrunkKt", "")?;
    aar::zip()?;
    headline("a program that was shrunk by the Android archive's rules buys");
    let folder = cache()?.join("kotlin/shrunk");
    let inputs = inputs(&whole)?;
    let rules = rules(&inputs, &folder)?;
    let shrunk = folder.join("shrunk.jar");
    let settings = folder.join("shrunk.pro");
    fs::write(&settings, configuration(&inputs, &rules, &shrunk))?;
    let mut tool = mvn()?;
    tool.args(["-N", "antrun:run@shrink"])
        .arg(format!("-Drules={}", settings.display()))
        .current_dir(&folder);
    finish(&mut tool).inspect_err(|_| {
        let said = fs::read_to_string(folder.join("target/shrink.txt"));
        eprintln!("{}", said.unwrap_or_default());
    })?;
    let before: u64 = inputs.iter().map(|jar| size(jar)).sum();
    let after = size(&shrunk);
    println!("{before} bytes of classes and libraries became {after}");
    ensure!(after < before, "nothing was left out");
    // An app's libraries are unpacked by Android; here the program finds them as in the jar.
    let libraries = package().join("stablevps/target/native/resources");
    let classpath = format!("{}:{}", shrunk.display(), libraries.display());
    let command = ["java", "-cp", &classpath, "ShrunkKt"].map(PathBuf::from);
    let printed = output(run(&command)?.arg(service))?;
    ensure!(
        printed.trim_end().ends_with(" bought for 19.49, orders 1"),
        "it printed {printed}"
    );
    ensure!(
        !printed.starts_with("com.stablevps.StableVps "),
        "no class was renamed: {printed}"
    );
    Ok(())
}

fn size(file: &Path) -> u64 {
    fs::metadata(file).map_or(0, |data| data.len())
}

/// What goes into the program: its class path, with the archive's classes in the place of the jar.
fn inputs(command: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let classpath = command.get(2).context("a command has a class path")?;
    let version = crate::version::current()?;
    let own = [
        format!("stablevps-{version}.jar"),
        format!("stablevps-testing-{version}.jar"),
    ];
    let mut inputs: Vec<PathBuf> = std::env::split_paths(classpath)
        .filter(|path| !own.iter().any(|jar| path.ends_with(jar)))
        .collect();
    inputs.push(aar::unpacked().join("classes.jar"));
    Ok(inputs)
}

/// The rules of the archive, and those that its dependencies bring in their jars, as Android's build takes them.
fn rules(inputs: &[PathBuf], folder: &Path) -> Result<Vec<PathBuf>> {
    let mut rules = vec![aar::unpacked().join("proguard.txt")];
    for (number, jar) in inputs.iter().filter(|path| path.is_file()).enumerate() {
        let into = folder.join("rules").join(number.to_string());
        fs::create_dir_all(&into)?;
        let mut extract = Command::new("jar");
        extract.arg("--extract").arg("--file").arg(jar);
        finish(extract.arg("META-INF/proguard").current_dir(&into))?;
        let brought = fs::read_dir(into.join("META-INF/proguard"));
        let brought = brought.into_iter().flatten().flatten();
        rules.extend(brought.map(|entry| entry.path()));
    }
    Ok(rules)
}

fn configuration(inputs: &[PathBuf], rules: &[PathBuf], shrunk: &Path) -> String {
    let mut text = String::new();
    for input in inputs {
        let _ = writeln!(
            text,
            "-injars \"{}\"(!META-INF/versions/**,!META-INF/MANIFEST.MF,!module-info.class)",
            input.display()
        );
    }
    let _ = writeln!(text, "-outjars \"{}\"", shrunk.display());
    let _ = writeln!(
        text,
        "-libraryjars <java.home>/jmods(!**.jar;!module-info.class)"
    );
    for file in rules {
        let _ = writeln!(text, "-include \"{}\"", file.display());
    }
    text + PROGRAM
}
