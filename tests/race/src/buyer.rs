//! Buying a list of keys, each until it has ended.

use std::collections::VecDeque;
use std::error::Error;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use stablevps::store::WhenHeld;
use stablevps::{Client, Next, Provisioned, Resumed};

use crate::halt::Halt;

/// Before a key is asked for again.
const PAUSE: Duration = Duration::from_millis(250);

/// Buys every key, in an order of this process's own.
pub fn buy_all(
    client: &Client,
    keys: usize,
    threads: usize,
    halt: &Halt,
) -> Result<(), Box<dyn Error>> {
    let mut names: Vec<String> = (1..=keys).map(|number| format!("order-{number}")).collect();
    fastrand::shuffle(&mut names);
    let waiting = Mutex::new(VecDeque::from(names));
    std::thread::scope(|scope| {
        let buy = || buy_waiting(client, &waiting, halt);
        let mut threads: Vec<_> = (0..threads).map(|_| scope.spawn(buy)).collect();
        // Some programs take up what is open when they start; others leave it to who asks for the key.
        if fastrand::bool() {
            threads.push(scope.spawn(|| resume_all(client)));
        }
        let mut ended = threads.into_iter().map(|thread| thread.join().is_ok());
        ended.all(|is_ok| is_ok)
    })
    .then_some(())
    .ok_or_else(|| "a thread panicked".into())
}

fn buy_waiting(client: &Client, waiting: &Mutex<VecDeque<String>>, halt: &Halt) {
    let lock = || waiting.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let next = lock().pop_front();
        let Some(key) = next else { return };
        let error = match buy(client, &key, halt) {
            Ok(bought) => {
                println!("{key} {}", bought.vps.id);
                continue;
            }
            Err(error) => error,
        };
        match error.next() {
            // With a key, the same call is what resumes it.
            Next::Retry | Next::Resume => {
                eprintln!("{key} {}", error.code());
                lock().push_back(key);
                std::thread::sleep(PAUSE);
            }
            Next::Fix | Next::Ask => {
                eprintln!("{key} {error}");
                println!("{key} !{}", error.code());
            }
        }
    }
}

fn resume_all(client: &Client) {
    let resumed = match client.purchases().resume_all() {
        Ok(resumed) => resumed,
        Err(error) => return eprintln!("all {}", error.code()),
    };
    for Resumed { record, end, .. } in resumed {
        let key = record.idempotency_key.unwrap_or_default();
        match end {
            Ok(bought) => println!("{key} {}", bought.vps.id),
            Err(error) => eprintln!("{key} resumed:{}", error.code()),
        }
    }
}

fn buy(client: &Client, key: &str, halt: &Halt) -> Result<Provisioned, stablevps::Error> {
    // Callers differ in what they do about a key that is held elsewhere.
    let when_held = match fastrand::u8(..4) {
        0 => WhenHeld::Wait,
        _ => WhenHeld::Refuse,
    };
    let provision = client.vps().provision("basic", "monthly", "london");
    let provision = provision
        .idempotency_key(key)
        .when_held(when_held)
        .settle(Duration::from_secs(3))
        .first_look(Duration::from_millis(500))
        .longest_pause(Duration::from_secs(1))
        .timeout(Duration::from_mins(1));
    provision.on_progress(|progress| halt.look(progress)).run()
}
