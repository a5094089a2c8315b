//! `list` and `show`.

use clap::Args;
use serde_json::Value;

use crate::api::VpsDetails;
use crate::context::Context;
use crate::failure::Outcome;
use crate::find;
use crate::output::{Column, Look, Record, record};

const LISTED: [Column; 11] = [
    Column::new("id", "ID", Look::Text),
    Column::new("planId", "PLAN", Look::Text),
    Column::new("billingCycle", "CYCLE", Look::Text).when_asked(),
    Column::new("location", "LOCATION", Look::Text),
    Column::new("vpsStatus", "STATUS", Look::Status),
    Column::new("status", "PAYMENT", Look::Status).with_room(),
    Column::new("ipAddress", "ADDRESS", Look::Text),
    Column::new("currentPeriodEnd", "PAID UNTIL", Look::Day).with_room(),
    Column::new("rdpUsername", "USER", Look::Text).when_asked(),
    Column::new("serverId", "SERVER", Look::Text).when_asked(),
    Column::new("createdAt", "CREATED", Look::Minute).when_asked(),
];

/// What is known of one VPS.
pub const DETAILS: [Column; 14] = [
    Column::new("id", "ID", Look::Text),
    Column::new("planId", "PLAN", Look::Text),
    Column::new("billingCycle", "CYCLE", Look::Text),
    Column::new("location", "LOCATION", Look::Text),
    Column::new("vpsStatus", "STATUS", Look::Status),
    Column::new("status", "PAYMENT", Look::Status),
    Column::new("ipAddress", "ADDRESS", Look::Text),
    Column::new("hostname", "HOST NAME", Look::Text),
    Column::new("rdpUsername", "USER", Look::Text),
    Column::new("rdpPassword", "PASSWORD", Look::Text),
    Column::new("serverId", "SERVER", Look::Text),
    Column::new("currentPeriodStart", "PAID SINCE", Look::Minute),
    Column::new("currentPeriodEnd", "PAID UNTIL", Look::Minute),
    Column::new("createdAt", "CREATED", Look::Minute),
];

/// Arguments of `svps show`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  svps show 6641ab
  svps show win-7f3a21
  svps show 6641ab -o json | jq -r .ipAddress")]
pub struct ShowArgs {
    /// The VPS: its id, a unique beginning of it, its address or its host name
    #[arg(value_name = "VPS")]
    pub vps: String,
    /// Show the password too
    #[arg(long)]
    pub show_password: bool,
}

/// Prints every VPS.
pub fn list(context: &Context) -> Outcome {
    let fleet = context.client()?.vps().list()?;
    let records: Vec<_> = fleet.iter().map(record).collect();
    if records.is_empty() {
        context.say("There is no VPS yet. `svps plans` shows what can be bought.");
    }
    context.output.list(&LISTED, &records)
}

/// Prints one VPS.
pub fn show(context: &Context, args: &ShowArgs) -> Outcome {
    let client = context.client()?;
    let vps = find::details(&client, &args.vps)?;
    let shown = Password::shown_if(args.show_password);
    context.output.one(&DETAILS, &details(&vps, shown))
}

/// Whether a password is written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Password {
    /// As `***`.
    Hidden,
    /// As it is.
    Shown,
}

impl Password {
    /// Shown when that was asked for.
    pub fn shown_if(asked: bool) -> Self {
        if asked { Self::Shown } else { Self::Hidden }
    }
}

/// A VPS as a record.
pub fn details(vps: &VpsDetails, password: Password) -> Record {
    let mut fields = record(vps);
    if password == Password::Hidden && vps.rdp_password.is_some() {
        fields.insert("rdpPassword".to_owned(), Value::from("***"));
    }
    fields
}
