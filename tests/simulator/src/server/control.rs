//! The server's own paths.

use hyper::Method;
use serde::Deserialize;
use stablevps_simulator::{Answer, Command, ControlError, Response};

use crate::http::Stage;

/// The command that only a server with a clock can carry out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_ms: u64,
}

/// Answers what follows `/_simulator/`.
pub(crate) fn answer(stage: &mut Stage, method: &Method, path: &str, body: &[u8]) -> Response {
    match (method, path) {
        (&Method::POST, "control") => {
            if let Ok(advance) = serde_json::from_slice::<Advance>(body) {
                stage.clock.advance(advance.advance_ms);
                return json(
                    200,
                    format!(r#"{{"now_ms":{}}}"#, stage.clock.now_ms()).into_bytes(),
                );
            }
            outcome(Command::from_json(body).and_then(|command| carry_out(stage, command)))
        }
        (&Method::GET, "state") => outcome(carry_out(stage, Command::State)),
        _ => json(
            404,
            br#"{"error":"no such path of the simulator"}"#.to_vec(),
        ),
    }
}

fn carry_out(stage: &mut Stage, command: Command) -> Result<Answer, ControlError> {
    let now_ms = stage.clock.now_ms();
    stage.simulator.control(command, now_ms)
}

fn outcome(answer: Result<Answer, ControlError>) -> Response {
    answer.map_or_else(
        |error| json(400, error.to_json()),
        |answer| json(200, answer.to_json()),
    )
}

fn json(status: u16, body: Vec<u8>) -> Response {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Response {
        status,
        headers,
        body,
        delay_ms: 0,
    }
}
