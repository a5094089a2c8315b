//! A terminal with a person at it.

use std::process::Command;
use std::time::Duration;

use expectrl::process::unix::WaitStatus;
use expectrl::session::OsSession;
use expectrl::{ControlCode, Eof, Expect as _, Session};

/// A command at a terminal.
pub struct Terminal {
    session: OsSession,
}

impl Terminal {
    /// Starts a command at a terminal of so many columns.
    pub fn start(command: &Command, columns: u16) -> Self {
        // The command begins when the terminal has its width. It shows what is typed, as terminals do.
        let begin = format!(
            "stty echo; until [ \"$(stty size)\" = '24 {columns}' ]; do :; done; exec \"$0\" \"$@\""
        );
        let mut sized = Command::new("sh");
        sized
            .args(["-c", &begin])
            .arg(command.get_program())
            .args(command.get_args())
            .env_clear();
        for (name, value) in command.get_envs() {
            if let Some(value) = value {
                sized.env(name, value);
            }
        }
        if let Some(folder) = command.get_current_dir() {
            sized.current_dir(folder);
        }
        let mut session = Session::spawn(sized).unwrap();
        session
            .get_process_mut()
            .set_window_size(columns, 24)
            .unwrap();
        session.set_expect_timeout(Some(Duration::from_secs(30)));
        Self { session }
    }

    /// Waits until a text is shown; gives what was shown before it.
    pub fn shows(&mut self, text: &str) -> String {
        let found = self.session.expect(text);
        let found = found.unwrap_or_else(|error| panic!("`{text}` is not shown: {error}"));
        String::from_utf8_lossy(found.before()).into_owned()
    }

    /// Types a line.
    pub fn types(&mut self, line: &str) {
        self.session.send_line(line).unwrap();
    }

    /// Presses Ctrl-C.
    pub fn interrupts(&mut self) {
        self.session.send(ControlCode::EndOfText).unwrap();
    }

    /// Waits for the end: what was shown until then, and the exit code.
    pub fn ends(mut self) -> (String, i32) {
        let shown = self.session.expect(Eof).unwrap();
        let shown = String::from_utf8_lossy(shown.as_bytes()).into_owned();
        match self.session.get_process().wait().unwrap() {
            WaitStatus::Exited(_, code) => (shown, code),
            other => panic!("it ended with {other:?}"),
        }
    }
}
