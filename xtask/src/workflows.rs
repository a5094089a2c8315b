//! Checks the workflows in `.github`.

use std::process::Command;

use anyhow::Result;

use crate::shell::{finish, headline, output, root};

/// What reads them.
const TOOL: &str = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12";

/// Checks them, where there is Go: the tool is written in it.
pub fn check() -> Result<()> {
    headline("workflows");
    if output(Command::new("go").arg("version")).is_err() {
        println!("NOTICE: skipped here: actionlint needs Go");
        return Ok(());
    }
    let mut lint = Command::new("go");
    lint.args(["run", TOOL, "-shellcheck=", "-pyflakes="]);
    finish(lint.current_dir(root()))
}
