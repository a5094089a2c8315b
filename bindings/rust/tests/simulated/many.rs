//! Several purchases together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use stablevps::testing::{Config, Misbehaviour, Simulator};
use stablevps::{BatchProgress, Client, KeyCheck, Provisioned, Stopper, WaitLevel};

use crate::{fault, rich};

fn orders(
    client: &Client,
    count: usize,
) -> Vec<stablevps::ProvisionBuilder<Client, stablevps::Buy>> {
    (0..count)
        .map(|_| client.vps().provision("basic", "monthly", "tokyo"))
        .collect()
}

fn code(end: &Result<Provisioned, stablevps::Error>) -> &'static str {
    end.as_ref()
        .map_or_else(stablevps::Error::code, |_| "ready")
}

#[test]
fn each_is_given_once_and_all_keep_one_limit() {
    let simulator = rich();
    let client = simulator.client();
    let mut all = client
        .vps()
        .provision_many(orders(&client, 5))
        .max_spend("40")
        .begin()
        .unwrap();
    let ends: BTreeMap<_, _> = all
        .by_ref()
        .map(|one| (one.index, code(&one.end)))
        .collect();
    assert_eq!(ends.len(), 5);
    let count = |what| ends.values().filter(|code| **code == what).count();
    let orders = simulator.state().orders_received;
    assert_eq!(u64::try_from(count("ready")).unwrap(), orders);
    assert_eq!(count("ready") + count("over_budget"), 5);
    assert!((1..5).contains(&orders), "{orders}");
    let progress = all.progress();
    assert_eq!(
        progress.spent.to_string(),
        format!("{:.2}", simulator.state().total_charged.value())
    );
    assert!(all.tokens().is_empty());
}

#[test]
fn no_more_are_under_way_than_are_asked_for_and_the_orders_are_taken_as_they_are_needed() {
    let simulator = rich();
    let client = simulator.client();
    let asked = Arc::new(Mutex::new(0));
    let most = Arc::new(Mutex::new(0));
    let (counter, buyer) = (Arc::clone(&asked), client.clone());
    let orders = (0..6).map(move |_| {
        *counter.lock().unwrap() += 1;
        buyer.vps().provision("basic", "monthly", "tokyo")
    });
    let noted = Arc::clone(&most);
    let under_way = move |_: usize, _: &stablevps::Progress, all: &BatchProgress| {
        let now = all.preflight + all.baseline + all.ordering + all.reconciling + all.polling;
        let mut most = noted.lock().unwrap();
        *most = now.max(*most);
    };
    let mut all = client
        .vps()
        .provision_many(orders)
        .at_once(2)
        .on_progress(under_way)
        .begin()
        .unwrap();
    assert_eq!(*asked.lock().unwrap(), 0);
    assert_eq!(code(&all.next().unwrap().end), "ready");
    assert_eq!(*asked.lock().unwrap(), 2);
    assert_eq!(all.count(), 5);
    assert_eq!(*most.lock().unwrap(), 2);
}

#[test]
fn one_that_fails_does_not_end_the_others() {
    let simulator = rich();
    let client = simulator.client();
    let refused: Misbehaviour = serde_json::from_str(r#"{"status": {"code": 400}}"#).unwrap();
    fault(&simulator, "POST", "/vps", refused);
    let mut orders = orders(&client, 2);
    orders.push(
        client
            .vps()
            .provision("basic", "monthly", "tokyo")
            .max_spend("-1"),
    );
    let all = client.vps().provision_many(orders).begin().unwrap();
    let mut codes: Vec<_> = all.map(|one| code(&one.end)).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["bad_request", "invalid_input", "ready"]);
}

#[test]
fn who_stops_early_gets_a_token_for_each_that_is_open() {
    let simulator = rich();
    let client = simulator.client();
    let mut all = client
        .vps()
        .provision_many(orders(&client, 3))
        .at_once(3)
        .begin()
        .unwrap();
    let first = all.next().unwrap().end.unwrap();
    let tokens = all.stop();
    // The others have one from their first step on, to which their threads may not have come.
    let begun = 1 + tokens.len();
    assert!(begun <= 3);
    assert!(simulator.state().orders_received <= begun as u64);
    let mut vps = vec![first.vps.id];
    for token in tokens.into_values() {
        let resumed = client
            .vps()
            .resume(token)
            .key_check(KeyCheck::Same)
            .run()
            .unwrap();
        vps.push(resumed.vps.id);
    }
    vps.sort();
    vps.dedup();
    assert_eq!(vps.len(), begun);
    assert_eq!(simulator.state().orders_received, begun as u64);
}

#[test]
fn a_stop_from_elsewhere_ends_each_with_its_token_and_begins_no_more() {
    // Virtual time passes quickly for the others until the stop has come to them.
    let day = Duration::from_hours(24);
    let simulator = Simulator::with_config(Config {
        balance: 1_000.0.into(),
        provisioning_ms: (12 * 3_600_000).into(),
        ..Config::default()
    });
    let client = simulator.client();
    let orders = orders(&client, 5).into_iter();
    let orders = orders.map(move |order| order.timeout(day));
    let stopper = Arc::new(OnceLock::<Stopper>::new());
    let stops = Arc::clone(&stopper);
    let all = client
        .vps()
        .provision_many(orders)
        .at_once(3)
        .on_progress(move |_, _, all| {
            if all.polling == 3 {
                stops.wait().stop();
            }
        })
        .begin()
        .unwrap();
    stopper.set(all.stopper()).unwrap();
    let ends: Vec<_> = all.map(|one| one.end.unwrap_err()).collect();
    assert_eq!(ends.len(), 3);
    assert_eq!(simulator.state().orders_received, 3);
    let resumed = ends.iter().map(|end| {
        let token = end.token().unwrap();
        client
            .vps()
            .resume(token)
            .timeout(day)
            .run()
            .unwrap()
            .vps
            .id
    });
    assert_eq!(resumed.collect::<BTreeSet<_>>().len(), 3);
    assert_eq!(simulator.state().orders_received, 3);
}

#[test]
fn a_purchase_may_wait_until_its_vps_answers() {
    let simulator = Simulator::new();
    let client = simulator.client();
    let provision = client.vps().provision("basic", "monthly", "tokyo");
    let mut purchase = provision.wait_for(WaitLevel::Reachable).begin().unwrap();
    let (mut waits, mut hung) = (0, false);
    let bought = purchase.run(|progress| {
        let id = progress
            .vps_id
            .as_ref()
            .filter(|_| !hung && progress.last_status.is_some());
        if let Some(id) = id {
            simulator.hang(id.as_str());
            hung = true;
        }
        waits += 1;
        if waits == 40 {
            client
                .vps()
                .reboot(progress.vps_id.as_ref().unwrap())
                .unwrap();
        }
    });
    assert!(bought.unwrap().vps.ip_address.is_some());
    assert!(hung && waits >= 40);
}

#[cfg(feature = "async")]
#[tokio::test]
async fn the_asynchronous_client_gives_each_as_it_ends_and_keeps_the_tokens_of_the_rest() {
    let simulator = rich();
    let client = simulator.async_client();
    let orders = |count: usize| -> Vec<_> {
        let order = |_| client.vps().provision("basic", "monthly", "tokyo");
        (0..count).map(order).collect()
    };
    let mut all = client
        .vps()
        .provision_many(orders(3))
        .max_spend("40")
        .begin()
        .unwrap();
    let mut ends = 0;
    while let Some(one) = all.next().await {
        assert!(
            ["ready", "over_budget"].contains(&code(&one.end)),
            "{:?}",
            one.end
        );
        ends += 1;
    }
    assert_eq!(ends, 3);

    let mut all = client.vps().provision_many(orders(2)).begin().unwrap();
    assert!(all.next().await.unwrap().end.is_ok());
    let tokens = all.tokens();
    drop(all);
    assert_eq!(tokens.len(), 1);
    for token in tokens.into_values() {
        client.vps().resume(token).run().await.unwrap();
    }
}
