//! `man`: the manual pages.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::{exit, surroundings};

/// Arguments of `svps man`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  svps man | man -l -
  svps man --folder ~/.local/share/man/man1")]
pub struct ManArgs {
    /// Write the page of every command into this folder, instead of printing that of `svps`
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
}

/// Prints the page, or writes them all.
pub fn man(context: &Context, args: &ManArgs, mut command: Command) -> Outcome {
    command.build();
    match &args.folder {
        None => {
            let mut page = Vec::new();
            write_page(&command, &mut page)
                .map_err(|error| Failure::file(Path::new("man"), &error))?;
            context.output.text(&String::from_utf8_lossy(&page))
        }
        Some(folder) => {
            fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
            write_pages(&command, folder)
        }
    }
}

/// The page of a command and those of the commands below it.
fn write_pages(command: &Command, folder: &Path) -> Outcome {
    let name = command
        .get_display_name()
        .unwrap_or_else(|| command.get_name());
    let path = folder.join(format!("{name}.1"));
    let mut page = Vec::new();
    write_page(command, &mut page)
        .and_then(|()| fs::write(&path, page))
        .map_err(|error| Failure::file(&path, &error))?;
    let below = command
        .get_subcommands()
        .filter(|one| one.get_name() != "help");
    below
        .into_iter()
        .try_for_each(|one| write_pages(one, folder))
}

fn write_page(command: &Command, page: &mut Vec<u8>) -> io::Result<()> {
    let is_root = command.get_name() == "svps";
    // What stands at the end of the long help has sections of its own here.
    let command = if is_root {
        command.clone().after_long_help(None::<&str>)
    } else {
        command.clone()
    };
    let man = Man::new(command.clone());
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(page)?;
    }
    if command.get_after_help().is_some() {
        man.render_extra_section(page)?;
    }
    let codes = exit::TABLE.map(|(exit, meaning)| (exit.code().to_string(), meaning));
    section("EXIT STATUS", codes).to_writer(page)?;
    if is_root {
        section("ENVIRONMENT", surroundings::ENVIRONMENT).to_writer(page)?;
        section("FILES", surroundings::FILES).to_writer(page)?;
    }
    Ok(())
}

fn section<S: Into<String>>(
    title: &str,
    rows: impl IntoIterator<Item = (S, &'static str)>,
) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", [title]);
    for (name, meaning) in rows {
        roff.control("TP", []);
        roff.text([bold(name.into())]);
        roff.text([roman(meaning)]);
    }
    roff
}
