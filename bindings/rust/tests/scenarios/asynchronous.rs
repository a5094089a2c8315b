//! Through the asynchronous client.

use std::time::{Duration, SystemTime};

use serde_json::Value;
use stablevps::http::HttpRequest;
use stablevps::{AsyncClient, AsyncClock, AsyncTransport, Error, SendFuture, SleepFuture};

use crate::script::Script;
use crate::{called, configured, document, replay};

impl AsyncTransport for Script {
    fn send<'a>(&'a self, request: &'a HttpRequest) -> SendFuture<'a> {
        Box::pin(async { self.sent(request) })
    }
}

impl AsyncClock for Script {
    fn monotonic(&self) -> Duration {
        self.monotonic()
    }

    fn now(&self) -> SystemTime {
        self.now()
    }

    fn sleep(&self, duration: Duration) -> SleepFuture<'_> {
        Box::pin(async move { self.slept(duration) })
    }
}

macro_rules! end {
    ($future:expr) => {
        document($future.await)
    };
}

async fn played(scenario: &Value, script: &Script) -> Result<Value, Error> {
    let builder = configured(AsyncClient::builder(), scenario);
    let client = builder.transport(script.clone()).clock(script.clone());
    called!(client.build()?, scenario, end)
}

#[test]
fn every_scenario_goes_as_written() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    replay(|scenario, script| runtime.block_on(played(scenario, script)));
}
