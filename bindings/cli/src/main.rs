//! `svps`: STABLEVPS at the shell.
//!
//! | module | idea |
//! |---|---|
//! | `args`, `options`, `commands` | the command line; the commands, one file a group |
//! | `told` | what a watch tells, in words |
//! | `output`, `progress`, `failure`, `exit` | what is printed, on which stream, and how the process ends |
//! | `profile`, `keyring` | named keys |
//! | `state`, `purchase` | open purchases: what is written down of them, and how one is carried out |
//! | `world` | the simulated account of `--simulate` |
#![forbid(unsafe_code)]

mod api;
mod args;
mod ask;
mod commands;
mod context;
mod desktop;
mod exit;
mod failure;
mod find;
mod interrupt;
mod keyed;
mod keyring;
mod options;
mod output;
mod places;
mod profile;
mod progress;
mod purchase;
mod reach;
mod state;
mod surroundings;
mod told;
mod world;

use std::process::ExitCode;

use clap::Parser as _;

use args::Cli;
use context::Context;
use exit::Exit;

fn main() -> ExitCode {
    let Cli { global, command } = Cli::parse();
    global.color.choice().write_global();
    let outcome = Context::new(global).and_then(|context| args::run(&context, command));
    match outcome {
        Ok(()) => Exit::Success.into(),
        Err(failure) => {
            failure.print();
            failure.exit.into()
        }
    }
}
