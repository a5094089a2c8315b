//! Where purchases stand in line: in a register of the host's, since a page or a process may load this core twice.

use std::cell::RefCell;
use std::sync::Arc;

use stablevps_core::turns::Places;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// The host's register. Its methods are those of the core's `Places`; it must not throw.
    pub type Register;

    #[wasm_bindgen(method)]
    fn number(this: &Register) -> f64;

    #[wasm_bindgen(method, js_name = aheadOf)]
    fn ahead_of(this: &Register, place: f64, queue: &str) -> u32;

    #[wasm_bindgen(method)]
    fn leave(this: &Register, place: f64, queue: &str);

    #[wasm_bindgen(method)]
    fn note(this: &Register, queue: &str, acts_at_ms: f64);

    #[wasm_bindgen(method, js_name = actsAt)]
    fn acts_at(this: &Register, queue: &str) -> f64;
}

thread_local! {
    static REGISTER: RefCell<Option<Register>> = const { RefCell::new(None) };
}

/// The host's register as the core knows it.
#[must_use]
pub fn of_host(register: Register) -> Arc<dyn Places> {
    REGISTER.set(Some(register));
    Arc::new(Shared)
}

struct Shared;

fn ask<T: Default>(question: impl FnOnce(&Register) -> T) -> T {
    REGISTER.with_borrow(|register| register.as_ref().map(question).unwrap_or_default())
}

/// Places have numbers that a double holds: nobody counts as far as 2^53.
#[allow(clippy::cast_precision_loss)]
fn double(number: u64) -> f64 {
    number as f64
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(number: f64) -> u64 {
    number as u64
}

impl Places for Shared {
    fn number(&self) -> u64 {
        whole(ask(Register::number))
    }

    fn ahead_of(&self, place: u64, queue: &str) -> usize {
        let ahead = ask(|register| register.ahead_of(double(place), queue));
        usize::try_from(ahead).unwrap_or(usize::MAX)
    }

    fn leave(&self, place: u64, queue: &str) {
        ask(|register| register.leave(double(place), queue));
    }

    fn note(&self, queue: &str, acts_at_ms: u64) {
        ask(|register| register.note(queue, double(acts_at_ms)));
    }

    fn acts_at_ms(&self, queue: &str) -> u64 {
        whole(ask(|register| register.acts_at(queue)))
    }
}
