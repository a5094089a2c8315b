//! The spans of calls and purchases. It is a program of its own: a thread without a subscriber that comes to a span at the
//! same time can have `tracing` leave it out for all.

#![cfg(all(feature = "blocking", feature = "testing", feature = "tracing"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use stablevps::testing::{Fault, Simulator, Target};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

type Fields = BTreeMap<String, String>;

/// Keeps every span with its name and its fields.
#[derive(Clone, Default)]
struct Keeper(Arc<Kept>);

#[derive(Default)]
struct Kept {
    last: AtomicU64,
    spans: Mutex<BTreeMap<u64, (&'static str, Fields)>>,
    events: Mutex<Vec<Fields>>,
}

struct Into<'a>(&'a mut Fields);

impl Visit for Into<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}

impl Subscriber for Keeper {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let number = self.0.last.fetch_add(1, Ordering::SeqCst) + 1;
        let mut fields = Fields::new();
        attributes.record(&mut Into(&mut fields));
        let span = (attributes.metadata().name(), fields);
        self.0.spans.lock().unwrap().insert(number, span);
        Id::from_u64(number)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        let mut spans = self.0.spans.lock().unwrap();
        values.record(&mut Into(&mut spans.get_mut(&id.into_u64()).unwrap().1));
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::new();
        event.record(&mut Into(&mut fields));
        self.0.events.lock().unwrap().push(fields);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[test]
fn a_call_and_a_purchase_have_one_span_each_and_no_secret_in_it() {
    let keeper = Keeper::default();
    let simulator = Simulator::new();
    tracing::subscriber::with_default(keeper.clone(), || {
        let client = simulator.client();
        let unavailable = serde_json::from_str(r#"{"status": {"code": 503}}"#).unwrap();
        simulator.fault(Fault::once(Target::call("GET", "/wallet"), unavailable));
        client.wallet().get().unwrap();
        client.vps().get("unknown").unwrap_err();
        client
            .vps()
            .provision("pro", "monthly", "london")
            .run()
            .unwrap();
    });
    let spans = keeper.0.spans.lock().unwrap();
    let fields = |number: u64| &spans[&number].1;
    assert_eq!(spans.len(), 3);
    assert_eq!(spans[&1].0, "stablevps.call");
    assert_eq!(fields(1)["endpoint"], "\"GET /wallet\"");
    assert_eq!(
        (&*fields(1)["attempt"], &*fields(1)["status"]),
        ("2", "200")
    );
    assert!(fields(1)["duration_ms"].parse::<u64>().is_ok());
    assert_eq!(fields(2)["error"], "\"not_found\"");
    assert_eq!(spans[&3].0, "stablevps.purchase");
    assert_eq!(fields(3)["orders_sent"], "1");
    assert!(fields(3).contains_key("vps_id"));
    let events = keeper.0.events.lock().unwrap();
    let request = |endpoint: &str, attempt: &str| {
        let is_it = |event: &&Fields| {
            let of = |name: &str| event.get(name).map(String::as_str);
            of("endpoint") == Some(endpoint) && of("attempt") == Some(attempt)
        };
        events.iter().find(is_it).unwrap()
    };
    assert_eq!(request("\"GET /wallet\"", "1")["status"], "503");
    let again = request("\"GET /wallet\"", "2");
    assert_eq!(
        (&*again["retry_of"], &*again["status"]),
        ("\"server\"", "200")
    );
    assert!(again["bytes"].parse::<u64>().unwrap() > 10);
    assert_eq!(request("\"POST /vps\"", "1")["status"], "201");
    drop(events);
    let told = format!("{spans:?} {:?}", keeper.0.events.lock().unwrap());
    assert!(!told.contains(simulator.api_key().reveal()), "{told}");
    assert!(!told.contains("svps_"), "{told}");
}
