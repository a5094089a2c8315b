//! `rdp`: a file that opens a VPS's desktop.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::api::VpsDetails;
use crate::context::Context;
use crate::desktop;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::find;

/// Arguments of `svps rdp`.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
#[command(
    after_help = "The file has the address and the user. The password is in no file: it goes to the clipboard with --copy-password, or \
to standard output with --show-password.

Examples:
  svps rdp 6641ab
  svps rdp 6641ab --open --copy-password
  svps rdp 6641ab --show-password --file trading.rdp"
)]
pub struct RdpArgs {
    /// The VPS: its id, a unique beginning of it, its address or its host name
    #[arg(value_name = "VPS")]
    pub vps: String,
    /// The file; by default named after the host
    #[arg(short, long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Replace the file where there is one
    #[arg(long)]
    pub force: bool,
    /// Start a client with it
    #[arg(long)]
    pub open: bool,
    /// Put the password on the clipboard
    #[arg(long)]
    pub copy_password: bool,
    /// Print the password
    #[arg(long)]
    pub show_password: bool,
}

/// Writes the file, and opens it when asked to.
pub fn rdp(context: &Context, args: &RdpArgs) -> Outcome {
    let client = context.client()?;
    let vps = find::details(&client, &args.vps)?;
    let (Some(address), Some(password)) = (&vps.ip_address, &vps.rdp_password) else {
        let message = format!("{} has no address or no password yet", vps.id);
        return Err(Failure::new(Exit::General, message)
            .next(format!("Wait until it can be used: svps wait {}", vps.id)));
    };
    let path = args
        .file
        .clone()
        .unwrap_or_else(|| PathBuf::from(file_name(&vps)));
    write(&path, &text(address, &vps), args.force)?;
    context.say(&format!(
        "{} opens the desktop of {}.",
        path.display(),
        vps.id
    ));
    if args.copy_password {
        desktop::copy(password.reveal())?;
        context.say("The password is on the clipboard.");
    }
    if args.show_password {
        context.output.text(&format!("{}\n", password.reveal()))?;
    }
    if args.open {
        desktop::open(&path)?;
    }
    Ok(())
}

fn file_name(vps: &VpsDetails) -> String {
    let name = vps.hostname.as_deref().unwrap_or(vps.id.as_str());
    let plain = |one: char| one.is_ascii_alphanumeric() || one == '-';
    let name: String = name
        .chars()
        .map(|one| if plain(one) { one } else { '-' })
        .collect();
    format!("{name}.rdp")
}

/// What a client for Remote Desktop reads. Lines end as Windows ends them.
fn text(address: &str, vps: &VpsDetails) -> String {
    let user = vps.rdp_username.as_deref().unwrap_or("Administrator");
    let lines = [
        format!("full address:s:{}", one_line(address)),
        format!("username:s:{}", one_line(user)),
        "prompt for credentials:i:1".to_owned(),
        "authentication level:i:2".to_owned(),
        "screen mode id:i:2".to_owned(),
        "redirectclipboard:i:1".to_owned(),
        String::new(),
    ];
    lines.join("\r\n")
}

/// A value of the service can't add a line of its own.
fn one_line(value: &str) -> String {
    value.chars().filter(|one| !one.is_control()).collect()
}

fn write(path: &Path, text: &str, force: bool) -> Outcome {
    if force {
        return crate::places::replace(path, text, crate::places::Durability::Kill);
    }
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| {
        let failure = Failure::file(path, &error);
        if error.kind() == std::io::ErrorKind::AlreadyExists {
            failure.next("Pass --force to replace it, or --file for another name.")
        } else {
            failure
        }
    })
}
