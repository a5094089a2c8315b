//! The account behind the server, and what is counted.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;
use stablevps_simulator::{Config, Exchange, Request, Response, Simulator, Span};

use crate::fault::{Cut, Fault};
use crate::network::Network;

pub struct World {
    /// Where it is served, but for faults of a route.
    url: String,
    /// Where it is served for those.
    network: Option<Network>,
    simulator: Simulator,
    number: u64,
    fault: Fault,
    orders: u32,
    refusal: Refusal,
}

/// Whether new connections are refused.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Refusal {
    None,
    Due,
    GoesOn,
}

impl World {
    pub fn new(url: String, network: Option<Network>) -> Self {
        Self {
            url,
            network,
            simulator: simulator(0),
            number: 0,
            fault: Fault::None,
            orders: 0,
            refusal: Refusal::None,
        }
    }

    /// Begins anew.
    fn arm(&mut self, fault: Fault) -> std::io::Result<()> {
        self.restore_route(self.number)?;
        self.number = self.number.wrapping_add(1);
        self.simulator = simulator(self.number);
        self.fault = fault;
        self.orders = 0;
        Ok(())
    }

    /// Takes the route away; the number with which it is restored.
    pub fn cut_route(&self, cut: Cut) -> std::io::Result<u64> {
        let network = self.network.as_ref();
        network.map_or(Ok(()), |network| network.cut(cut))?;
        Ok(self.number)
    }

    /// Gives the route back, unless the world began anew since.
    pub fn restore_route(&self, number: u64) -> std::io::Result<()> {
        match &self.network {
            Some(network) if number == self.number => network.restore(),
            _ => Ok(()),
        }
    }

    /// The address for a fault; nothing where this machine can't have it.
    fn url(&self, fault: Fault) -> Option<String> {
        if fault.is_of_route() {
            let network = self.network.as_ref()?;
            Some(format!("http://{}", network.address()))
        } else {
            Some(self.url.clone())
        }
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
        if matches!(fault, Fault::Refuse) {
            self.refusal = Refusal::Due;
        }
        let response = match self.simulator.handle(request, now_ms()) {
            Exchange::Reply(response) | Exchange::Cut { response, .. } => response,
            // No fault of the simulator's own is queued.
            Exchange::NotDelivered | Exchange::Lost => json_response(500, &json!({})),
        };
        (response, fault)
    }

    /// Whether new connections must be refused from now on; said once.
    pub fn take_refusal(&mut self) -> bool {
        let is_due = self.refusal == Refusal::Due;
        if is_due {
            self.refusal = Refusal::GoesOn;
        }
        is_due
    }

    /// New connections are accepted again.
    pub fn end_refusal(&mut self) {
        self.refusal = Refusal::None;
    }

    /// Whether a request has to wait: over a kept connection too, a fault is armed only once the one before is over.
    pub fn must_wait(&self, control: Option<&str>) -> bool {
        self.refusal != Refusal::None && control.is_some_and(|path| path.starts_with("arm/"))
    }

    /// Answers what follows `/_laboratory/`.
    pub fn control(&mut self, path: &str) -> Response {
        let armed = path.strip_prefix("arm/").and_then(Fault::named);
        match (path, armed) {
            ("faults", _) => {
                let faults = Fault::ALL.into_iter();
                let faults: Vec<_> = faults.filter(|fault| self.url(*fault).is_some()).collect();
                json_response(200, &json!(faults))
            }
            ("restore", _) => done(&self.restore_route(self.number), &json!({})),
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
                let armed = self.arm(fault);
                let answer = json!({"key": self.simulator.initial_key(), "url": self.url(fault)});
                done(&armed, &answer)
            }
            _ => json_response(404, &json!({"error": "no such path or fault"})),
        }
    }
}

/// `number` makes its ids others than those of the simulators before.
fn simulator(number: u64) -> Simulator {
    Simulator::new(Config {
        seed: number,
        provisioning_ms: Span::from(0),
        ..Config::default()
    })
}

fn done(result: &std::io::Result<()>, answer: &serde_json::Value) -> Response {
    match result {
        Ok(()) => json_response(200, answer),
        Err(error) => json_response(500, &json!({"error": error.to_string()})),
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
