//! Purchases: their ends, their progress, and several at once.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use stablevps::testing::{Config, Misbehaviour, Simulator};
use stablevps::{ErrorKind, Next, Phase, WaitLevel};

use crate::{fault, rich};

#[test]
fn a_vps_is_bought_and_its_progress_told_in_order() {
    let simulator = Simulator::new();
    let client = simulator.client();
    let mut phases = Vec::new();
    let mut tokens = 0;
    let bought = client
        .vps()
        .provision("prime", "monthly", "london")
        .max_spend("19.49")
        .on_progress(|progress| {
            tokens += usize::from(progress.token.is_some());
            phases.push(progress.phase);
        })
        .run()
        .unwrap();
    assert!(bought.vps.has_credentials());
    assert_eq!(bought.charged.unwrap().to_string(), "19.49");
    assert_eq!(tokens, phases.len());
    phases.dedup();
    let expected = [
        Phase::Preflight,
        Phase::Baseline,
        Phase::Ordering,
        Phase::Polling,
    ];
    assert_eq!(phases, expected);
}

#[test]
fn a_lost_reply_is_found_and_nothing_is_ordered_twice() {
    let simulator = Simulator::new();
    fault(&simulator, "POST", "/vps", Misbehaviour::LoseAfter);
    let bought = simulator
        .client()
        .vps()
        .provision("pro", "monthly", "london")
        .run();
    let bought = bought.unwrap();
    assert!(bought.recovered);
    assert_eq!(simulator.state().orders_placed, 1);
}

#[test]
fn a_price_above_the_limit_ends_it_before_anything_is_ordered() {
    let simulator = Simulator::new();
    let provision = simulator
        .client()
        .vps()
        .provision("pro", "monthly", "london");
    let error = provision.max_spend(20).run().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::OverBudget { .. }));
    assert_eq!(simulator.state().orders_received, 0);
}

#[test]
fn a_purchase_can_be_resumed_from_its_token_and_run_again_at_its_end() {
    let simulator = Simulator::new();
    let client = simulator.client();
    let purchase = client.vps().provision("basic", "monthly", "tokyo");
    let mut purchase = purchase.timeout(Duration::from_secs(20)).begin().unwrap();
    let error = purchase.run(|_| {}).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::DeadlineExceeded { .. }));
    assert_eq!(error.next(), Next::Resume);
    assert_eq!(purchase.run(|_| {}).unwrap_err(), error);
    assert_eq!(purchase.token().as_deref(), error.token());

    let token = error.token().unwrap();
    let bought = client
        .vps()
        .resume(token)
        .timeout(Duration::from_mins(10))
        .run();
    let bought = bought.unwrap();
    let waited = client.vps().wait_until_ready(&bought.vps.id);
    assert_eq!(
        waited.wait_for(WaitLevel::Active).run().unwrap().vps.id,
        bought.vps.id
    );
    assert_eq!(simulator.state().orders_placed, 1);
}

#[test]
fn purchases_side_by_side_order_one_at_a_time() {
    let simulator = rich();
    let bought: Vec<_> = thread::scope(|scope| {
        let buy = |_| {
            let client = simulator.client();
            scope.spawn(move || {
                let mut exclusive = 0;
                let purchase = client.vps().provision("basic", "monthly", "tokyo");
                let bought = purchase.on_progress(|told| exclusive += u32::from(told.exclusive));
                let bought = bought.run().unwrap();
                assert!(exclusive >= 3, "{exclusive}");
                bought.vps.id
            })
        };
        let threads: Vec<_> = (0..20).map(buy).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert_eq!(bought.iter().collect::<BTreeSet<_>>().len(), 20);
    assert_eq!(simulator.state().orders_placed, 20);
}

#[test]
fn a_call_within_on_progress_is_part_of_the_purchase() {
    let simulator = Simulator::new();
    let client = simulator.client();
    let slow = Misbehaviour::Delay { ms: 3_000 };
    fault(&simulator, "GET", "/account", slow);
    let mut names = Vec::new();
    let provision = client.vps().provision("basic", "monthly", "tokyo");
    let bought = provision
        .on_progress(|_| names.push(client.account().get().unwrap().first_name))
        .run();
    assert_eq!(bought.unwrap().orders_sent, 1);
    assert!(names.len() > 3);
}

#[test]
fn a_purchase_within_on_progress_is_refused_while_the_other_orders() {
    let simulator = rich();
    let client = simulator.client();
    let mut ends = Vec::new();
    let outer = client.vps().provision("basic", "monthly", "tokyo");
    outer
        .on_progress(|told| {
            let inner = client.vps().provision("pro", "monthly", "london").run();
            ends.push((told.exclusive, inner));
        })
        .run()
        .unwrap();
    // The turn lasts until the first progress that is not exclusive was told.
    let first = ends.iter().position(|(exclusive, _)| !exclusive).unwrap();
    for (number, (_, end)) in ends.iter().enumerate() {
        match end {
            Ok(_) => assert!(number > first),
            Err(error) => {
                assert!(number <= first, "{error}");
                let said = "on_progress must not buy on the account of the purchase that calls it";
                assert_eq!(error.to_string(), said);
            }
        }
    }
    let bought = ends.iter().filter(|(_, end)| end.is_ok()).count();
    assert!(bought > 0);
    assert_eq!(simulator.state().orders_placed, 1 + bought as u64);
}

#[test]
fn a_vps_that_can_not_become_usable_is_an_error_with_the_vps() {
    let shape = r#"{"shape_order": {"vps_status": "suspended"}}"#;
    let simulator = Simulator::with_config(Config::default());
    fault(
        &simulator,
        "POST",
        "/vps",
        serde_json::from_str(shape).unwrap(),
    );
    let error = simulator
        .client()
        .vps()
        .provision("basic", "monthly", "tokyo")
        .run();
    let error = error.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::ProvisioningFailed { .. }));
    assert!(error.vps().is_some());
    assert_eq!(error.next(), Next::Ask);
}
