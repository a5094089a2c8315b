//! The WebAssembly of the JavaScript package, and the glue around it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::shell::{cache, finish, headline, output, root, target};
use crate::wasm_target::{TARGET, Toolchain};

/// The npm package of `wasm-opt`, which is JavaScript and so runs wherever Node does.
const BINARYEN: &str = "binaryen@132.0.0";

/// What the compiler uses by default, and Node 20 and browsers since 2022 support. Never all features: `wasm-opt`
/// would use ones that they don't support.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// What the compiler inlines. A reader of a model has a function for each of its fields, and LLVM inlines those, as
/// each has one caller: for that it grants 15,000 units of cost. That makes the whole 8 % larger after compression,
/// and hardly faster. So all other costs are sixteen times LLVM's, and the threshold is such that small functions are
/// inlined as before.
const INLINING: &[&str] = &[
    "-Cllvm-args=-inline-instr-cost=80",
    "-Cllvm-args=-inline-call-penalty=400",
    "-Cllvm-args=-inline-threshold=90",
];

/// How a module is compiled.
struct Settings {
    /// The profile of Cargo.
    profile: &'static str,
    /// Flags of the compiler.
    inlining: &'static [&'static str],
    /// What `wasm-opt` does, beside [`STRIPPING`].
    passes: &'static [&'static str],
}

/// For what people wait for until it is loaded.
const SMALL: Settings = Settings {
    profile: "wasm",
    inlining: INLINING,
    passes: SHRINKING,
};

/// For what a server loads once, and then calls often. It is a sixth larger, and reads long listings in half the time.
const QUICK: Settings = Settings {
    profile: "wasm-server",
    inlining: &[],
    passes: &["-O3"],
};

/// What makes a module as small as it gets.
const SHRINKING: &[&str] = &[
    // Flat code is what it can simplify most.
    "--flatten",
    "--rereloop",
    "-O4",
    "--shrink-level=2",
    // As above.
    "--one-caller-inline-max-function-size=0",
    "--converge",
    // Similar names are those of similar functions, which compress better side by side.
    "--reorder-functions-by-name",
];

/// What nobody reads.
const STRIPPING: &[&str] = &[
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// One `.wasm` file: its name, the features of the crate that make it, how it is compiled, and its folder.
struct Module {
    name: &'static str,
    features: &'static str,
    settings: Settings,
    folder: &'static str,
}

const MODULES: &[Module] = &[
    Module {
        name: "main",
        features: "api,stores",
        settings: QUICK,
        folder: "main",
    },
    Module {
        name: "main",
        features: "api",
        settings: SMALL,
        folder: BROWSER,
    },
    Module {
        name: "simulator",
        features: "simulator",
        settings: SMALL,
        folder: "simulator",
    },
];

/// The folder of what browsers load, with the glue of the first module.
const BROWSER: &str = "browser";

/// Where the package expects them.
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
        let folder = folder().join(module.folder);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        write_glue(module, &compiled, &folder)?;
        let file = folder.join(format!("{}_bg.wasm", module.name));
        optimize(&optimizer, &file, &module.settings)?;
        let size = std::fs::metadata(&file)?.len();
        println!("{}: {size} bytes", module.folder);
    }
    let glue = |name: &str| std::fs::read(folder().join(name).join("main.js"));
    ensure!(
        glue("main")? == glue(BROWSER)?,
        "the glue of the builds with stores and without differs"
    );
    Ok(())
}

fn compile(toolchain: &Toolchain, module: &Module) -> Result<PathBuf> {
    let Settings {
        profile, inlining, ..
    } = module.settings;
    let mut cargo = toolchain.cargo();
    cargo
        .env("CARGO_ENCODED_RUSTFLAGS", rust_flags(inlining)?)
        .args(["build", "--quiet", "--locked", "--profile", profile])
        .args(["--target", TARGET, "-p", "stablevps-wasm"])
        .args(["--no-default-features", "--features", module.features])
        .current_dir(root());
    finish(&mut cargo)?;
    let folder = target().join(TARGET).join(profile);
    Ok(folder.join("stablevps_wasm.wasm"))
}

/// The flags of the compiler. Panics name the file of a crate, not a folder of this machine.
fn rust_flags(inlining: &[&str]) -> Result<String> {
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
    let mapped = folders
        .iter()
        .map(|folder| format!("--remap-path-prefix={}=.", folder.display()));
    let flags = mapped.chain(inlining.iter().map(|flag| (*flag).to_owned()));
    Ok(flags.collect::<Vec<_>>().join("\u{1f}"))
}

/// A separate program writes the glue, so that the other commands don't wait until it is built.
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

fn optimize(optimizer: &Path, file: &Path, settings: &Settings) -> Result<()> {
    let smaller = file.with_extension("smaller");
    let mut optimize = Command::new("node");
    optimize
        .arg(optimizer)
        .args(FEATURES)
        .args(settings.passes)
        .args(STRIPPING)
        .arg("-o")
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
