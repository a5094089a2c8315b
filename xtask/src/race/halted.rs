//! A process that is stopped between an order's announcement and its first byte, past its lease, while another
//! buys. When it goes on, it sends nothing.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use super::database::Database;
use super::worker::{Scene, Worker};
use super::{LOOK, Programs, StoreKind, folder};
use crate::service::Service;

/// Longer than a lease, the settle window and the purchase take.
const LIMIT: Duration = Duration::from_mins(3);

/// Where a process is stopped: see the program.
const MOMENTS: [&str; 2] = ["progress", "clock"];

/// Stops one process at each moment, and lets another buy its key meanwhile.
pub fn run(programs: &Programs, store: StoreKind) -> Result<()> {
    if cfg!(not(target_os = "linux")) {
        println!("NOTICE: processes are stopped on Linux alone");
        return Ok(());
    }
    for moment in MOMENTS {
        let folder = folder(&format!("halted-{store:?}-{moment}"))?;
        let Some(database) = Database::start(store, &folder)? else {
            return Ok(());
        };
        let service = Service::start(&programs.service, &["--provisioning-ms", "1000"])?;
        let scene = Scene {
            programs: programs.rust(),
            seen: None,
            service: &service,
            place: database.place(),
            folder: &folder,
        };
        halt_and_go_on(&scene, moment)
            .with_context(|| format!("{} has the files", folder.display()))?;
        println!("{store:?}: stopped at {moment} before its order, a process sent nothing later");
        std::fs::remove_dir_all(&folder)?;
    }
    Ok(())
}

fn halt_and_go_on(scene: &Scene<'_>, moment: &str) -> Result<()> {
    let arguments = ["--keys", "1", "--threads", "1"].map(str::to_owned);
    let halt = ["--halt", moment].map(str::to_owned);
    let halts = [&arguments[..], &halt].concat();
    let mut halted = Worker::start(scene, 0, &halts)?;
    until("the first process stops", || is_stopped(&mut halted))?;
    ensure!(
        orders(scene)? == 0,
        "the first process ordered before it stopped"
    );

    let mut next = Worker::start(scene, 1, &arguments)?;
    until("the second process has bought", || next.has_ended())?;
    ensure!(
        orders(scene)? == 1,
        "the second process sent {} orders",
        orders(scene)?
    );

    halted.go_on()?;
    until("the first process has ended", || halted.has_ended())?;
    ensure!(
        orders(scene)? == 1,
        "the first process sent its order after all"
    );
    // One that takes up what is open prints the end of a key that it asks for as well twice.
    let printed = |worker| -> Result<BTreeSet<String>> {
        let text = std::fs::read_to_string(scene.printed(worker))?;
        let ends = text.lines().filter(|line| *line != "halting");
        Ok(ends.map(str::to_owned).collect())
    };
    let (first, second) = (printed(0)?, printed(1)?);
    ensure!(
        first == second,
        "the first process printed {first:?}, and the second one {second:?}"
    );
    let id = scene.service.field("/vps/0/id")?;
    let id = id.as_str().unwrap_or_default();
    ensure!(
        second == BTreeSet::from([format!("order-1 {id}")]),
        "it printed {second:?}, not {id}"
    );
    let listed = scene.listed()?;
    ensure!(
        listed == format!("order-1 ready 2 {id}\n"),
        "the store has {listed}"
    );
    Ok(())
}

fn orders(scene: &Scene<'_>) -> Result<u64> {
    let orders = scene.service.field("/orders_received")?;
    orders.as_u64().context("the service counts no orders")
}

fn is_stopped(worker: &mut Worker) -> Result<bool> {
    ensure!(!worker.has_ended()?, "the process ended, and was to stop");
    let status = std::fs::read_to_string(format!("/proc/{}/stat", worker.id()))?;
    // The state follows the name, which stands in parentheses.
    let state = status.rsplit(") ").next().unwrap_or_default();
    Ok(state.starts_with('T'))
}

fn until(what: &str, mut is_so: impl FnMut() -> Result<bool>) -> Result<()> {
    let begun = Instant::now();
    while !is_so()? {
        if begun.elapsed() > LIMIT {
            bail!("{what}: not within {} s", LIMIT.as_secs());
        }
        std::thread::sleep(LOOK);
    }
    Ok(())
}
