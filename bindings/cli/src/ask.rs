//! Questions to the person at the terminal. They are written to standard error, so that standard output stays clean.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use crate::exit::Exit;
use crate::failure::{Failure, Outcome};

/// Whether there is a person to ask.
pub fn is_possible() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for one line.
pub fn line(question: &str) -> Outcome<String> {
    // Nothing is locked while the answer is waited for: Ctrl-C ends the process, and says so on the same stream.
    let _ = write!(io::stderr(), "{question}");
    let _ = io::stderr().flush();
    Ok(stdin_line()?.trim().to_owned())
}

/// Whether the answer to a question is yes. Anything but `y` or `yes` is no.
pub fn confirm(question: &str) -> Outcome<bool> {
    let answer = line(&format!("{question} [y/N] "))?;
    Ok(["y", "yes"].contains(&answer.to_ascii_lowercase().as_str()))
}

/// Asks for a secret, which is not shown as it is typed.
#[cfg(unix)]
pub fn secret(question: &str) -> Outcome<String> {
    let _silence = crate::interrupt::Silence::begin();
    let _ = write!(io::stderr(), "{question}");
    let _ = io::stderr().flush();
    stdin_line()
}

/// Asks for a secret, which is not shown as it is typed.
#[cfg(not(unix))]
pub fn secret(question: &str) -> Outcome<String> {
    rpassword::prompt_password(question).map_err(|error| no_answer(&error))
}

/// One line of standard input, without its end. A password may begin or end with spaces.
pub fn stdin_line() -> Outcome<String> {
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    match read {
        Ok(0) => Err(Failure::new(
            Exit::General,
            "standard input ended before an answer came",
        )),
        Ok(_) => Ok(line.trim_end_matches(['\r', '\n']).to_owned()),
        Err(error) => Err(no_answer(&error)),
    }
}

/// All of standard input.
pub fn stdin_all() -> Outcome<String> {
    io::read_to_string(io::stdin()).map_err(|error| no_answer(&error))
}

fn no_answer(error: &io::Error) -> Failure {
    // Whoever notices Ctrl-C first, this or its handler, the end is the same.
    if error.kind() == io::ErrorKind::Interrupted {
        return Failure::new(Exit::Interrupted, "interrupted");
    }
    Failure::new(Exit::General, format!("no answer could be read: {error}"))
}
