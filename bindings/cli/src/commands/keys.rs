//! `keys list`, `keys create` and `keys revoke`.

use clap::{Args, Subcommand};

use super::login::Credentials;
use crate::api::{KeyId, NewKey};
use crate::ask;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::interrupt;
use crate::output::{Column, Look, record};

const LISTED: [Column; 7] = [
    Column::new("id", "ID", Look::Text),
    Column::new("name", "NAME", Look::Text),
    Column::new("keyPrefix", "BEGINS WITH", Look::Text),
    Column::new("scope", "SCOPE", Look::Status),
    Column::new("lastUsedAt", "LAST USED", Look::Minute).with_room(),
    Column::new("expiresAt", "EXPIRES", Look::Day),
    Column::new("createdAt", "CREATED", Look::Day).when_asked(),
];

const CREATED: [Column; 5] = [
    Column::new("apiKey", "API KEY", Look::Text),
    Column::new("keyPrefix", "BEGINS WITH", Look::Text),
    Column::new("name", "NAME", Look::Text),
    Column::new("scope", "SCOPE", Look::Status),
    Column::new("expiresAt", "EXPIRES", Look::Day),
];

/// What can be done with keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Every key of the account
    List,
    /// Make a key, and show it this one time
    Create(CreateArgs),
    /// End a key for good
    Revoke(RevokeArgs),
}

/// Arguments of `svps keys create`.
#[derive(Debug, Args)]
#[command(
    after_help = "The key is printed once and nowhere kept. `svps login` makes a key and keeps it.

Examples:
  svps keys create monitor --scope read
  svps keys create ci --expires-in-days 90 -q > key.txt"
)]
pub struct CreateArgs {
    /// The key's label
    pub name: String,
    /// What the key may do
    #[arg(long, value_parser = ["full", "read"], default_value = "full", value_name = "SCOPE")]
    pub scope: String,
    /// After how many days it stops working; never by default
    #[arg(long, value_name = "DAYS")]
    pub expires_in_days: Option<u32>,
    /// The account's e-mail address; asked for by default
    #[arg(long, value_name = "ADDRESS")]
    pub email: Option<String>,
    /// Read the password from standard input instead of asking for it
    #[arg(long, requires = "email")]
    pub password_stdin: bool,
}

/// Arguments of `svps keys revoke`.
#[derive(Debug, Args)]
#[command(after_help = "A key can't revoke itself.

Examples:
  svps keys revoke 6650f1
  svps keys revoke monitor --yes")]
pub struct RevokeArgs {
    /// The key: its id, a unique beginning of it, or its label
    pub key: String,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
}

/// Carries one out.
pub fn run(context: &Context, command: KeysCommand) -> Outcome {
    match command {
        KeysCommand::List => list(context),
        KeysCommand::Create(args) => create(context, &args),
        KeysCommand::Revoke(args) => revoke(context, &args),
    }
}

fn list(context: &Context) -> Outcome {
    let keys = context.client()?.keys().list()?;
    let records: Vec<_> = keys.iter().map(record).collect();
    context.output.list(&LISTED, &records)
}

fn create(context: &Context, args: &CreateArgs) -> Outcome {
    interrupt::install()?;
    let credentials = Credentials::from_person(args.email.as_deref(), args.password_stdin)?;
    let mut key = NewKey::new(&args.name).scope(args.scope.as_str());
    if let Some(days) = args.expires_in_days {
        key = key.expires_in_days(days);
    }
    let client = context.stranger()?;
    let created = client
        .keys()
        .create(&credentials.email, credentials.password, key)?;

    context.say("Keep this key: it is not shown again.");
    context.output.one(&CREATED, &record(&created))
}

fn revoke(context: &Context, args: &RevokeArgs) -> Outcome {
    let client = context.client()?;
    let keys = client.keys().list()?;
    let found: Vec<_> = match keys.iter().find(|key| key.id.as_str() == args.key) {
        Some(key) => vec![key],
        None => keys
            .iter()
            .filter(|key| key.id.as_str().starts_with(&args.key) || key.name == args.key)
            .collect(),
    };
    let key = match found.as_slice() {
        [key] => *key,
        [] => {
            let message = format!("there is no key `{}` in this account", args.key);
            return Err(
                Failure::new(Exit::NotFound, message).next("`svps keys list` shows every key.")
            );
        }
        several => {
            let ids: Vec<_> = several.iter().map(|key| key.id.as_str()).collect();
            return Err(
                Failure::usage(format!("`{}` can be any of {}", args.key, ids.join(", ")))
                    .next("Nothing was done. Type more of the id."),
            );
        }
    };
    if !args.yes {
        interrupt::install()?;
        if !ask::is_possible() {
            return Err(Failure::usage("there is no terminal to ask").next("Pass --yes."));
        }
        let question = format!("Revoke the key `{}` ({}...)?", key.name, key.key_prefix);
        if !ask::confirm(&question)? {
            return Err(Failure::new(Exit::General, "nothing was revoked"));
        }
    }
    let id: KeyId = key.id.clone();
    client.keys().revoke(&id)?;
    context.say(&format!("The key `{}` is revoked.", key.name));
    Ok(())
}
