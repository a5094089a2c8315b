//! `wait`.

use clap::Args;

use super::show::{DETAILS, Password, details};
use crate::context::Context;
use crate::failure::Outcome;
use crate::find;
use crate::options::Waiting;
use crate::purchase;

/// Arguments of `svps wait`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  svps wait 6641ab
  svps wait 6641ab --wait reachable --timeout 10m")]
pub struct WaitArgs {
    /// The VPS: its id, a unique beginning of it, its address or its host name
    #[arg(value_name = "VPS")]
    pub vps: String,
    #[command(flatten)]
    pub waiting: Waiting,
}

/// Waits until a VPS can be used, and prints it.
pub fn wait(context: &Context, args: &WaitArgs) -> Outcome {
    let client = context.client()?;
    let id = find::id(&client, &args.vps)?;
    let mut waiting = client
        .vps()
        .wait_until_ready(&id)
        .wait_for(purchase::level(args.waiting.level))
        .timeout(args.waiting.timeout)
        .first_look(args.waiting.first_look)
        .longest_pause(args.waiting.longest_pause)
        .begin()?;
    let vps = purchase::wait(context, &mut waiting, &id, &args.waiting)?;
    context
        .output
        .one(&DETAILS, &details(&vps, Password::Hidden))
}
