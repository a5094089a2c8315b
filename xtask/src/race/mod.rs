//! The race: processes buy the same keys on one account and one store, over a service with faults, and are killed. At
//! the end, the service, the store and every process agree on one VPS for each key.

mod books;
mod database;
mod halted;
mod languages;
mod plan;
mod racer;
mod worker;

use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};

use self::books::Books;
use self::database::Database;
use self::languages::{Language, SWIFT, Seen};
use self::plan::Plan;
use self::racer::{Racer, Tally};
use self::worker::Scene;
use crate::crossing::Program;
use crate::servers::simulator;
use crate::service::Service;
use crate::shell::{headline, target};

/// How many processes race: two of each language, or one or two where Swift takes part.
const WORKERS: usize = 8;
/// How often processes are looked at.
const LOOK: Duration = Duration::from_millis(20);

/// What is raced.
#[derive(Args, Clone)]
pub struct Options {
    /// How many seeds: each decides on faults and kills.
    #[arg(long, default_value_t = 5)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 1)]
    first_seed: u64,
    /// How many keys are bought. With none, processes are only stopped.
    #[arg(long, default_value_t = 8)]
    keys: usize,
    /// How many seeds race at a time.
    #[arg(long, default_value_t = 5)]
    side_by_side: usize,
    /// In which languages processes buy, beside Rust.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Language::value_variants().to_vec())]
    languages: Vec<Language>,
    /// Only this store; both by default, side by side.
    #[arg(long, value_enum)]
    store: Option<StoreKind>,
}

/// Where purchases are recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StoreKind {
    /// One file.
    Sqlite,
    /// One server.
    Postgres,
}

/// Runs the race of every seed on every store, and lets a process be stopped on each.
pub fn run(options: &Options) -> Result<()> {
    headline("processes that buy the same keys, and are killed");
    let (workers, seen) = languages::programs(&options.languages)?;
    let programs = Programs {
        service: simulator("dev")?,
        workers,
        seen,
    };
    let mut threads: Vec<JoinHandle<Result<()>>> = Vec::new();
    for store in StoreKind::value_variants() {
        if options.store.is_none_or(|only| only == *store) {
            let (halts, races, options) = (programs.clone(), programs.clone(), options.clone());
            threads.push(std::thread::spawn(move || halted::run(&halts, *store)));
            if options.keys > 0 {
                let race = move || race_all(&races, &options, *store);
                threads.push(std::thread::spawn(race));
            }
        }
    }
    let ends: Vec<Result<()>> = threads.into_iter().map(joined).collect();
    ends.into_iter().collect()
}

fn joined(thread: JoinHandle<Result<()>>) -> Result<()> {
    match thread.join() {
        Ok(end) => end,
        Err(_) => bail!("a thread of the race panicked"),
    }
}

/// What takes part, as programs.
#[derive(Clone)]
struct Programs {
    service: PathBuf,
    /// The first one is Rust's.
    workers: Vec<Program>,
    /// The folder in which Swift's program can race.
    seen: Option<Seen>,
}

impl Programs {
    /// Rust's alone, which can be told when to stop.
    fn rust(&self) -> &[Program] {
        self.workers.get(..1).unwrap_or_default()
    }

    /// Those that can record purchases in that store.
    fn with(&self, store: StoreKind) -> Vec<Program> {
        let can = |program: &&Program| store == StoreKind::Sqlite || program.language != SWIFT;
        self.workers.iter().filter(can).cloned().collect()
    }

    /// An empty folder for what a race writes, which every program can see.
    fn folder(&self, name: &str) -> Result<PathBuf> {
        match &self.seen {
            Some(seen) => emptied(seen.here.join(name)),
            None => folder(name),
        }
    }
}

/// Races so many seeds at a time: much of a race is waiting for leases of the dead to end.
fn race_all(programs: &Programs, options: &Options, store: StoreKind) -> Result<()> {
    let last = options.first_seed.saturating_add(options.seeds);
    let seeds: Vec<u64> = (options.first_seed..last).collect();
    for some in seeds.chunks(options.side_by_side.max(1)) {
        let race = |seed: &u64| {
            let (programs, seed, keys) = (programs.clone(), *seed, options.keys);
            std::thread::spawn(move || race_seed(&programs, &Plan { seed, keys }, store))
        };
        let threads: Vec<_> = some.iter().map(race).collect();
        let ends: Vec<Result<()>> = threads.into_iter().map(joined).collect();
        ends.into_iter().collect::<Result<()>>()?;
    }
    Ok(())
}

fn race_seed(programs: &Programs, plan: &Plan, store: StoreKind) -> Result<()> {
    let Plan { seed, keys } = plan;
    let name = store.to_possible_value().context("a store has no name")?;
    let name = name.get_name();
    let folder = programs.folder(&format!("{name}-{seed}"))?;
    race_once(programs, plan, store, &folder).with_context(|| {
        let again = "cargo xtask test race";
        format!(
            "{} has the files; again: {again} --store {name} --first-seed {seed} --keys {keys}",
            folder.display()
        )
    })?;
    Ok(std::fs::remove_dir_all(&folder)?)
}

/// An empty folder for what a race writes.
fn folder(name: &str) -> Result<PathBuf> {
    emptied(target().join("race").join(name))
}

fn emptied(folder: PathBuf) -> Result<PathBuf> {
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn race_once(programs: &Programs, plan: &Plan, store: StoreKind, folder: &Path) -> Result<()> {
    let Some(database) = Database::start(store, folder)? else {
        return Ok(());
    };
    let config = folder.join("service.json");
    std::fs::write(&config, serde_json::to_vec_pretty(&plan.service())?)?;
    let options = ["--config", &*config.to_string_lossy()];
    let service = Service::start(&programs.service, &options)?;
    let scene = Scene {
        programs: &programs.with(store),
        seen: programs.seen.as_ref(),
        service: &service,
        place: database.place(),
        folder,
    };
    let begun = Instant::now();
    let raced = race_to_the_end(&scene, plan, begun);
    std::fs::write(folder.join("state.json"), service.state()?.to_string())?;
    std::fs::write(
        folder.join("requests.json"),
        service.requests()?.to_string(),
    )?;
    std::fs::write(folder.join("store.txt"), scene.listed()?)?;
    database.dump(folder)?;
    let tally = raced?;
    let books = Books::read(&scene, plan)?;
    books.check(plan)?;
    let seconds = begun.elapsed().as_secs();
    println!(
        "{store:?}, seed {}: {books}; {tally}; {seconds} s",
        plan.seed
    );
    Ok(())
}

/// Lets every process race until each has an end for every key. Says what befell them.
fn race_to_the_end(scene: &Scene<'_>, plan: &Plan, begun: Instant) -> Result<Tally> {
    let start = |number| Racer::start(scene, plan, number);
    let mut racers: Vec<Racer> = (0..WORKERS).map(start).collect::<Result<_>>()?;
    let mut tally = Tally::default();
    while !racers.is_empty() {
        if begun.elapsed() > plan.limit() {
            let limit = plan.limit().as_secs();
            bail!("after {limit} s, {} processes still run", racers.len());
        }
        let mut running = Vec::new();
        for racer in racers {
            running.extend(racer.look_after(scene, begun.elapsed(), &mut tally)?);
        }
        racers = running;
        std::thread::sleep(LOOK);
    }
    Ok(tally)
}
