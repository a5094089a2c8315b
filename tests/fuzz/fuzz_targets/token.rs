//! Any text as a token: refused with its name, or good for a step and a token of its own.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stablevps_core::clock::Now;
use stablevps_core::config::{Api, ApiConfig};
use stablevps_core::provisioning::{KeyCheck, Provisioning};
use stablevps_core::secret::Secret;

fuzz_target!(|token: &str| {
    let api_key = Some(Secret::new("svps_live_fuzz_0123456789abcdef"));
    let api = Api::new(ApiConfig {
        api_key,
        world: Some(String::new()),
        ..ApiConfig::default()
    })
    .expect("it is valid");
    let begun = Now::from_millis(0, 0);
    let now = begun.instant;
    match Provisioning::resume(&api, token, KeyCheck::Any, None, 1, begun) {
        Ok(mut machine) => {
            let _ = machine.next_step(now);
            if let Some(own) = machine.snapshot(now) {
                let again = Provisioning::resume(&api, &own, KeyCheck::Same, None, 1, begun);
                assert!(again.is_ok(), "its own token is refused: {own}");
            }
        }
        Err(error) => assert_eq!(error.code(), "stale_token"),
    }
});
