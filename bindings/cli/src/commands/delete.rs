//! `delete`.

use clap::Args;
use serde_json::Value;

use crate::api::{Client, VpsDetails};
use crate::ask;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::find;
use crate::interrupt;
use crate::output::{Column, Look, Record, record};

const COLUMNS: [Column; 4] = [
    Column::new("id", "ID", Look::Text),
    Column::new("providerDeleted", "DELETED", Look::Text),
    Column::new("alreadyGone", "WAS GONE", Look::Text).when_asked(),
    Column::new("message", "THE SERVICE SAYS", Look::Text).with_room(),
];

/// Arguments of `svps delete`.
#[derive(Debug, Args)]
#[command(
    after_help = "A VPS that is deleted is gone for good, with everything on it, and nothing is refunded. The id is asked for \
again. With --yes it is not, and each VPS must be named by its whole id or its host name.

Examples:
  svps delete 6641ab
  svps delete 6641abc0f0e1d2c3b4a59687 --yes"
)]
pub struct DeleteArgs {
    /// The VPS: ids, unique beginnings of them, addresses or host names
    #[arg(required = true, value_name = "VPS")]
    pub vps: Vec<String>,
    /// Do not ask for the id again
    #[arg(short, long)]
    pub yes: bool,
}

/// Ends each VPS, after its id was typed again.
pub fn delete(context: &Context, args: &DeleteArgs) -> Outcome {
    if !args.yes && !ask::is_possible() {
        return Err(
            Failure::usage("there is no terminal to ask for the id again")
                .next("Nothing was deleted. Pass --yes with whole ids."),
        );
    }
    interrupt::install()?;
    let client = context.client()?;
    let found = args.vps.iter().map(|text| find::details(&client, text));
    let found: Vec<VpsDetails> = found.collect::<Outcome<_>>()?;
    for (vps, text) in found.iter().zip(&args.vps) {
        if args.yes {
            must_be_whole(vps, text)?;
        } else {
            ask_again(vps)?;
        }
    }
    delete_all(context, &client, &found)
}

fn delete_all(context: &Context, client: &Client, found: &[VpsDetails]) -> Outcome {
    let mut records: Vec<Record> = Vec::new();
    let mut failures = Vec::new();
    for vps in found {
        match client.vps().delete(&vps.id) {
            Ok(deleted) => records.push(record(&deleted)),
            Err(error) => {
                let failure = Failure::from(error);
                failures.push(Failure {
                    message: format!("{}: {failure}", vps.id),
                    ..failure
                });
            }
        }
    }
    for fields in &mut records {
        if fields.get("alreadyGone") == Some(&Value::Bool(true)) {
            fields.insert("message".to_owned(), Value::from("it was gone already"));
        }
    }
    context.output.list(&COLUMNS, &records)?;
    Failure::first_of(failures)
}

/// Without a person, only a name that can mean nothing else will do.
fn must_be_whole(vps: &VpsDetails, text: &str) -> Outcome {
    let host_name = vps.hostname.as_deref();
    if vps.id.as_str() == text || host_name.is_some_and(|name| name.eq_ignore_ascii_case(text)) {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "--yes needs the whole id or the host name, and `{text}` is neither"
    ))
    .next(format!("Nothing was deleted. It means {}.", vps.id)))
}

fn ask_again(vps: &VpsDetails) -> Outcome {
    let name = vps.hostname.as_deref().unwrap_or("without a host name yet");
    let typed = ask::line(&format!(
        "{} in {}, {name}, {}, is deleted for good; nothing is refunded.\nType its id to delete it: ",
        vps.plan_id, vps.location, vps.vps_status
    ))?;
    if typed == vps.id.as_str() {
        return Ok(());
    }
    Err(Failure::new(Exit::General, "that is not the id")
        .next(format!("Nothing was deleted. The id is {}.", vps.id)))
}
