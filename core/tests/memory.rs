//! What a purchase costs while it waits: hundreds of them run side by side for minutes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicIsize, Ordering};

use stablevps_core::endpoints::CreateVps;
use stablevps_core::http::FailureKind;
use stablevps_core::models::Phase;
use stablevps_core::provisioning::{ProvisionOptions, Provisioning};
use stablevps_core::step::Step;
use stablevps_simulator::{Config, Simulator};
use support::{START, api, at, carry, clocks};

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

fn held() -> isize {
    HELD.load(Ordering::Relaxed)
}

// The only test of this program: another one beside it would be counted too.
#[test]
fn a_purchase_that_waits_for_its_vps_takes_less_than_2_kib() {
    let mut simulator = Simulator::new(Config::default());
    let key = simulator.initial_key().to_owned();
    let api = api(&key);
    let mut now = START;
    let order = CreateVps::new("prime", "monthly", "london").unwrap();
    let options = ProvisionOptions::default();
    let mut machine = Box::new(Provisioning::buy(&api, order, options, 1, clocks(now)).unwrap());
    let mut waits = 0;
    while waits < 3 {
        match machine.next_step(at(now)) {
            Step::Wait { delay_ms, .. } => {
                now += i64::try_from(delay_ms).unwrap();
                waits += 1;
            }
            Step::Send(request) => {
                let carried = carry(&mut simulator, &request, FailureKind::Io, now);
                machine
                    .handle_reply(request.id, carried.reply, at(now))
                    .unwrap();
            }
            Step::Probe(_) => panic!("nobody waits for an answer"),
            Step::Done(_) => panic!("the VPS is not active yet"),
        }
    }
    assert_eq!(machine.phase(), Phase::Polling);
    let full = held();
    // What is freed with it is what it held; the configuration is shared and stays.
    drop(machine);
    let taken = full - held();
    println!(
        "{taken} bytes, of which the machine itself {}",
        size_of::<Provisioning>()
    );
    assert!(taken < 2_048, "one waiting purchase takes {taken} bytes");
}
