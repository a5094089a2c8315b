//! What a seed draws: the order, its options, the account, and everything that goes wrong.
//!
//! The service may fail in every way, but it does not lie: it never says that it refused an order
//! which it carried out, never shows a list with VPS left out and a matching total, and never
//! shows a lost order after the settle window. No client could tell those from the truth.

use serde_json::{Value, json};
use stablevps_core::endpoints::CreateVps;
use stablevps_core::money::Money;
use stablevps_core::provisioning::{Preflight, ProvisionOptions, WaitLevel};
use stablevps_simulator::{Answer, Command, Config, NewKey, Scope, Simulator};

use crate::support::START;

/// Statuses by which an order is refused: they come without an effect.
const REFUSALS: [u16; 10] = [400, 401, 402, 403, 404, 405, 413, 415, 422, 429];
/// Statuses that leave open what became of a request.
const AMBIGUOUS: [u16; 12] = [408, 409, 418, 425, 500, 502, 503, 504, 520, 302, 307, 299];
const GARBAGE: [&str; 9] = [
    "",
    "{",
    "null",
    "[]",
    "{}",
    "<html>no</html>",
    "\"vps\"",
    "{\"vps\":5}",
    "{\"id\":\"\u{0}\"}",
];

pub fn draw_order(rng: &mut fastrand::Rng) -> CreateVps {
    let plan = rng.choice(["basic", "prime", "pro"]).unwrap();
    let cycle = rng.choice(["monthly", "monthly", "yearly"]).unwrap();
    let location = rng.choice(["amsterdam", "newYork"]).unwrap();
    CreateVps::new(plan, cycle, location).unwrap()
}

pub fn draw_options(rng: &mut fastrand::Rng) -> ProvisionOptions {
    let preflight = if rng.u8(0..4) == 0 {
        Preflight::Skip
    } else {
        Preflight::Check
    };
    ProvisionOptions {
        preflight,
        check_funds: preflight == Preflight::Check && rng.bool(),
        max_spend: (rng.u8(0..5) == 0)
            .then(|| Money::from_cents(rng.i64(1_000..2_500)).to_string()),
        wait_for: match rng.u8(0..8) {
            0 | 1 => WaitLevel::Active,
            2 => WaitLevel::Reachable,
            _ => WaitLevel::Ready,
        },
        timeout_ms: match rng.u8(0..4) {
            0 => rng.i64(1..120_000),
            _ => 30 * 60_000,
        },
        first_look_ms: rng.i64(0..10_000),
        longest_pause_ms: rng.i64(10_000..30_000),
        settle_ms: match rng.u8(0..3) {
            0 => rng.i64(0..20_000),
            _ => 90_000,
        },
        ..ProvisionOptions::default()
    }
}

pub fn draw_account(
    rng: &mut fastrand::Rng,
    order: &CreateVps,
    options: &ProvisionOptions,
) -> Config {
    let look_alike = json!({
        "plan_id": order.plan_id.as_str(), "billing_cycle": order.billing_cycle.as_str(),
        "location": order.location.as_str(),
    });
    let others: Vec<Value> = (0..rng.usize(0..3)).map(|_| look_alike.clone()).collect();
    let faults: Vec<Value> = (0..rng.usize(0..7))
        .map(|_| draw_fault(rng, options))
        .collect();
    let balance = match rng.u8(0..8) {
        0 => f64::from(rng.u16(0..2_000)) / 100.0,
        _ => 400.0 + f64::from(rng.u16(..)) / 100.0,
    };
    let account = json!({
        "seed": rng.u32(..), "balance": balance, "vps": others, "faults": faults,
        "provisioning_ms": rng.u32(0..90_000), "details_delay_ms": rng.u32(0..20_000) * rng.u32(0..2),
        "appear_404_ms": rng.u32(0..30_000) * rng.u32(0..2), "money_as_float": rng.bool(),
        "unset_as_null": rng.bool(),
    });
    Config::from_json(account.to_string().as_bytes()).unwrap()
}

/// The account's key; now and then one that may only read, or one that is not valid any more.
pub fn draw_key(rng: &mut fastrand::Rng, simulator: &mut Simulator) -> String {
    let (scope, days) = match rng.u8(0..24) {
        0 => (Scope::Read, None),
        1 => (
            Scope::Full,
            Some(f64::from(rng.u16(0..200)) / 86_400.0 + 0.000_01),
        ),
        _ => return simulator.initial_key().to_owned(),
    };
    let command = Command::CreateKey(NewKey {
        scope,
        expires_in_days: days,
        ..NewKey::default()
    });
    match simulator.control(command, START).unwrap() {
        Answer::Key { key, .. } => key.expose().to_owned(),
        other => panic!("{other:?}"),
    }
}

fn draw_fault(rng: &mut fastrand::Rng, options: &ProvisionOptions) -> Value {
    let (method, path) = rng
        .choice([
            ("POST", "/vps"),
            ("POST", "/vps"),
            ("GET", "/vps"),
            ("GET", "/wallet"),
            ("GET", "/vps/:id"),
            ("GET", "*"),
        ])
        .unwrap();
    let on = json!({ "method": method, "path": path, "skip": rng.u32(0..3) * rng.u32(0..2) });
    let times = match rng.u8(0..5) {
        0 => rng.u32(1..30),
        _ => rng.u32(1..3),
    };
    json!({ "on": on, "times": times, "do": draw_misbehaviour(rng, method == "POST", options) })
}

fn draw_misbehaviour(rng: &mut fastrand::Rng, order: bool, options: &ProvisionOptions) -> Value {
    let kinds = if order { 11 } else { 8 };
    match rng.u8(0..kinds) {
        0 => json!("not_delivered"),
        1 => json!("lose_before"),
        2 => json!("lose_after"),
        3 => json!({ "cut": { "keep": rng.usize(0..200) } }),
        4 => draw_status(rng),
        5 => json!({ "body": { "text": rng.choice(GARBAGE).unwrap() } }),
        6 => draw_patch(rng, order),
        7 => json!({ "delay": { "ms": rng.u32(0..45_000) } }),
        8 => json!({ "partial_order": {
            "half": rng.choice(["created_not_charged", "charged_not_created"]).unwrap(),
            "reply": rng.choice(["lost", "error"]).unwrap(),
        }}),
        9 => json!({ "late_order": {
            "ms": rng.i64(0..=options.settle_ms), "charge": rng.choice(["now", "late"]).unwrap(),
        }}),
        _ => json!({ "shape_order": {
            "provisioning_ms": rng.u32(0..200_000), "appear_404_ms": rng.u32(0..100_000),
            "details_delay_ms": rng.u32(0..10_000),
            "vps_status": rng.choice([None, None, Some("suspended"), Some("terminated"), Some("odd")]),
            "price": rng.choice([None, Some(0.5), Some(25.0), Some(99.0)]),
        }}),
    }
}

fn draw_status(rng: &mut fastrand::Rng) -> Value {
    let (code, effect) = if rng.bool() {
        (rng.choice(REFUSALS).unwrap(), "none")
    } else {
        let effect = rng.choice(["before", "after"]).unwrap();
        (rng.choice(AMBIGUOUS).unwrap(), effect)
    };
    let mut status = json!({ "code": code, "effect": effect });
    match rng.u8(0..4) {
        0 => status["body"] = json!("<html><body>no</body></html>"),
        1 => status["body"] = json!(""),
        _ => {}
    }
    if code == 299 {
        status["body"] = json!({ "success": true });
    }
    match code {
        302 | 307 => status["headers"] = json!({ "Location": "https://example.com/" }),
        429 | 503 => {
            let after = rng
                .choice(["0", "3", "120", "121", "-1", "soon", "99999999999999999999"])
                .unwrap();
            status["headers"] = json!({ "Retry-After": after });
        }
        _ => {}
    }
    json!({ "status": status })
}

fn draw_patch(rng: &mut fastrand::Rng, order: bool) -> Value {
    let patch = if order {
        match rng.u8(0..5) {
            0 => json!({ "remove": ["/id"] }),
            1 => json!({ "remove": ["/cost"] }),
            2 => json!({ "set": { "/id": 5 } }),
            3 => json!({ "merge": { "success": false } }),
            _ => json!({ "remove": ["/vpsId", "/rdpUsername", "/message", "/currentPeriodEnd"] }),
        }
    } else {
        match rng.u8(0..7) {
            0 => json!({ "set": { "/vpsStatus": "odd", "/vps/0/vpsStatus": "odd" } }),
            1 => json!({ "remove": ["/rdpPassword", "/vps/0/ipAddress"] }),
            2 => json!({ "merge": { "ipAddress": null } }),
            3 => json!({ "remove": ["/vps/0"] }),
            4 => json!({ "set": { "/vps/0/planId": 7, "/planId": 7, "/balance": "much" } }),
            5 => json!({ "set": { "/total": 99 }, "remove": ["/createdAt", "/currency"] }),
            _ => json!({ "merge": { "rdpUsername": "", "news": { "any": [1, 2] } } }),
        }
    };
    json!({ "patch": patch })
}
