//! The person's desktop: its clipboard, and its client for Remote Desktop.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::exit::Exit;
use crate::failure::{Failure, Outcome};

/// A program with its arguments.
type Program = &'static [&'static str];

/// What puts standard input on the clipboard, the first that is installed.
const CLIPBOARDS: &[Program] = if cfg!(target_os = "macos") {
    &[&["pbcopy"]]
} else if cfg!(windows) {
    &[&["clip.exe"]]
} else {
    &[
        &["wl-copy"],
        &["xclip", "-selection", "clipboard"],
        &["xsel", "--clipboard", "--input"],
    ]
};

/// What opens a `.rdp` file.
const CLIENTS: &[Program] = if cfg!(target_os = "macos") {
    &[&["open"]]
} else if cfg!(windows) {
    &[&["mstsc.exe"]]
} else {
    &[
        &["xfreerdp3"],
        &["xfreerdp"],
        &["remmina", "-c"],
        &["xdg-open"],
    ]
};

/// Puts a text on the clipboard. It is in no argument, which others could read.
pub fn copy(text: &str) -> Outcome {
    for program in CLIPBOARDS {
        let Some(mut command) = command(program) else {
            continue;
        };
        let quiet = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let Ok(mut child) = quiet.spawn() else {
            continue;
        };
        let written = child
            .stdin
            .take()
            .is_some_and(|mut input| input.write_all(text.as_bytes()).is_ok());
        if written && child.wait().is_ok_and(|status| status.success()) {
            return Ok(());
        }
    }
    Err(
        Failure::new(Exit::General, "no clipboard can be used").next(format!(
            "Install one of {}, or pass --show-password.",
            names(CLIPBOARDS)
        )),
    )
}

/// Starts the client with a file, and does not wait for its end.
pub fn open(file: &Path) -> Outcome {
    for program in CLIENTS {
        let Some(mut command) = command(program) else {
            continue;
        };
        let quiet = command
            .arg(file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if quiet.spawn().is_ok() {
            return Ok(());
        }
    }
    Err(
        Failure::new(Exit::General, "no client for Remote Desktop is installed").next(format!(
            "Install one of {}, or open {} yourself.",
            names(CLIENTS),
            file.display()
        )),
    )
}

fn command(program: &[&str]) -> Option<Command> {
    let (name, arguments) = program.split_first()?;
    let mut command = Command::new(name);
    command.args(arguments);
    Some(command)
}

fn names(programs: &[Program]) -> String {
    let names: Vec<_> = programs
        .iter()
        .filter_map(|program| program.first().copied())
        .collect();
    names.join(", ")
}
