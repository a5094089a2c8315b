//! A model of the STABLEVPS REST API, version 1, for testing programs that rent VPS with it.
//!
//! A [`Simulator`] is one account and the service in front of it, as plain data: a [`Request`] goes in, an
//! [`Exchange`] comes out, and the time is an argument. It opens no socket, reads no clock and starts no thread;
//! everything that looks random comes from [`Config::seed`]. The same seed and the same requests give the same
//! bytes. It can be told to misbehave in the ways that networks and servers do.
//!
//! ```
//! use stablevps_simulator::{Config, Exchange, Request, Simulator};
//!
//! let mut simulator = Simulator::new(Config::default());
//! let bearer = format!("Bearer {}", simulator.initial_key());
//! let mut now_ms = 1_767_225_600_000;
//! let mut call = |method: &str, target: &str, body: &str, now_ms| {
//!     let request = Request::new(method, target).with_header("Authorization", &bearer).with_body(body);
//!     match simulator.handle(&request, now_ms) {
//!         Exchange::Reply(response) => serde_json::from_slice::<serde_json::Value>(&response.body),
//!         other => panic!("no fault was asked for: {other:?}"),
//!     }
//! };
//!
//! let order = r#"{"planId":"basic","billingCycle":"monthly","location":"london"}"#;
//! let bought = call("POST", "/api/v1/vps", order, now_ms)?;
//! assert_eq!(bought["newBalance"], 87.51);
//!
//! let target = format!("/api/v1/vps/{}", bought["id"].as_str().unwrap());
//! let mut vps = call("GET", &target, "", now_ms)?;
//! while vps["vpsStatus"] != "active" {
//!     now_ms += 15_000; // nobody waits: the clock is ours
//!     vps = call("GET", &target, "", now_ms)?;
//! }
//! assert!(vps["rdpPassword"].is_string());
//! assert_eq!(now_ms, 1_767_225_600_000 + 120_000);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # Where the documentation is silent
//! - Checks are made in this order: path (404), method (405), key (401), scope (403), parameters (400), resource
//!   (404), money (402) or key limit (429). `POST /auth` checks its parameters before the password.
//! - `Authorization` is looked at before `X-API-Key`. Its scheme must be spelled `Bearer`.
//! - An expired key counts towards the ten until it is revoked. A read-only key may revoke other keys.
//! - `GET /vps` shows the newest VPS first. A deleted VPS leaves it and answers 404 from then on.
//! - Creating a key and ordering a VPS answer 201, everything else 200.
//! - A VPS has its server id, user name and period from the order on; address, host name and password once it is
//!   active. `expiresAt` is sent as null when there is none, `lastUsedAt` is left out.
//! - Actions answer 400 while a VPS is provisioning, suspended or terminated; any other status, even one nobody
//!   has heard of, allows them. Stopping a VPS leaves its `vpsStatus` alone. Every action may be repeated.
//! - Whether a VPS answers at its address is not shown by the API. The report has it: a VPS answers that is active, runs and
//!   does not hang. A reboot ends a hang, and so does a stop.
//! - A period that would end on 31 February ends on the month's last day.
//!
//! # Faults
//! A fault ([`Fault`]) is `{"on": {"method", "path", "skip"}, "times": n, "do": ...}`; what `on` leaves out matches
//! everything. `do` is one of:
//!
//! | `do` | effect | what comes back |
//! |---|---|---|
//! | `"not_delivered"` | no | [`Exchange::NotDelivered`] |
//! | `"lose_before"` | no | [`Exchange::Lost`] |
//! | `"lose_after"` | yes | [`Exchange::Lost`] |
//! | `{"cut": {"keep": 10}}` | yes | [`Exchange::Cut`] |
//! | `{"status": {"code": 429, "headers": {"Retry-After": "7"}}}` | no | that status with the documented error |
//! | `{"status": {"code": 502, "body": "<html>", "content_type": "text/html", "effect": "after"}}` | yes | that status and body |
//! | `{"body": {"text": "{"}}` | yes | that body in place of a 2xx reply's |
//! | `{"patch": {"merge": {"vpsStatus": "odd"}, "set": {"/vps/0/id": 5}, "remove": ["/rdpPassword"]}}` | yes | the reply, altered |
//! | `{"delay": {"ms": 5000}}` | yes | the reply, with [`Response::delay_ms`] |
//! | `{"partial_order": {"half": "created_not_charged", "reply": "error"}}` | half | 500; without `reply`, [`Exchange::Lost`] |
//! | `{"partial_order": {"half": "charged_not_created"}}` | half | [`Exchange::Lost`] |
//! | `{"late_order": {"ms": 60000, "charge": "late"}}` | later | [`Exchange::Lost`]; without `charge`, the wallet is charged at once |
//! | `{"shape_order": {"provisioning_ms": 5000, "details_delay_ms": 100, "appear_404_ms": 100, "vps_status": "odd", "price": 21.99}}` | yes | the reply |
//!
//! # Control commands
//! A test speaks to the simulator with [`Command`]s, in JSON to [`Simulator::control_json`]. One that fails answers
//! `{"error": "..."}` and changes nothing.
//!
//! | command | answer |
//! |---|---|
//! | `{"fault": {"on": {"method": "POST", "path": "/vps"}, "do": "lose_after"}}` | `{}` |
//! | `"clear_faults"` | `{}` |
//! | `{"set_balance": {"amount": 12.5}}` | `{}` |
//! | `{"set_vps": {"id": "664a...", "vps_status": "suspended", "status": "past_due"}}` | `{}` |
//! | `{"set_vps": {"id": "664a...", "active_in_ms": 60000, "details_in_ms": 65000, "appear_404_ms": 10000}}` | `{}` |
//! | `{"set_vps": {"id": "664a...", "hangs": true}}` | `{}` |
//! | `{"add_vps": {"plan_id": "pro", "location": "tokyo"}}` | `{"id": "664a..."}` |
//! | `{"add_foreign_vps": {}}` | `{"id": "664a..."}` |
//! | `{"create_key": {"name": "bot", "scope": "read", "expires_in_days": 30}}` | `{"id": "664a...", "key": "svps_live_..."}` |
//! | `{"expire_key": {"key": "664a..."}}`, by id or by the key itself | `{}` |
//! | `"state"` | [`State`] |
//! | `"requests"` | `{"requests": [` [`LoggedRequest`] `...]}` |
//!
//! # Out of scope
//! Renewals, invoices, top-ups, refunds, the dashboard, several accounts at once, ordinary rate limits (a fault can
//! answer 429) and anything inside a VPS. With the feature `server`, the program `stablevps-simulator` serves a
//! simulator over HTTP on the loopback interface; see its `--help`.

// What uniffi writes for C is not safe code.
#![cfg_attr(not(feature = "foreign"), forbid(unsafe_code))]

mod config;
mod control;
mod exchange;
mod faults;
#[cfg(feature = "foreign")]
pub mod foreign;
mod journal;
mod secret;
mod service;
mod simulator;
mod span;

pub use config::{Account, Config, VpsSeed};
pub use control::{
    Answer, Command, ControlError, EndpointCounts, FaultState, KeyState, NewKey, State, VpsChange,
    VpsState,
};
pub use exchange::{Exchange, Request, Response};
pub use faults::{
    Effect, Fault, Half, HalfReply, LateCharge, LateOrder, Misbehaviour, OrderShape, PartialOrder,
    Patch, StatusReply, Target,
};
pub use journal::{LoggedRequest, Outcome};
pub use secret::Secret;
pub use service::keys::Scope;
pub use service::money::Euros;
pub use service::vps::Power;
pub use simulator::Simulator;
pub use span::Span;

#[cfg(feature = "foreign")]
uniffi::setup_scaffolding!();
