//! A simulator on the bench: calls with the account's key at a time of the test's own.

use serde_json::{Value, json};
use stablevps_simulator::{Config, Exchange, Request, Response, Simulator, State};

/// 2026-05-11T09:00:00.000Z.
pub const START: i64 = 1_778_490_000_000;

pub struct Bench {
    pub simulator: Simulator,
    pub key: String,
    pub now: i64,
}

impl Bench {
    pub fn new() -> Self {
        Self::with(&json!({}))
    }

    pub fn with(config: &Value) -> Self {
        let config = Config::from_json(config.to_string().as_bytes()).unwrap();
        let simulator = Simulator::new(config);
        let key = simulator.initial_key().to_owned();
        Self {
            simulator,
            key,
            now: START,
        }
    }

    pub fn send(&mut self, request: &Request) -> Exchange {
        self.simulator.handle(request, self.now)
    }

    pub fn exchange(&mut self, method: &str, path: &str, body: &Value) -> Exchange {
        let mut request = Request::new(method, &format!("/api/v1{path}"))
            .with_header("Authorization", &format!("Bearer {}", self.key));
        if !body.is_null() {
            request = request.with_body(body.to_string());
        }
        self.send(&request)
    }

    pub fn response(&mut self, method: &str, path: &str, body: &Value) -> Response {
        match self.exchange(method, path, body) {
            Exchange::Reply(response) => response,
            other => panic!("{method} {path}: {other:?}"),
        }
    }

    /// Status and body of a reply.
    pub fn call(&mut self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let response = self.response(method, path, body);
        assert_eq!(response.header("content-type"), Some("application/json"));
        (
            response.status,
            serde_json::from_slice(&response.body).unwrap(),
        )
    }

    pub fn get(&mut self, path: &str) -> Value {
        let (status, body) = self.call("GET", path, &Value::Null);
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    pub fn get_status(&mut self, path: &str) -> u16 {
        self.call("GET", path, &Value::Null).0
    }

    /// Buys a VPS; gives its id.
    pub fn buy(&mut self, plan: &str) -> String {
        let (status, body) = self.call("POST", "/vps", &order(plan));
        assert_eq!(status, 201, "{body}");
        body["id"].as_str().unwrap().to_owned()
    }

    /// Carries out a control command.
    pub fn control(&mut self, command: &Value) -> Value {
        let answer = self
            .simulator
            .control_json(command.to_string().as_bytes(), self.now);
        serde_json::from_slice(&answer).unwrap()
    }

    /// Queues a fault.
    pub fn fault(&mut self, fault: &Value) {
        assert_eq!(self.control(&json!({ "fault": fault })), json!({}));
    }

    pub fn state(&mut self) -> State {
        self.simulator.state(self.now)
    }
}

pub fn order(plan: &str) -> Value {
    json!({ "planId": plan, "billingCycle": "monthly", "location": "amsterdam" })
}

/// The error of a status.
pub fn error(status: u16, text: &str) -> (u16, Value) {
    (status, json!({ "error": text }))
}
