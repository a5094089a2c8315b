//! Writes the JavaScript and the types around a `.wasm` file: `wasm-glue NAME FILE FOLDER`.

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
    let file = next("the .wasm file is missing")?;
    let folder = next("the folder to write to is missing")?;
    Bindgen::new()
        .input_path(file)
        .out_name(&name.to_string_lossy())
        .web(true)?
        .typescript(true)
        .omit_default_module_path(true)
        .generate(folder)
}
