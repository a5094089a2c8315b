//! Through the blocking client.

use serde_json::Value;
use stablevps::{Client, Error};

use crate::script::Script;
use crate::{called, configured, document, replay};

macro_rules! end {
    ($result:expr) => {
        document($result)
    };
}

fn played(scenario: &Value, script: &Script) -> Result<Value, Error> {
    let builder = configured(Client::builder(), scenario);
    let client = builder.transport(script.clone()).clock(script.clone());
    called!(client.build()?, scenario, end)
}

#[test]
fn every_scenario_goes_as_written() {
    replay(played);
}
