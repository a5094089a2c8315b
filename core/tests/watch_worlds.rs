//! Watches over seeded accounts in virtual time: VPS hang, are halted and stopped, the networks in between fail, lists and
//! replies are lost, and clocks stand. Every reboot must be one that was due, and nearly every one that was due must come.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;
#[path = "support/watched.rs"]
mod watched;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicIsize, Ordering};

use fastrand::Rng;
use stablevps_core::watch::{RebootPolicy, WatchEvent, WatchOptions};
use support::{START, seeds};
use watched::{Act, DAY, HOUR, MINUTE, Trouble, World};

struct Counting;

static HELD: AtomicIsize = AtomicIsize::new(0);

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.fetch_add(layout.size().cast_signed(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size().cast_signed(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const PLACES: [&str; 6] = [
    "amsterdam",
    "london",
    "frankfurt",
    "newYork",
    "singapore",
    "tokyo",
];

/// How often each kind of thing happens in a span.
struct Weather {
    span: i64,
    hangs: u64,
    faults: u64,
}

fn one_of<T: Copy>(rng: &mut Rng, options: &[T]) -> T {
    options[rng.usize(..options.len())]
}

fn plan(rng: &mut Rng, places: &[&'static str], weather: &Weather) -> Vec<(i64, Act)> {
    let mut plan = Vec::new();
    for _ in 0..weather.hangs {
        plan.push((
            rng.i64(0..weather.span),
            Act::Hang(rng.usize(..places.len())),
        ));
    }
    for _ in 0..weather.faults {
        let at = rng.i64(0..weather.span);
        fault(rng, places, at, &mut plan);
    }
    plan
}

fn fault(rng: &mut Rng, places: &[&'static str], at: i64, plan: &mut Vec<(i64, Act)>) {
    let number = rng.usize(..places.len());
    let short = rng.i64(1_000..15 * MINUTE);
    let place = one_of(rng, places);
    let is_shared = places.iter().filter(|other| **other == place).count() > 1;
    let troubles = [
        Trouble::Broken,
        Trouble::Html,
        Trouble::Limited,
        Trouble::Lost,
        Trouble::Short,
    ];
    let end = at + rng.i64(10 * MINUTE..3 * HOUR);
    match rng.u32(0..13) {
        0 => plan.push((at, Act::NoNetwork(rng.i64(1_000..3 * HOUR)))),
        1 if places.len() > 1 => plan.push((at, Act::NoProbes(short))),
        2 => plan.push((at, Act::NoSockets(short))),
        3 if is_shared => plan.push((at, Act::NoPlace(place, short))),
        4 | 5 => plan.push((at, Act::NoList(one_of(rng, &troubles), short))),
        6 => plan.push((at, Act::Unlisted(number, rng.i64(1_000..10 * MINUTE)))),
        7 => plan.push((at, Act::NoReplies(rng.i64(MINUTE..3 * HOUR)))),
        8 => plan.push((at, Act::Sleep(rng.i64(MINUTE..8 * HOUR)))),
        9 => {
            plan.push((at, Act::Machine(number, one_of(rng, &["suspended", "odd"]))));
            plan.push((end, Act::Machine(number, "active")));
        }
        10 => {
            plan.push((
                at,
                Act::Billing(number, one_of(rng, &["past_due", "canceled"])),
            ));
            plan.push((end, Act::Billing(number, "active")));
        }
        11 => {
            plan.push((at, Act::Stop(number)));
            plan.push((end, Act::Start(number)));
        }
        // Shorter than what makes a VPS unreachable.
        _ => plan.push((at, Act::Blip(number, rng.i64(1_000..115_000)))),
    }
}

fn rebooting() -> WatchOptions {
    WatchOptions {
        reboot: RebootPolicy::WhenSilent,
        ..WatchOptions::default()
    }
}

fn world(seed: u64) -> World {
    let mut rng = Rng::with_seed(seed);
    rng.u64(..);
    let few = rng.usize(1..=PLACES.len());
    let places: Vec<_> = (0..rng.usize(1..13))
        .map(|_| one_of(&mut rng, &PLACES[..few]))
        .collect();
    let span = 2 * DAY;
    let weather = Weather {
        span,
        hangs: 6,
        faults: 16,
    };
    let plan = plan(&mut rng, &places, &weather);
    let mut options = rebooting();
    if places.len() > 4 {
        options.exclude = vec!["vps-003".to_owned()];
    }
    World::new(&places, options, plan, seed)
}

fn line(event: &WatchEvent) -> String {
    let vps = event.kind.vps().map_or("", |vps| vps.id.as_str());
    let minutes = (event.at.millis() - START) / MINUTE;
    format!("{minutes} {} {vps}", event.kind.name())
}

#[test]
fn every_reboot_was_due_and_nearly_every_one_that_was_due_came() {
    let (mut caught, mut missed, mut looks) = (0, 0, 0);
    for seed in seeds(40) {
        let mut world = world(seed);
        let story = world.story();
        let mut told = Vec::new();
        let run = std::panic::AssertUnwindSafe(|| {
            world.run(2 * DAY, |event| told.push(line(event)));
        });
        let end = std::panic::catch_unwind(run);
        if end.is_err() || world.missed > 0 {
            println!(
                "the world of seed {seed}, {} missed:\n{story}",
                world.missed
            );
            println!("{}", told.join("\n"));
        }
        if let Err(panic) = end {
            std::panic::resume_unwind(panic);
        }
        caught += world.caught;
        missed += world.missed;
        looks += world.looks;
    }
    println!("{looks} looks: {caught} reboots that helped, {missed} missed");
    assert!(caught > 0, "nothing was ever rebooted");
    assert!(missed * 100 <= caught, "{missed} of {caught} were missed");
}

#[test]
fn a_year_of_a_hundred_vps_takes_flat_memory() {
    // Without optimisation it would take an hour.
    let days = if cfg!(debug_assertions) { 4 } else { 365 };
    let mut rng = Rng::with_seed(7);
    let places: Vec<_> = PLACES.iter().copied().cycle().take(100).collect();
    let weather = Weather {
        span: days * DAY,
        hangs: u64::try_from(days * 5).unwrap(),
        faults: u64::try_from(days * 4).unwrap(),
    };
    let plan = plan(&mut rng, &places, &weather);
    let mut world = World::new(&places, rebooting(), plan, 7);
    let mut events = 0_u64;
    // The simulator's log is full by then.
    world.run(days * DAY / 4, |_| events += 1);
    let before = HELD.load(Ordering::Relaxed);
    world.run(days * DAY, |_| events += 1);
    let grown = HELD.load(Ordering::Relaxed) - before;
    let World {
        looks,
        caught,
        missed,
        ..
    } = world;
    println!(
        "{looks} looks, {events} events, {caught} caught, {missed} missed, {grown} bytes more"
    );
    assert!(missed * 100 <= caught, "{missed} of {caught} were missed");
    if !cfg!(debug_assertions) {
        assert!(grown < 65_536, "{grown} bytes more than after a quarter");
    }
}
