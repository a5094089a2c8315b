//! The account behind the server, and what is counted.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;
use stablevps_simulator::{Config, Exchange, Request, Response, Simulator, Span};

use crate::fault::Fault;

pub struct World {
    simulator: Simulator,
    number: u64,
    fault: Fault,
    orders: u32,
    must_refuse: bool,
}

impl World {
    /// `number` makes its ids others than those of the worlds before.
    pub fn new(number: u64, fault: Fault) -> Self {
        let config = Config {
            seed: number,
            provisioning_ms: Span::from(0),
            ..Config::default()
        };
        Self {
            simulator: Simulator::new(config),
            number,
            fault,
            orders: 0,
            must_refuse: false,
        }
    }

    pub fn key(&self) -> &str {
        self.simulator.initial_key()
    }

    /// Answers a request that arrived complete, and says what then happens to its connection.
    pub fn answer(&mut self, request: &Request) -> (Response, Fault) {
        let mut fault = Fault::None;
        if request.method == "POST" && request.path() == "/api/v1/vps" {
            self.orders += 1;
            if self.orders == 1 {
                fault = self.fault;
            }
        }
        self.must_refuse |= matches!(fault, Fault::Refuse);
        let response = match self.simulator.handle(request, now_ms()) {
            Exchange::Reply(response) | Exchange::Cut { response, .. } => response,
            // No fault of the simulator's own is queued.
            Exchange::NotDelivered | Exchange::Lost => json_response(500, &json!({})),
        };
        (response, fault)
    }

    /// Whether new connections must be refused from now on; said once.
    pub fn take_refusal(&mut self) -> bool {
        std::mem::take(&mut self.must_refuse)
    }

    /// Answers what follows `/_laboratory/`.
    pub fn control(&mut self, path: &str) -> Response {
        let armed = path.strip_prefix("arm/").and_then(Fault::named);
        match (path, armed) {
            ("faults", _) => json_response(200, &json!(Fault::ALL)),
            ("state", _) => {
                let state = self.simulator.state(now_ms());
                let answer = json!({
                    "orders": self.orders,
                    "vps": state.vps.len(),
                    "balance": state.balance,
                });
                json_response(200, &answer)
            }
            (_, Some(fault)) => {
                *self = Self::new(self.number.wrapping_add(1), fault);
                json_response(200, &json!({"key": self.key()}))
            }
            _ => json_response(404, &json!({"error": "no such path or fault"})),
        }
    }
}

fn json_response(status: u16, value: &serde_json::Value) -> Response {
    Response {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: value.to_string().into_bytes(),
        delay_ms: 0,
    }
}

fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}
