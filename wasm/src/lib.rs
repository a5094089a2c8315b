//! The STABLEVPS SDK's core for JavaScript, through wasm-bindgen.
//!
//! An [`Api`](api::Api) makes machines; a [`Machine`](machine::Machine) is driven by its host:
//! asked for its next step, and told what came of it. Calls, steps, results and errors are JSON text,
//! because `JSON.parse` reads that faster than an object is put together from here, and because text
//! and numbers need next to no glue. Times and seeds are JavaScript numbers. Nothing here throws, and
//! nothing calls back into the host.
//!
//! With the feature `simulator` and without `api`, this is the testing module's second `.wasm`.
//!
//! Out of scope: `fetch`, sleeping, checking the types of arguments, storing tokens. Those are the
//! host's.
#![cfg_attr(all(target_arch = "wasm32", not(feature = "simulator")), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

#[cfg(feature = "api")]
pub mod api;
mod headers;
#[cfg(feature = "api")]
pub mod machine;
mod numbers;
#[cfg(feature = "simulator")]
pub mod simulator;

/// Small before all: what allocates is a tenth of what a browser loads otherwise.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: lol_alloc::LockedAllocator<lol_alloc::FreeListAllocator> =
    lol_alloc::LockedAllocator::new(lol_alloc::FreeListAllocator::new());

/// There is nowhere to say anything: the host hears of it as a `RuntimeError`.
#[cfg(all(target_arch = "wasm32", not(feature = "simulator")))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
