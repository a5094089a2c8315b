//! `GET /vps` for hosts that read JSON themselves.
//!
//! Listings are long. Where every row of a reply is already in the form that this crate would
//! write it in, writing it again would be most of the work of a call. So such a reply is checked
//! in full, without a struct or a copy of a text, and handed on as the bytes it is. In every other
//! case it is read and written anew as by [`ListVps`].

use std::fmt;
use std::marker::PhantomData;
use std::string::FromUtf8Error;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

use super::ListVps;
use crate::decode::DecodeError;
use crate::endpoint::{Endpoint, EndpointInfo};
use crate::ids::{self, ServerId, VpsId};
use crate::json;
use crate::models::{BillingCycle, BillingStatus, Location, PlanId, Vps, VpsStatus};
use crate::time::Timestamp;

/// `GET /vps`, handed on as it was sent where it is in canonical form.
#[derive(Clone, Copy, Debug)]
pub struct ListVpsVerbatim;

/// The VPS of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listing {
    /// The whole body of the reply, a checked object, whose field `vps` has the rows. Beside it there may
    /// be more, and unknown fields in its rows.
    Verbatim(String),
    /// The rows.
    Read(Vec<Vps>),
}

impl Endpoint for ListVpsVerbatim {
    type Output = Listing;

    fn info(&self) -> EndpointInfo {
        ListVps.info()
    }

    fn path(&self) -> String {
        ListVps.path()
    }

    fn parse(&self, body: &mut Vec<u8>) -> Result<Listing, DecodeError> {
        // The whole must be valid UTF-8: some readers mind it in fields that others skip.
        match String::from_utf8(std::mem::take(body)) {
            Ok(text) if is_canonical(&text) => Ok(Listing::Verbatim(text)),
            other => {
                *body = other.map_or_else(FromUtf8Error::into_bytes, String::into_bytes);
                ListVps.parse(body).map(Listing::Read)
            }
        }
    }
}

/// How many arrays and objects there may be beside the rows. Some readers give up on what nests much deeper,
/// where this crate skips it. JavaScript's `JSON.parse` does not.
const MOST_OTHERS: usize = 100;

/// Whether any JSON reader finds in a body what [`ListVps`] would have written.
fn is_canonical(body: &str) -> bool {
    let mut reader = serde_json::Deserializer::from_str(body);
    let read: Result<Canonical, _> = json::object(&mut reader);
    let Ok(Canonical { vps }) = read else {
        return false;
    };
    reader.end().is_ok()
        && (cfg!(target_arch = "wasm32") || opened(body) <= vps.len().saturating_add(MOST_OTHERS))
}

/// How many brackets and braces are opened in a text. A part's number fits into a byte, so that many bytes are
/// compared at once.
fn opened(body: &str) -> usize {
    let is_opening = |byte: &u8| u8::from(matches!(byte, b'[' | b'{'));
    let parts = body.as_bytes().chunks(usize::from(u8::MAX));
    parts
        .map(|part| usize::from(part.iter().map(is_opening).sum::<u8>()))
        .sum()
}

#[derive(Deserialize)]
struct Canonical {
    #[serde(deserialize_with = "json::objects")]
    vps: Vec<Row>,
}

/// A row each of whose fields is in the form in which [`Vps`] writes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "reading a field is checking it")]
struct Row {
    id: Checked<VpsId>,
    plan_id: Checked<PlanId>,
    billing_cycle: Checked<BillingCycle>,
    status: Checked<BillingStatus>,
    vps_status: Checked<VpsStatus>,
    ip_address: Option<Checked<String>>,
    location: Checked<Location>,
    rdp_username: Option<Checked<String>>,
    server_id: Option<Checked<ServerId>>,
    current_period_end: Option<Checked<Timestamp>>,
    created_at: Option<Checked<Timestamp>>,
}

/// Text in canonical form, which is not kept.
struct Checked<T>(PhantomData<T>);

impl<'de, T: Form> Deserialize<'de> for Checked<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Self(PhantomData))
    }
}

impl<T: Form> Visitor<'_> for Checked<T> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text in canonical form")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self, E> {
        let other_form = || E::custom("another form");
        T::is_canonical(text).then_some(self).ok_or_else(other_form)
    }
}

/// A type of which not every text is as it would write it.
trait Form {
    fn is_canonical(text: &str) -> bool;
}

macro_rules! form {
    ($($type:ty),+: $is_canonical:expr) => {
        $(impl Form for $type {
            fn is_canonical(text: &str) -> bool {
                $is_canonical(text)
            }
        })+
    };
}

form! { VpsId, ServerId: |text| ids::check(text).is_ok() }
form! { PlanId: |text| is_as_written(text, PlanId::KNOWN) }
form! { BillingCycle: |text| is_as_written(text, BillingCycle::KNOWN) }
form! { BillingStatus: |text| is_as_written(text, BillingStatus::KNOWN) }
form! { VpsStatus: |text| is_as_written(text, VpsStatus::KNOWN) }
form! { Location: |text| is_as_written(text, Location::KNOWN) }
form! { Timestamp: Timestamp::is_canonical }
form! { String: |text: &str| !text.is_empty() }

/// Whether a value of an open enumeration is known in that very case, or not at all.
fn is_as_written(text: &str, known: &[&str]) -> bool {
    known.contains(&text) || !known.iter().any(|known| known.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn row() -> Value {
        json!({
            "id": "6641abc0000000000000f001", "planId": "pro", "billingCycle": "monthly",
            "status": "active", "vpsStatus": "active", "ipAddress": "185.12.0.1",
            "location": "newYork", "rdpUsername": "Administrator", "serverId": "zomro-1",
            "currentPeriodEnd": "2026-06-11T09:00:00.000Z", "createdAt": "2026-05-11T09:00:00.000Z",
        })
    }

    fn rewritten(value: &impl serde::Serialize) -> Value {
        serde_json::to_value(value).unwrap()
    }

    fn listed(row: &Value) -> Vec<u8> {
        json!({ "vps": [row], "total": 1 }).to_string().into_bytes()
    }

    fn text(row: &Value) -> String {
        String::from_utf8(listed(row)).unwrap()
    }

    #[test]
    fn a_row_in_canonical_form_is_handed_on_as_it_is() {
        let body = listed(&row());
        let listing = ListVpsVerbatim.parse(&mut body.clone()).unwrap();
        let text = String::from_utf8(body.clone()).unwrap();
        assert_eq!(listing, Listing::Verbatim(text.clone()));
        let sent: Value = serde_json::from_str(&text).unwrap();
        let read = rewritten(&ListVps.parse(&mut body.clone()).unwrap());
        assert_eq!(sent.get("vps"), Some(&read));
    }

    #[test]
    fn every_field_of_the_model_is_checked() {
        let fields = rewritten(&ListVps.parse(&mut listed(&row())).unwrap()[0]);
        for field in fields.as_object().unwrap().keys() {
            let mut wrong = row();
            wrong[field] = json!(true);
            assert!(!is_canonical(&text(&wrong)), "{field} may be anything");
            assert!(
                ListVpsVerbatim.parse(&mut listed(&wrong)).is_err(),
                "{field}"
            );
        }
    }

    #[test]
    fn what_is_in_another_form_is_written_anew() {
        let cases = [
            ("ipAddress", json!(""), Value::Null),
            ("rdpUsername", json!(""), Value::Null),
            ("serverId", json!(""), Value::Null),
            (
                "createdAt",
                json!("2026-05-11T11:00:00+02:00"),
                json!("2026-05-11T09:00:00.000Z"),
            ),
        ];
        for (field, sent, expected) in cases {
            let mut row = row();
            row[field] = sent;
            let listing = ListVpsVerbatim.parse(&mut listed(&row)).unwrap();
            let Listing::Read(read) = listing else {
                panic!("{field} was handed on as it is");
            };
            let written = rewritten(&read);
            assert_eq!(written[0][field], expected, "{field}");
        }
    }

    #[test]
    fn what_the_strict_reader_refuses_is_never_handed_on() {
        let as_array: Vec<Value> = row().as_object().unwrap().values().cloned().collect();
        let text = String::from_utf8(listed(&row())).unwrap();
        let mut not_utf8 = text
            .replace(r#""total""#, r#""note":"?","total""#)
            .into_bytes();
        let position = not_utf8.iter().position(|byte| *byte == b'?').unwrap();
        not_utf8[position] = 0xff;
        let cases = [
            listed(&json!(as_array)),
            text.replace(r#""status":"#, r#""planId":"#).into_bytes(),
            text.replace(
                r#""status":"#,
                r#""hostname":1,"status":"active","status":"#,
            )
            .into_bytes(),
            text.replace(
                r#""total":1"#,
                &format!(r#""x":{}1{},"total":1"#, "[".repeat(200), "]".repeat(200)),
            )
            .into_bytes(),
            format!("{text}x").into_bytes(),
            not_utf8,
            b"[]".to_vec(),
            b"".to_vec(),
        ];
        for body in cases {
            assert!(
                !matches!(
                    ListVpsVerbatim.parse(&mut body.clone()),
                    Ok(Listing::Verbatim(_))
                ),
                "{}",
                String::from_utf8_lossy(&body)
            );
        }
    }
}
