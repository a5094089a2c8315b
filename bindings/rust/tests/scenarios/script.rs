//! The service and the clock of a scenario: what is sent and slept must be what is written.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use stablevps::http::{Delivery, FailureKind, HttpRequest, HttpResponse, Reply, TransportFailure};
use stablevps::{Clock, Stopper, Transport};

/// A conversation. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Script(Arc<Mutex<Course>>);

struct Course {
    turns: VecDeque<Value>,
    begun: SystemTime,
    passed: Duration,
}

impl Script {
    pub(crate) fn new(scenario: &Value) -> Self {
        let begun = Duration::from_millis(scenario["now"].as_u64().unwrap());
        Self(Arc::new(Mutex::new(Course {
            turns: scenario["script"]
                .as_array()
                .unwrap()
                .iter()
                .cloned()
                .collect(),
            begun: UNIX_EPOCH + begun,
            passed: Duration::ZERO,
        })))
    }

    pub(crate) fn assert_is_over(&self, scenario: &str) {
        let left = &self.0.lock().unwrap().turns;
        assert!(left.is_empty(), "{scenario}: left over: {left:?}");
    }

    fn turn(&self, kind: &str, happened: &str) -> Value {
        let turn = self.0.lock().unwrap().turns.pop_front();
        let turn = turn.unwrap_or_else(|| panic!("{happened}, though the conversation is over"));
        assert!(turn.get(kind).is_some(), "{happened} in place of {turn}");
        turn
    }

    pub(crate) fn monotonic(&self) -> Duration {
        self.0.lock().unwrap().passed
    }

    pub(crate) fn now(&self) -> SystemTime {
        let course = self.0.lock().unwrap();
        course.begun + course.passed
    }

    pub(crate) fn slept(&self, duration: Duration) {
        let turn = self.turn("wait", &format!("a sleep of {duration:?}"));
        let expected = turn["wait"]["delayMs"].as_u64().unwrap();
        assert_eq!(duration, Duration::from_millis(expected));
        self.0.lock().unwrap().passed += duration;
    }

    pub(crate) fn sent(&self, request: &HttpRequest) -> Reply {
        let turn = self.turn("request", &format!("{} {}", request.method, request.url));
        let expected = &turn["request"];
        assert_eq!(request.method, expected["method"].as_str().unwrap());
        assert_eq!(request.url, expected["url"].as_str().unwrap());
        for (name, value) in expected["headers"].as_object().unwrap() {
            let sent = request.headers.iter().find(|header| header.name == *name);
            assert_eq!(
                sent.map(|header| header.value.as_str()),
                value.as_str(),
                "{name}"
            );
        }
        let body = request.body.as_deref().map(serde_json::from_str::<Value>);
        assert_eq!(body.map_or(Value::Null, Result::unwrap), expected["body"]);
        match turn.get("failed") {
            Some(failed) => Reply::Failed(failure(failed)),
            None => Reply::Response(response(&turn["reply"])),
        }
    }
}

fn failure(written: &Value) -> TransportFailure {
    TransportFailure {
        kind: FailureKind::named(written["kind"].as_str().unwrap()),
        delivery: Delivery::named(written["delivery"].as_str().unwrap()),
        detail: written["detail"].as_str().unwrap().to_owned(),
    }
}

fn response(written: &Value) -> HttpResponse {
    let headers = written["headers"].as_object().unwrap().iter();
    HttpResponse {
        status: u16::try_from(written["status"].as_u64().unwrap()).unwrap(),
        headers: headers
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .collect(),
        body: written["body"].as_str().unwrap().as_bytes().to_vec(),
    }
}

impl Transport for Script {
    fn send(&self, request: &HttpRequest) -> Reply {
        self.sent(request)
    }
}

impl Clock for Script {
    fn monotonic(&self) -> Duration {
        self.monotonic()
    }

    fn now(&self) -> SystemTime {
        self.now()
    }

    fn sleep(&self, duration: Duration, _: &Stopper) {
        self.slept(duration);
    }
}
