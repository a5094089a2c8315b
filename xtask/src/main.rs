//! Every command that a person or CI runs on this repository: `cargo xtask --help`.

mod ahead;
mod bench;
mod cli;
mod crossing;
mod debian;
mod demo;
mod figures;
mod fleet;
mod generate;
mod interface;
mod js;
mod kotlin;
mod kotlin_blocking;
mod kotlin_bot;
mod kotlin_errors;
mod kotlin_events;
mod kotlin_models;
mod models;
mod native;
mod once;
mod packaging;
mod pgbouncer;
mod postgres;
mod python;
mod python_client;
mod python_errors;
mod python_events;
mod python_models;
mod race;
mod samples;
mod servers;
mod service;
mod shell;
mod swift;
mod swift_errors;
mod swift_events;
mod swift_models;
mod test;
mod test_js;
mod typescript_errors;
mod typescript_events;
mod typescript_models;
mod typescript_readers;
mod typescript_stores;
mod version;
mod wasm;
mod wasm_target;
mod workflows;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Builds, tests, shows and measures the SDK")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Subcommand)]
enum Command {
    /// Build the packages, install them as a user would, and buy a VPS on the simulator.
    Demo {
        /// Only this one; every one by default, the quickest first.
        #[arg(value_enum)]
        name: Option<demo::Name>,
    },
    /// Run every test.
    Test {
        /// Only this part; every part by default.
        #[arg(value_enum)]
        part: Option<test::Part>,
        /// Of the part `race`.
        #[command(flatten)]
        race: race::Options,
    },
    /// Measure, ours and theirs side by side.
    Bench {
        /// What to measure.
        #[arg(value_enum)]
        name: bench::Name,
        /// Of fleets, only those drivers: several are separated by commas. By default all are measured.
        #[arg(long, value_enum, value_delimiter = ',')]
        drivers: Vec<fleet::Driver>,
        /// Fail where a limit is missed.
        #[arg(long)]
        check: bool,
    },
    /// Build the packages of the command `svps`: manual pages, completions, wheel, Debian package.
    Cli,
    /// Build wheels, native libraries and `svps` for every platform.
    Package {
        /// What for which platforms.
        #[command(flatten)]
        options: packaging::Options,
    },
    /// Build the native libraries of the Android archive, without the NDK.
    Android {
        /// Only for this processor, by Android's name.
        processor: Option<String>,
    },
    /// Pack the Kotlin packages' jars with the native libraries that were built for other platforms.
    Jars {
        /// Send them to Maven Central, too.
        #[arg(long)]
        publish: bool,
    },
    /// Build the source distributions of the Python packages, and install them from an empty folder.
    Sdist,
    /// Build the WebAssembly of the JavaScript package, with its glue.
    Wasm,
    /// Print the packages' version, or set it in every file that names it.
    Version {
        /// The new version.
        new: Option<String>,
    },
    /// Print what the changelog says of a version.
    Notes {
        /// The version.
        version: String,
    },
    /// Write the files that are made from the core's models.
    Generate {
        /// Only see whether they are what the models say.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    match carry_out(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(command: Command) -> Result<()> {
    match command {
        Command::Demo { name } => demo::run(name),
        Command::Cli => cli::build().map(drop),
        Command::Test { part, race } => test::run(part, &race),
        Command::Bench {
            name,
            drivers,
            check,
        } => bench::run(name, &drivers, check),
        Command::Package { options } => packaging::run(&options),
        Command::Android { processor } => packaging::android::run(processor.as_deref()),
        Command::Jars { publish } => kotlin::pack(publish),
        Command::Sdist => packaging::sdist(),
        Command::Wasm => wasm::build(),
        Command::Version { new: Some(new) } => version::set(&new),
        Command::Version { new: None } => version::check(),
        Command::Notes { version } => version::notes(&version),
        Command::Generate { check } => generate::run(check),
    }
}
