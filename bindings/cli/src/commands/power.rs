//! `start`, `stop` and `reboot`.

use clap::Args;
use serde_json::Value;

use crate::api::{ActionReceipt, Client, Error, VpsId};
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::find;
use crate::output::{Column, Look, Record, record};

/// Examples of `svps reboot`.
pub const REBOOT_EXAMPLES: &str =
    "A reboot whose reply is lost is not repeated: it may have been done.

Examples:
  svps reboot 6641ab
  svps reboot 6641ab 6650f1
  svps list -q | xargs svps reboot";

const COLUMNS: [Column; 4] = [
    Column::new("id", "ID", Look::Text),
    Column::new("action", "ACTION", Look::Text),
    Column::new("serverId", "SERVER", Look::Text),
    Column::new("message", "THE SERVICE SAYS", Look::Text).with_room(),
];

/// Arguments of the three.
#[derive(Debug, Args)]
pub struct PowerArgs {
    /// The VPS: ids, unique beginnings of them, addresses or host names
    #[arg(required = true, value_name = "VPS")]
    pub vps: Vec<String>,
}

/// What is done.
#[derive(Clone, Copy, Debug)]
pub enum Action {
    /// Switch on.
    Start,
    /// Switch off.
    Stop,
    /// Restart.
    Reboot,
}

impl Action {
    fn carry_out(self, client: &Client, id: &VpsId) -> Result<ActionReceipt, Error> {
        match self {
            Self::Start => client.vps().start(id),
            Self::Stop => client.vps().stop(id),
            Self::Reboot => client.vps().reboot(id),
        }
    }
}

/// Does it to each VPS. All are known before the first is touched; one that fails does not keep the others from it.
pub fn run(context: &Context, args: &PowerArgs, action: Action) -> Outcome {
    let client = context.client()?;
    let ids = args.vps.iter().map(|text| find::id(&client, text));
    let ids: Vec<VpsId> = ids.collect::<Outcome<_>>()?;
    let mut records: Vec<Record> = Vec::new();
    let mut failures: Vec<Failure> = Vec::new();
    for id in &ids {
        match action.carry_out(&client, id) {
            Ok(receipt) => {
                let mut fields = record(&receipt);
                fields.insert("id".to_owned(), Value::from(id.as_str()));
                records.push(fields);
            }
            Err(error) => {
                let failure = Failure::from(error);
                failures.push(Failure {
                    message: format!("{id}: {failure}"),
                    ..failure
                });
            }
        }
    }
    context.output.list(&COLUMNS, &records)?;
    Failure::first_of(failures)
}
