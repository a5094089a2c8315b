//! Writes the JavaScript and the types around a `.wasm` file: `wasm-glue NAME FILE FOLDER`.
//!
//! It is the glue alone. How the file is loaded is up to the package, which does it in a fifth of the
//! code, for every platform alike.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    match write() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn write() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let mut next = |what| arguments.next().context(what);
    let name = next("the glue's name is missing")?;
    let name = name.to_string_lossy();
    let file = next("the .wasm file is missing")?;
    let folder = next("the folder to write to is missing")?;
    let folder = Path::new(&folder);
    Bindgen::new()
        .input_path(file)
        .out_name(&name)
        .bundler(true)?
        .typescript(true)
        .generate(folder)?;
    // The file of that name is a loader for bundlers; what it loads is the glue.
    std::fs::rename(
        folder.join(format!("{name}_bg.js")),
        folder.join(format!("{name}.js")),
    )?;
    let types = folder.join(format!("{name}.d.ts"));
    let declared = std::fs::read_to_string(&types)? + LOADING;
    std::fs::write(types, declared)?;
    Ok(())
}

/// What the glue has for whoever loads it.
const LOADING: &str = "
/** Tells the glue what the file exports, once. */
export function __wbg_set_wasm(exports: WebAssembly.Exports): void;
";
