//! `completions`.

use clap::{Args, Command};
use clap_complete::Shell;

use crate::context::Context;
use crate::failure::Outcome;

/// Arguments of `svps completions`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  svps completions bash > ~/.local/share/bash-completion/completions/svps
  svps completions zsh > ~/.zfunc/_svps
  svps completions fish > ~/.config/fish/completions/svps.fish")]
pub struct CompletionsArgs {
    /// The shell
    pub shell: Shell,
}

/// Prints the script.
pub fn completions(context: &Context, args: &CompletionsArgs, mut command: Command) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "svps", &mut script);
    context.output.text(&String::from_utf8_lossy(&script))
}
