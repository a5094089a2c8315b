//! One of every request, for the tests that no request may be missing from.

// Every test program uses its own part of this.
#![allow(dead_code)]

use stablevps_core::clock::Now;
use stablevps_core::config::{Api, CallOptions};
use stablevps_core::host::{self, ListingForm, Seeds};
use stablevps_core::models::{BillingCycle, Location, PlanId, Scope};
use stablevps_core::provisioning::ProvisionOptions;
use stablevps_core::recorded::WhenHeld;
use stablevps_core::request::Request;
use stablevps_core::secret::Secret;
use stablevps_core::store::Find;
use stablevps_core::watch::WatchOptions;

/// The password with which a key is created.
pub const PASSWORD: &str = "hunter2hunter2";

/// What machines of tests begin with.
pub const SEEDS: Seeds = Seeds {
    jitter: 1,
    names: Some(2),
};

/// A list of requests, which does not compile where a variant is missing.
macro_rules! requests {
    ($($variant:ident { $($fields:tt)* })+) => {{
        let every = vec![$(Request::$variant { $($fields)* }),+];
        for request in &every {
            match request {
                $(Request::$variant { .. } => {})+
            }
        }
        every
    }};
}

/// One of every request that the API takes. A purchase is resumed from its beginning.
pub fn every_request(api: &Api) -> Vec<Request> {
    let id = || "1".to_owned();
    let (plan_id, billing_cycle) = (PlanId::Pro, BillingCycle::Monthly);
    let (location, options) = (Location::Tokyo, ProvisionOptions::default());
    requests! {
        CreateKey {
            email: "you@example.com".to_owned(),
            password: Secret::new(PASSWORD),
            name: "bot".to_owned(),
            scope: Scope::Full,
            expires_in_days: None,
        }
        ListKeys {}
        RevokeKey { key_id: id() }
        ListVps {}
        CreateVps {
            plan_id: plan_id.clone(),
            billing_cycle: billing_cycle.clone(),
            location: location.clone(),
        }
        GetVps { id: id() }
        DeleteVps { id: id() }
        StartVps { id: id() }
        StopVps { id: id() }
        RebootVps { id: id() }
        GetAccount {}
        GetWallet {}
        Provision {
            plan_id,
            billing_cycle,
            location,
            options: options.clone(),
            recording: None,
        }
        WaitUntilReady { id: id(), options }
        WatchVps { options: WatchOptions::default() }
        Resume {
            token: token(api),
            any_key: false,
            timeout_ms: None,
        }
        ResumeRecorded {
            find: Find::Key("order-4711".to_owned()),
            when_held: WhenHeld::Refuse,
            timeout_ms: None,
        }
        ListPurchases { open_only: true }
        GetPurchase { idempotency_key: "order-4711".to_owned() }
        ForgetPurchase { idempotency_key: "order-4711".to_owned() }
    }
}

/// The requests that one endpoint answers, and no store.
pub fn every_call(api: &Api) -> Vec<Request> {
    let mut calls = every_request(api);
    calls.retain(|request| {
        let is_more_than_one = matches!(
            request,
            Request::Provision { .. }
                | Request::WaitUntilReady { .. }
                | Request::WatchVps { .. }
                | Request::Resume { .. }
                | Request::ResumeRecorded { .. }
                | Request::ListPurchases { .. }
                | Request::GetPurchase { .. }
                | Request::ForgetPurchase { .. }
        );
        !is_more_than_one
    });
    calls
}

/// A purchase that has just begun.
fn token(api: &Api) -> String {
    let purchase = Request::Provision {
        plan_id: PlanId::Pro,
        billing_cycle: BillingCycle::Monthly,
        location: Location::Tokyo,
        options: ProvisionOptions::default(),
        recording: None,
    };
    let (options, begun) = (CallOptions::default(), Now::from_millis(0, 0));
    let machine = host::begin(api, purchase, options, ListingForm::Rows, SEEDS, begun);
    let machine = machine.expect("it can begin");
    let token = machine.snapshot(begun.instant);
    token.expect("a purchase that goes on has a token")
}
