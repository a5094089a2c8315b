//! The WebAssembly of the JavaScript package, and the glue around it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::shell::{cache, finish, headline, output, root, target};
use crate::wasm_target::{TARGET, Toolchain};

/// The npm package that has `wasm-opt`, which is JavaScript itself and so runs wherever Node does.
const BINARYEN: &str = "binaryen@132.0.0";

/// What the compiler uses by default, and Node 20 and browsers since 2022 know. Never all
/// that there is: `wasm-opt` would use what they don't know.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// One `.wasm` file: its name, and the features of the crate that make it.
struct Module {
    name: &'static str,
    feature: &'static str,
}

const MODULES: &[Module] = &[
    Module {
        name: "main",
        feature: "api",
    },
    Module {
        name: "simulator",
        feature: "simulator",
    },
];

/// Where the package looks for them.
pub fn folder() -> PathBuf {
    root().join("bindings/js/wasm")
}

/// Builds every module with its glue.
pub fn build() -> Result<()> {
    headline("building the WebAssembly");
    let toolchain = Toolchain::find()?;
    let optimizer = optimizer()?;
    for module in MODULES {
        let compiled = compile(&toolchain, module)?;
        let folder = folder().join(module.name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        write_glue(module, &compiled, &folder)?;
        let file = folder.join(format!("{}_bg.wasm", module.name));
        optimize(&optimizer, &file)?;
        let size = std::fs::metadata(&file)?.len();
        println!("{}: {size} bytes", module.name);
    }
    Ok(())
}

fn compile(toolchain: &Toolchain, module: &Module) -> Result<PathBuf> {
    let mut cargo = toolchain.cargo();
    cargo
        .env("CARGO_ENCODED_RUSTFLAGS", short_paths()?)
        .args(["build", "--quiet", "--locked", "--profile", "wasm"])
        .args(["--target", TARGET, "-p", "stablevps-wasm"])
        .args(["--no-default-features", "--features", module.feature])
        .current_dir(root());
    finish(&mut cargo)?;
    Ok(target().join(TARGET).join("wasm/stablevps_wasm.wasm"))
}

/// Where a panic would say that it came from: in a file of a crate, and not in a folder of this machine.
fn short_paths() -> Result<String> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or(std::env::home_dir().map(|home| home.join(".cargo")));
    let sources = home
        .context("there is no home folder")?
        .join("registry/src");
    let registries = std::fs::read_dir(sources).into_iter().flatten().flatten();
    let mut folders: Vec<_> = registries.map(|registry| registry.path()).collect();
    let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]))?;
    folders.push(Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library"));
    folders.push(root());
    let flags = folders
        .iter()
        .map(|folder| format!("--remap-path-prefix={}=.", folder.display()));
    Ok(flags.collect::<Vec<_>>().join("\u{1f}"))
}

/// A program of its own writes the glue, so that the other commands don't wait until it is built.
fn write_glue(module: &Module, compiled: &Path, folder: &Path) -> Result<()> {
    let mut glue = Command::new("cargo");
    glue.args(["run", "--quiet", "--locked", "-p", "xtask"])
        .args(["--bin", "wasm-glue", "--features", "wasm-glue", "--"])
        .arg(module.name)
        .arg(compiled)
        .arg(folder)
        .current_dir(root());
    finish(&mut glue)
}

fn optimize(optimizer: &Path, file: &Path) -> Result<()> {
    let smaller = file.with_extension("smaller");
    let mut optimize = Command::new("node");
    optimize
        .arg(optimizer)
        .args(FEATURES)
        .args([
            // Flat code is where it finds most to put another way.
            "--flatten",
            "--rereloop",
            "-Oz",
            "-Oz",
            "--strip-debug",
            "--strip-producers",
            "--strip-target-features",
            "-o",
        ])
        .arg(&smaller)
        .arg(file);
    finish(&mut optimize)?;
    std::fs::rename(smaller, file)?;
    Ok(())
}

/// `wasm-opt`, installed in the cache.
fn optimizer() -> Result<PathBuf> {
    let folder = cache()?.join(BINARYEN.replace('@', "-"));
    let program = folder.join("node_modules/binaryen/bin/wasm-opt");
    if program.exists() {
        return Ok(program);
    }
    output(Command::new("node").arg("--version")).context("Node is needed: https://nodejs.org")?;
    headline("installing wasm-opt");
    std::fs::create_dir_all(&folder)?;
    let mut install = Command::new("npm");
    install
        .args([
            "install",
            "--silent",
            "--no-save",
            "--ignore-scripts",
            "--prefix",
        ])
        .arg(&folder)
        .arg(BINARYEN);
    finish(&mut install)?;
    ensure!(program.exists(), "{BINARYEN} has no wasm-opt");
    Ok(program)
}
