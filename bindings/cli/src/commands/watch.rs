//! `watch`.

use std::time::Duration;

use clap::Args;

use crate::api::{Client, RebootPolicy, Timestamp, VpsId, VpsWatch, WatchEvent};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::find;
use crate::interrupt;
use crate::options::duration;
use crate::output::Form;
use crate::purchase::stop_on_interrupt;
use crate::told::words;

const EXAMPLES: &str = "It prints one line for whatever changes, and nothing else. Ctrl-C ends it.

With --reboot it reboots a VPS that is paid and active and has not answered three probes in a row, while others do. It waits
five minutes before it reboots the same one again, then ten, and at most an hour. One that was stopped elsewhere looks
the same as one that hangs: leave it out with --exclude.

Examples:
  svps watch
  svps watch --reboot --exclude 6641ab
  svps watch --reboot -o jsonl >> watch.jsonl";

/// Arguments of `svps watch`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct WatchArgs {
    /// Reboot VPS that should be up and do not answer, while others do
    #[arg(long)]
    pub reboot: bool,
    /// VPS that are neither probed nor rebooted, such as those that are stopped: ids, beginnings of them, or addresses
    #[arg(long, value_delimiter = ',', value_name = "VPS")]
    pub exclude: Vec<String>,
    /// The time from one look to the next, such as 30s or 5m
    #[arg(long, default_value = "60s", value_parser = duration, value_name = "TIME")]
    pub interval: Duration,
    /// How many probes in a row a VPS must not answer
    #[arg(long, default_value_t = 3, value_name = "COUNT")]
    pub silent_probes: u32,
    /// Probe no VPS: tell only what the list shows
    #[arg(long, conflicts_with = "reboot")]
    pub no_probes: bool,
    /// How many days before the end of a period to tell of its renewal; 0 is never
    #[arg(long, default_value_t = 7, value_name = "DAYS")]
    pub alarm_days: u32,
    /// End after so long, such as 12h; a simulated account needs it
    #[arg(long = "for", value_parser = duration, value_name = "TIME")]
    pub at_most: Option<Duration>,
    /// At a simulated account: let this VPS hang, to see what happens
    #[arg(long, value_name = "VPS")]
    pub hang: Option<String>,
    /// The port that is probed
    #[arg(long, default_value_t = 3389, value_name = "PORT", hide = true)]
    pub desktop_port: u16,
}

/// Watches until it is ended, and prints every event.
pub fn watch(context: &Context, args: &WatchArgs) -> Outcome {
    let print: fn(&WatchEvent) -> String = match context.output.form {
        _ if context.global.quiet => name,
        Form::Table => line,
        Form::Jsonl => json,
        Form::Json | Form::Csv | Form::Yaml => {
            let wrong =
                Failure::usage("--output: a watch has no end, so that it is a table or jsonl");
            return Err(wrong.next("Nothing was done. Use -o jsonl."));
        }
    };
    if context.is_simulated() && args.at_most.is_none() {
        let wrong =
            Failure::usage("--for is missing: the time of a simulated account passes at once");
        return Err(wrong.next("Nothing was done. Use --for 10m, for example."));
    }
    let client = context.client()?;
    let hanging = args.hang.as_deref().map(|text| find::id(&client, text));
    let hanging = hanging.transpose()?;
    let mut watch = begin(&client, args)?;
    interrupt::install()?;
    let stopper = watch.stopper();
    let _guarded = stop_on_interrupt(&stopper);
    let mut is_first = true;
    for event in &mut watch {
        if !context.output.line(&print(&event?))? {
            return Ok(());
        }
        if let (true, Some(id)) = (is_first, &hanging) {
            hang(context, id)?;
        }
        is_first = false;
    }
    if watch.is_over() {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Interrupted,
        "interrupted; nothing is watched any more",
    ))
}

fn begin(client: &Client, args: &WatchArgs) -> Outcome<VpsWatch> {
    let exclude = args.exclude.iter().map(|text| find::id(client, text));
    let exclude: Vec<VpsId> = exclude.collect::<Outcome<_>>()?;
    let mut watch = client
        .vps()
        .watch()
        .interval(args.interval)
        .alarm_days(args.alarm_days)
        .silent_probes(args.silent_probes)
        .probe_port(args.desktop_port)
        .exclude(exclude);
    if args.reboot {
        watch = watch.reboot(RebootPolicy::WhenSilent);
    }
    if args.no_probes {
        watch = watch.no_probes();
    }
    if let Some(at_most) = args.at_most {
        watch = watch.at_most(at_most);
    }
    Ok(watch.begin()?)
}

fn hang(context: &Context, id: &VpsId) -> Outcome {
    match context.world() {
        Some(world) => world.hang(id),
        None => Err(Failure::usage("--hang is for simulated accounts")),
    }
}

/// Which VPS it is about, for programs that look for themselves.
fn name(event: &WatchEvent) -> String {
    let vps = event.kind.vps().map_or("", |vps| vps.id.as_str());
    format!("{} {vps}", event.kind.name()).trim_end().to_owned()
}

fn json(event: &WatchEvent) -> String {
    serde_json::to_string(event).unwrap_or_default()
}

fn line(event: &WatchEvent) -> String {
    let vps = event.kind.vps().map(|vps| format!("{}  ", vps.id));
    let vps = vps.unwrap_or_default();
    format!("{}  {vps}{}", second(event.at), words(&event.kind))
}

/// `2026-05-10 14:32:00 UTC`
fn second(at: Timestamp) -> String {
    let text = at.to_string();
    match (text.get(..10), text.get(11..19)) {
        (Some(day), Some(time)) => format!("{day} {time} UTC"),
        _ => text,
    }
}
