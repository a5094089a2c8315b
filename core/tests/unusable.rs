//! Replies in which one value is of another kind than promised: the error says where, and never what.
//! A reply may hold a key or a password, and errors end in logs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use std::mem::discriminant;

use serde_json::{Value, json};
use stablevps_core::config::CallOptions;
use stablevps_core::error::{Error, ErrorKind};
use stablevps_core::host::{self, ListingForm, documents};
use stablevps_core::http::{HttpResponse, Reply, RequestId};
use stablevps_core::models::{BillingCycle, Location, PlanId, Scope};
use stablevps_core::request::Request;
use stablevps_core::secret::Secret;
use support::requests::{PASSWORD, SEEDS, every_call};
use support::{START, api, at, clocks};

const KEY: &str = "svps_live_a3f70123456789abcdef0123456789abcdef";
/// What is looked for in errors: the text, and the digits of both numbers.
const TEXT: &str = "s3ntinel-v4lue";
const DIGITS: &str = "31337131";

/// What a field may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Any text, or one of an enumeration that may grow.
    Text,
    /// Text that can be a part of a path, or a number, whose digits are.
    Id,
    Time,
    Money,
    Count,
    Bool,
    Object,
    Rows,
}

use Kind::{Bool, Count, Id, Money, Object, Rows, Text, Time};

impl Kind {
    fn takes(self, value: &Value) -> bool {
        match value {
            Value::String(text) => self == Text || self == Id && text == TEXT,
            Value::Number(number) if number.is_f64() => self == Money,
            Value::Number(_) => matches!(self, Money | Count | Id),
            Value::Bool(_) => self == Bool,
            Value::Null | Value::Array(_) | Value::Object(_) => false,
        }
    }
}

/// Whether a reply without a field is a good one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    Must,
    May,
}

use Need::{May, Must};

/// A call, its good reply, and what each field of that may be.
struct Model {
    name: &'static str,
    request: Request,
    form: ListingForm,
    body: Value,
    fields: Vec<(&'static str, Kind, Need)>,
}

fn model(
    name: &'static str,
    request: Request,
    body: Value,
    fields: Vec<(&'static str, Kind, Need)>,
) -> Model {
    Model {
        name,
        request,
        form: ListingForm::Rows,
        body,
        fields,
    }
}

fn order() -> Request {
    Request::CreateVps {
        plan_id: PlanId::Pro,
        billing_cycle: BillingCycle::Monthly,
        location: Location::Tokyo,
    }
}

fn listing(form: ListingForm) -> Model {
    let row = json!({
        "id": "6641abc", "planId": "pro", "billingCycle": "monthly", "status": "active",
        "vpsStatus": "active", "ipAddress": "185.12.0.1", "location": "tokyo",
        "rdpUsername": "Administrator", "serverId": "zomro-1",
        "currentPeriodEnd": "2026-06-11T09:00:00.000Z", "createdAt": "2026-05-11T09:00:00.000Z",
    });
    let fields = vec![
        ("/vps", Rows, Must),
        ("/vps/1", Object, Must),
        ("/vps/1/id", Id, Must),
        ("/vps/1/planId", Text, Must),
        ("/vps/1/billingCycle", Text, Must),
        ("/vps/1/status", Text, Must),
        ("/vps/1/vpsStatus", Text, Must),
        ("/vps/1/ipAddress", Text, May),
        ("/vps/1/location", Text, Must),
        ("/vps/1/rdpUsername", Text, May),
        ("/vps/1/serverId", Id, May),
        ("/vps/1/currentPeriodEnd", Time, May),
        ("/vps/1/createdAt", Time, May),
    ];
    let body = json!({ "vps": [row, row] });
    Model {
        form,
        ..model("Vps", Request::ListVps, body, fields)
    }
}

fn keys() -> [Model; 3] {
    let key = Request::CreateKey {
        email: "you@example.com".to_owned(),
        password: Secret::new(PASSWORD),
        name: "bot".to_owned(),
        scope: Scope::Full,
        expires_in_days: None,
    };
    let created = json!({
        "apiKey": "svps_live_b0", "keyPrefix": "svps_live_b0", "name": "bot", "scope": "full",
        "expiresAt": "2026-06-11T09:00:00.000Z", "message": "Store it",
    });
    let of_created = vec![
        ("/apiKey", Text, Must),
        ("/keyPrefix", Text, Must),
        ("/name", Text, Must),
        ("/scope", Text, Must),
        ("/expiresAt", Time, May),
        ("/message", Text, May),
    ];
    let info = json!({
        "_id": "1", "name": "bot", "keyPrefix": "svps_live_b0", "scope": "read",
        "lastUsedAt": "2026-05-11T09:00:00.000Z", "expiresAt": "2026-06-11T09:00:00.000Z",
        "createdAt": "2026-05-11T09:00:00.000Z",
    });
    let of_infos = vec![
        ("/keys", Rows, Must),
        ("/keys/1", Object, Must),
        ("/keys/1/_id", Id, Must),
        ("/keys/1/name", Text, Must),
        ("/keys/1/keyPrefix", Text, Must),
        ("/keys/1/scope", Text, Must),
        ("/keys/1/lastUsedAt", Time, May),
        ("/keys/1/expiresAt", Time, May),
        ("/keys/1/createdAt", Time, May),
    ];
    let infos = json!({ "keys": [info, info] });
    let revoked = json!({ "success": true, "message": "Revoked" });
    let of_revoked = vec![("/success", Bool, May), ("/message", Text, May)];
    let revoke = Request::RevokeKey {
        key_id: "1".to_owned(),
    };
    [
        model("CreatedKey", key, created, of_created),
        model("ApiKeyInfo", Request::ListKeys, infos, of_infos),
        model("RevokedKey", revoke, revoked, of_revoked),
    ]
}

fn details() -> Model {
    let body = json!({
        "id": "6641abc", "planId": "pro", "billingCycle": "monthly", "status": "active",
        "vpsStatus": "active", "ipAddress": "185.12.0.1", "hostname": "vps1",
        "rdpUsername": "Administrator", "rdpPassword": "p4ssw0rd", "location": "tokyo",
        "serverId": "zomro-1", "currentPeriodStart": "2026-05-11T09:00:00.000Z",
        "currentPeriodEnd": "2026-06-11T09:00:00.000Z", "createdAt": "2026-05-11T09:00:00.000Z",
    });
    let fields = vec![
        ("/id", Id, Must),
        ("/planId", Text, Must),
        ("/billingCycle", Text, Must),
        ("/status", Text, Must),
        ("/vpsStatus", Text, Must),
        ("/ipAddress", Text, May),
        ("/hostname", Text, May),
        ("/rdpUsername", Text, May),
        ("/rdpPassword", Text, May),
        ("/location", Text, Must),
        ("/serverId", Id, May),
        ("/currentPeriodStart", Time, May),
        ("/currentPeriodEnd", Time, May),
        ("/createdAt", Time, May),
    ];
    let id = "6641abc".to_owned();
    model("VpsDetails", Request::GetVps { id }, body, fields)
}

fn receipts() -> [Model; 5] {
    let id = || "6641abc".to_owned();
    let ordered = json!({
        "success": true, "id": "6641abc", "vpsId": "zomro-1", "planId": "pro",
        "billingCycle": "monthly", "location": "tokyo", "vpsStatus": "provisioning",
        "rdpUsername": "Administrator", "cost": 34.49, "newBalance": 65.51, "currency": "EUR",
        "currentPeriodEnd": "2026-06-11T09:00:00.000Z", "message": "Ordered",
    });
    let of_ordered = vec![
        ("/success", Bool, May),
        ("/id", Id, Must),
        ("/vpsId", Id, May),
        ("/planId", Text, Must),
        ("/billingCycle", Text, Must),
        ("/location", Text, Must),
        ("/vpsStatus", Text, Must),
        ("/rdpUsername", Text, May),
        ("/cost", Money, Must),
        ("/newBalance", Money, Must),
        ("/currency", Text, Must),
        ("/currentPeriodEnd", Time, May),
        ("/message", Text, May),
    ];
    let deleted =
        json!({ "success": true, "id": "6641abc", "providerDeleted": true, "message": "Gone" });
    let of_deleted = vec![
        ("/success", Bool, May),
        ("/id", Id, Must),
        ("/providerDeleted", Bool, May),
        ("/message", Text, May),
    ];
    let acted =
        json!({ "success": true, "action": "stop", "vpsId": "zomro-1", "message": "Stopped" });
    let of_acted = vec![
        ("/success", Bool, May),
        ("/action", Text, Must),
        ("/vpsId", Id, May),
        ("/message", Text, May),
    ];
    let delete = Request::DeleteVps { id: id() };
    let (start, stop) = (
        Request::StartVps { id: id() },
        Request::StopVps { id: id() },
    );
    let reboot = Request::RebootVps { id: id() };
    let action = |name, request| model(name, request, acted.clone(), of_acted.clone());
    [
        model("Order", order(), ordered, of_ordered),
        model("DeletedVps", delete, deleted, of_deleted),
        action("ActionReceipt of a start", start),
        action("ActionReceipt of a stop", stop),
        action("ActionReceipt of a reboot", reboot),
    ]
}

fn accounts() -> [Model; 2] {
    let account = json!({
        "id": "1", "firstName": "Ada", "lastName": "L", "email": "ada@example.com", "role": "user",
        "balance": 100.5, "currency": "EUR", "referralCode": "ADA", "activeVpsCount": 1,
        "totalVpsCount": 2, "createdAt": "2026-05-11T09:00:00.000Z",
        "affiliateStats": { "totalReferrals": 3, "successfulReferrals": 2, "totalEarnings": 1.5 },
    });
    let of_account = vec![
        ("/id", Text, Must),
        ("/firstName", Text, May),
        ("/lastName", Text, May),
        ("/email", Text, Must),
        ("/role", Text, Must),
        ("/balance", Money, Must),
        ("/currency", Text, Must),
        ("/referralCode", Text, May),
        ("/affiliateStats", Object, May),
        ("/affiliateStats/totalReferrals", Count, Must),
        ("/affiliateStats/successfulReferrals", Count, Must),
        ("/affiliateStats/totalEarnings", Money, Must),
        ("/activeVpsCount", Count, Must),
        ("/totalVpsCount", Count, Must),
        ("/createdAt", Time, May),
    ];
    let wallet = json!({ "balance": 80.5, "currency": "EUR" });
    let of_wallet = vec![("/balance", Money, Must), ("/currency", Text, Must)];
    [
        model("Account", Request::GetAccount, account, of_account),
        model("Wallet", Request::GetWallet, wallet, of_wallet),
    ]
}

fn models() -> Vec<Model> {
    let mut models = vec![
        listing(ListingForm::Rows),
        listing(ListingForm::Verbatim),
        details(),
    ];
    models.extend(keys());
    models.extend(receipts());
    models.extend(accounts());
    models
}

fn sentinels() -> [Value; 9] {
    [
        json!(TEXT),
        // Readers hand on text with escapes in another way.
        json!(format!("\n\"{TEXT}\"")),
        json!(31_337_131),
        json!(31_337_131.25),
        json!(true),
        json!([TEXT, 31_337_131]),
        json!([[31_337_131.25, { TEXT: TEXT }]]),
        json!({ TEXT: TEXT }),
        json!({ "odd": [TEXT], DIGITS: 31_337_131 }),
    ]
}

/// What comes of a call that is answered so: the result as a document.
fn replied(model: &Model, status: u16, body: &str) -> Result<Value, Error> {
    let options = CallOptions {
        max_retries: Some(0),
        ..CallOptions::default()
    };
    let request = model.request.clone();
    let begun = host::begin(
        &api(KEY),
        request,
        options,
        model.form,
        SEEDS,
        clocks(START),
    );
    let mut machine = begun.unwrap();
    let reply = Reply::Response(HttpResponse {
        status,
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body: body.as_bytes().to_vec(),
    });
    machine
        .handle_reply(RequestId(1), reply, at(START))
        .unwrap();
    match machine.outcome(at(START)) {
        Some(Ok(answer)) => {
            let document: Value = serde_json::from_str(&answer.document()).unwrap();
            Ok(answer
                .within()
                .map_or(document.clone(), |field| document[field].clone()))
        }
        Some(Err(error)) => Err(error.clone()),
        None => panic!("{} goes on", model.name),
    }
}

/// Sees that in no form of an error there is anything of a value.
fn assert_silent(error: &Error, context: &str) {
    let report = documents::error(error);
    for text in [error.to_string(), format!("{error:?}"), report] {
        let is_told = text.contains(TEXT) || text.contains(DIGITS) || text.contains("svps_live_a");
        assert!(!is_told, "{context}: {text}");
    }
}

/// Where the error says that the reply can't be used, and why.
fn complaint(error: &Error, context: &str) -> (String, String) {
    match error.kind() {
        ErrorKind::UnexpectedResponse {
            place,
            reason,
            excerpt,
            ..
        } => {
            assert_eq!(excerpt, &None, "{context}");
            (place.clone(), reason.clone())
        }
        ErrorKind::OutcomeUnknown { reason, .. } => {
            let told = reason.strip_prefix("the reply can't be used: ");
            let told = told.and_then(|told| told.split_once(": "));
            let (place, reason) = told.unwrap_or_else(|| panic!("{context}: {reason}"));
            (place.to_owned(), reason.to_owned())
        }
        other => panic!("{context}: {other:?}"),
    }
}

/// A pointer such as `/vps/1/id` as errors write it: `vps[1].id`.
fn place(pointer: &str) -> String {
    let mut place = String::new();
    for name in pointer.split('/').skip(1) {
        if name.parse::<u32>().is_ok() {
            place.extend(["[", name, "]"]);
        } else {
            place.push_str(if place.is_empty() { "" } else { "." });
            place.push_str(name);
        }
    }
    if place.is_empty() {
        "body".to_owned()
    } else {
        place
    }
}

fn with(body: &Value, pointer: &str, other: Value) -> String {
    let mut body = body.clone();
    *body.pointer_mut(pointer).unwrap() = other;
    body.to_string()
}

fn without(body: &Value, pointer: &str) -> (String, String, String) {
    let (outer, name) = pointer.rsplit_once('/').unwrap();
    let mut body = body.clone();
    let object = body.pointer_mut(outer).unwrap();
    object.as_object_mut().unwrap().remove(name).unwrap();
    (body.to_string(), place(outer), name.to_owned())
}

#[test]
fn no_error_shows_a_value_that_does_not_fit_and_each_names_its_field() {
    for model in models() {
        for (pointer, kind, _) in &model.fields {
            for sentinel in sentinels() {
                let context = format!("{}, {pointer} is {sentinel}", model.name);
                let body = with(&model.body, pointer, sentinel.clone());
                let replied = replied(&model, 200, &body);
                // An id of another VPS than was asked for fits, and is refused all the same.
                let is_another = model.name == "VpsDetails" && *pointer == "/id";
                if kind.takes(&sentinel) && !is_another {
                    assert!(replied.is_ok(), "{context}: {replied:?}");
                    continue;
                }
                let error = replied.expect_err(&context);
                let (told, reason) = complaint(&error, &context);
                assert_silent(&error, &context);
                if kind.takes(&sentinel) {
                    let told = (told.as_str(), reason.as_str());
                    assert_eq!(told, ("id", "must be the one that was asked for"));
                    continue;
                }
                let is_first_row = *kind == Rows && sentinel.is_array();
                let row = if is_first_row { "[0]" } else { "" };
                assert_eq!(told, format!("{}{row}", place(pointer)), "{context}");
                let is_other_object = *kind == Object && sentinel.is_object();
                let begin = if is_other_object {
                    "missing field `"
                } else {
                    "must be "
                };
                assert!(reason.starts_with(begin), "{context}: {reason}");
            }
        }
    }
}

#[test]
fn what_is_missing_or_null_is_named_or_not_needed() {
    for model in models() {
        for (pointer, kind, need) in &model.fields {
            let context = format!("{}, {pointer}", model.name);
            let null = replied(&model, 200, &with(&model.body, pointer, Value::Null));
            match need {
                May => assert!(null.is_ok(), "{context} is null: {null:?}"),
                Must => {
                    let (told, reason) = complaint(&null.expect_err(&context), &context);
                    assert_eq!(told, place(pointer));
                    assert!(reason.starts_with("must be "), "{context}: {reason}");
                    assert!(reason.ends_with(", not null"), "{context}: {reason}");
                }
            }
            if pointer.ends_with("/1") {
                continue;
            }
            let (body, outer, name) = without(&model.body, pointer);
            let missing = replied(&model, 200, &body);
            match need {
                May => assert!(missing.is_ok(), "{context} is missing: {missing:?}"),
                Must => {
                    let (told, reason) = complaint(&missing.expect_err(&context), &context);
                    assert_eq!(told, outer, "{context}");
                    assert_eq!(reason, format!("missing field `{name}`"), "{context}");
                }
            }
            let empty = replied(&model, 200, &with(&model.body, pointer, json!("")));
            if *need == May && matches!(kind, Text | Id | Time) {
                let absent = replied(&model, 200, &body);
                assert_eq!(as_rows(empty), as_rows(absent), "{context} is empty");
            } else if !matches!(kind, Text) {
                let (told, _) = complaint(&empty.expect_err(&context), &context);
                assert_eq!(told, place(pointer), "{context} is empty");
            }
        }
    }
}

/// A result with `null` for what is not there, in whatever form it was handed on.
fn as_rows(result: Result<Value, Error>) -> Value {
    let mut result = result.unwrap();
    for row in result.as_array_mut().into_iter().flatten() {
        row.as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
    }
    result
}

#[test]
fn the_reply_to_every_call_is_in_this_test() {
    let models = models();
    for call in every_call(&api(KEY)) {
        let is_its = |model: &Model| discriminant(&model.request) == discriminant(&call);
        assert!(models.iter().any(is_its), "{call:?}");
    }
}

#[test]
fn every_field_of_every_model_is_in_this_test() {
    for model in models() {
        // In its good reply each is there, or else it would be none in the result.
        let result = replied(&model, 200, &model.body.to_string()).unwrap();
        let rows = result
            .as_array()
            .map_or(vec![&result], |rows| rows.iter().collect());
        for (name, value) in rows.iter().flat_map(|row| row.as_object().unwrap()) {
            assert!(!value.is_null(), "{}: {name} is not tried", model.name);
        }
        let mut fields = Vec::new();
        leaves("", &model.body, &mut fields);
        fields.retain(|pointer| !pointer.starts_with("/vps/0") && !pointer.starts_with("/keys/0"));
        let mut listed: Vec<_> = model.fields.iter().map(|(pointer, ..)| *pointer).collect();
        fields.sort();
        listed.sort_unstable();
        assert_eq!(fields, listed, "{}", model.name);
    }
}

/// The pointers of everything in a document.
fn leaves(pointer: &str, value: &Value, found: &mut Vec<String>) {
    if !pointer.is_empty() {
        found.push(pointer.to_owned());
    }
    let names: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), value))
            .collect(),
        Value::Array(items) => {
            let names = items.iter().enumerate();
            names
                .map(|(index, value)| (index.to_string(), value))
                .collect()
        }
        _ => Vec::new(),
    };
    for (name, value) in names {
        leaves(&format!("{pointer}/{name}"), value, found);
    }
}

#[test]
fn what_the_service_adds_is_skipped_whatever_it_is() {
    for model in models() {
        let good = replied(&model, 200, &model.body.to_string()).unwrap();
        let objects = model.fields.iter().filter(|(_, kind, _)| *kind == Object);
        for outer in objects.map(|(pointer, ..)| *pointer).chain([""]) {
            for news in sentinels().into_iter().chain([Value::Null]) {
                let mut body = model.body.clone();
                body.pointer_mut(outer).unwrap()["news"] = news.clone();
                let mut replied = replied(&model, 200, &body.to_string()).unwrap();
                if model.form == ListingForm::Verbatim && outer == "/vps/1" {
                    let row = replied[1].as_object_mut().unwrap();
                    assert_eq!(row.remove("news"), Some(news));
                }
                assert_eq!(replied, good, "{}, {outer}", model.name);
            }
        }
    }
}

#[test]
fn a_refusal_for_want_of_money_shows_nothing_but_amounts() {
    let mut ordering = receipts().into_iter().next().unwrap();
    ordering.body = json!({
        "error": "Insufficient balance", "required": 34.49, "available": 10, "currency": "EUR",
    });
    let shown = |pointer: &str, sentinel: &Value| match pointer {
        "/error" => sentinel.is_string(),
        "/required" | "/available" => sentinel.is_number(),
        _ => false,
    };
    let unsaid = with(&ordering.body, "/currency", json!(""));
    let error = replied(&ordering, 402, &unsaid).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("34.49 EUR needed, 10.00 EUR there"),
        "{error}"
    );
    for pointer in ["/error", "/required", "/available", "/currency"] {
        for sentinel in sentinels() {
            let context = format!("{pointer} is {sentinel}");
            let body = with(&ordering.body, pointer, sentinel.clone());
            let error = replied(&ordering, 402, &body).unwrap_err();
            // Without words of the service's own it says nothing of the order.
            let is_own = pointer != "/error" || sentinel.is_string();
            match error.kind() {
                ErrorKind::InsufficientFunds { .. } => assert!(is_own, "{context}: {error}"),
                ErrorKind::OutcomeUnknown { .. } => assert!(!is_own, "{context}: {error}"),
                other => panic!("{context}: {other:?}"),
            }
            if !shown(pointer, &sentinel) {
                assert_silent(&error, &context);
            }
        }
    }
}

#[test]
fn a_refusal_whose_words_are_no_text_has_none() {
    for model in models() {
        for status in [302, 400, 401, 402, 403, 404, 405, 413, 415, 418, 422] {
            for sentinel in sentinels().iter().filter(|sentinel| !sentinel.is_string()) {
                let context = format!("{}, {status} with {sentinel}", model.name);
                for body in [json!({ "error": sentinel }), json!({ "message": sentinel })] {
                    let error = replied(&model, status, &body.to_string()).unwrap_err();
                    assert_silent(&error, &context);
                    assert_eq!(error.server_message(), None, "{context}");
                }
            }
        }
    }
}
