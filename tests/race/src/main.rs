//! One of several processes that buy the same keys, on one account and one store. `cargo xtask test race` starts them,
//! kills them, and does the books.
//!
//! `buy` prints a line for each key that has ended: `KEY VPS_ID`, or `KEY !CODE` where it ended in an error that
//! another call does not mend. Standard error has a line for each call that is made again: `KEY CODE`. `list` prints
//! what the store has: `KEY STATE ATTEMPT VPS_ID`.

mod buyer;
mod fall;
mod halt;
mod place;

use std::error::Error;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use stablevps::Client;

use crate::fall::{Edge, Fall};
use crate::halt::{Halt, Moment};

#[derive(Parser)]
#[command(about = "Buys the same keys as other processes, on one account and one store")]
struct Arguments {
    #[command(flatten)]
    account: Account,
    #[command(subcommand)]
    task: Task,
}

/// Whose purchases, and where they are recorded. The key of the service is in `STABLEVPS_API_KEY`.
#[derive(Args)]
struct Account {
    /// The base URL of the service
    #[arg(long)]
    url: String,
    /// `sqlite:PATH` or `postgres:ADDRESS`
    #[arg(long)]
    store: String,
    /// Die beside an operation of the store: `receipt:before:2` is before the second receipt
    #[arg(long)]
    fall: Option<Fall>,
}

#[derive(Subcommand)]
enum Task {
    /// Buy a VPS for each of so many keys
    Buy {
        /// How many keys: `order-1` and so on
        #[arg(long)]
        keys: usize,
        /// How many of them at once
        #[arg(long, default_value_t = 4)]
        threads: usize,
        /// Print `halting` and stop the process, once, between an order's announcement and its first byte
        #[arg(long, value_enum)]
        halt: Option<Moment>,
    },
    /// Print what the store has
    List,
}

fn main() -> Result<(), Box<dyn Error>> {
    let Arguments { account, task } = Arguments::parse();
    match task {
        Task::Buy {
            keys,
            threads,
            halt,
        } => {
            let halt = Halt::new(halt);
            let client = client(&account, halt.clone())?;
            buyer::buy_all(&client, keys, threads, &halt)
        }
        Task::List => list(&client(&account, Halt::default())?),
    }
}

/// Short times: a lease is longer than they are.
fn client(account: &Account, clock: Halt) -> Result<Client, Box<dyn Error>> {
    let builder = Client::builder()
        .api_key_from_env()
        .clock(clock)
        .base_url(&*account.url)
        .timeout(Duration::from_secs(2))
        .connect_timeout(Duration::from_secs(1));
    let store = place::open(&account.store)?;
    let client = match &account.fall {
        Some(fall) => builder.store(Edge::new(store, fall.clone())),
        None => builder.store(store),
    };
    Ok(client.build()?)
}

fn list(client: &Client) -> Result<(), Box<dyn Error>> {
    for record in client.purchases().list()? {
        let vps_id = record.vps_id.map(|id| id.to_string());
        println!(
            "{} {} {} {}",
            record.idempotency_key.unwrap_or_default(),
            record.state,
            record.attempt,
            vps_id.unwrap_or_default()
        );
    }
    Ok(())
}
