//! `login` and `logout`.

use clap::Args;

use crate::api::{NewKey, Secret};
use crate::ask;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::interrupt;
use crate::profile::{DEFAULT, Kept};

/// Arguments of `svps login`.
#[derive(Debug, Args)]
#[command(
    after_help = "The key goes to the system's keyring where there is one, else into a file that only you can read. \
E-mail and password are used once and not kept.

Examples:
  svps login
  svps login --profile shop --scope read
  svps login --key < key.txt
  svps login --email john@example.com --password-stdin < password.txt"
)]
pub struct LoginArgs {
    /// The account's e-mail address; asked for by default
    #[arg(long, value_name = "ADDRESS", conflicts_with = "key")]
    pub email: Option<String>,
    /// Read the password from standard input instead of asking for it
    #[arg(long, requires = "email")]
    pub password_stdin: bool,
    /// Keep a key that you have: it is asked for, or read from standard input
    #[arg(long)]
    pub key: bool,
    /// What the new key may do
    #[arg(long, value_parser = ["full", "read"], default_value = "full", value_name = "SCOPE")]
    pub scope: String,
    /// After how many days the new key stops working; never by default
    #[arg(long, value_name = "DAYS")]
    pub expires_in_days: Option<u32>,
    /// The label of the new key
    #[arg(long, default_value = "svps", value_name = "TEXT")]
    pub name: String,
    /// Keep the key in the file, even where there is a keyring
    #[arg(long)]
    pub no_keyring: bool,
}

/// Arguments of `svps logout`.
#[derive(Debug, Args)]
#[command(
    after_help = "The key itself goes on working until it expires or is revoked: `svps keys list` and `svps keys revoke`, \
with another key."
)]
pub struct LogoutArgs {}

/// Makes a key, or takes one that works, and keeps it.
pub fn login(context: &Context, args: &LoginArgs) -> Outcome {
    interrupt::install()?;
    let (email, key) = if args.key {
        typed_key(context)?
    } else {
        new_key(context, args)?
    };
    let name = context.global.profile.as_deref().unwrap_or(DEFAULT);
    let wanted = if args.no_keyring || context.is_simulated() {
        Kept::File
    } else {
        Kept::Keyring
    };
    let mut profiles = context.profiles()?;
    let base_url = context.global.base_url.clone();
    let kept = profiles.keep(name, base_url, key.reveal(), wanted)?;
    let place = match kept {
        Kept::Keyring => "the system's keyring".to_owned(),
        Kept::File => profiles.path().display().to_string(),
    };
    context.say(&format!(
        "Signed in as {email} (profile `{name}`). The key is in {place}."
    ));
    Ok(())
}

/// Forgets a key.
pub fn logout(context: &Context, _args: &LogoutArgs) -> Outcome {
    let mut profiles = context.profiles()?;
    let name = match (&context.global.profile, profiles.default()) {
        (Some(name), _) => name.clone(),
        (None, Some(profile)) => profile.name.clone(),
        (None, None) => return Err(Failure::usage("there is no profile to forget")),
    };
    profiles.forget(&name)?;
    context.say(&format!(
        "The key of the profile `{name}` is forgotten. It works until it expires or is revoked."
    ));
    Ok(())
}

/// A key that the person has, and the account that it is of.
fn typed_key(context: &Context) -> Outcome<(String, Secret)> {
    let key = if ask::is_possible() {
        ask::secret("API key: ")?
    } else {
        ask::stdin_line()?
    };
    let key = Secret::new(key.trim());
    let account = context
        .client_with(key.reveal().to_owned())?
        .account()
        .get()?;
    Ok((account.email, key))
}

/// A key that is made now. Nothing is asked of the service after that, so that nothing can keep it from being kept.
fn new_key(context: &Context, args: &LoginArgs) -> Outcome<(String, Secret)> {
    let credentials = Credentials::from_person(args.email.as_deref(), args.password_stdin)?;
    let mut key = NewKey::new(&args.name).scope(args.scope.as_str());
    if let Some(days) = args.expires_in_days {
        key = key.expires_in_days(days);
    }
    let Credentials { email, password } = credentials;
    let created = context.stranger()?.keys().create(&email, password, key)?;
    Ok((email, created.api_key))
}

/// What an account signs in with.
pub struct Credentials {
    /// The e-mail address.
    pub email: String,
    /// The password.
    pub password: Secret,
}

impl Credentials {
    /// Asks for what is not given.
    pub fn from_person(email: Option<&str>, password_stdin: bool) -> Outcome<Self> {
        if !password_stdin && !ask::is_possible() {
            return Err(
                Failure::usage("there is no terminal to ask for e-mail and password").next(
                    "Pass --email and --password-stdin, or keep a key with `svps login --key`.",
                ),
            );
        }
        let email = match email {
            Some(email) => email.to_owned(),
            None => ask::line("E-mail: ")?,
        };
        let password = if password_stdin {
            ask::stdin_line()?
        } else {
            ask::secret("Password: ")?
        };
        Ok(Self {
            email,
            password: Secret::new(password),
        })
    }
}
