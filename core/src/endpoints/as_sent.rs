//! `GET /vps` for hosts that read JSON themselves.
//!
//! Listings are long. Where every row of a reply is already in the form that this crate would
//! write it in, writing it again would be most of the work of a call. So such a reply is checked
//! in full, without a struct or a copy of a text, and handed on as the bytes it is. In every other
//! case it is read and written anew as by [`ListVps`].

use std::fmt;
use std::marker::PhantomData;
use std::string::FromUtf8Error;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::ListVps;
use crate::endpoint::{Endpoint, EndpointInfo};
use crate::ids;
use crate::output::Output;
use crate::parse::Misfit;
use crate::time::Timestamp;

/// `GET /vps`, handed on as it was sent where it is in the usual form.
#[derive(Clone, Copy, Debug)]
pub struct ListVpsAsSent;

impl Endpoint for ListVpsAsSent {
    type Output = Output;

    fn info(&self) -> EndpointInfo {
        ListVps.info()
    }

    fn path(&self) -> String {
        ListVps.path()
    }

    #[allow(private_interfaces)]
    fn parse(&self, body: &mut Vec<u8>) -> Result<Output, Misfit> {
        match usual(std::mem::take(body)) {
            Ok(text) => Ok(Output::VpsAsSent(text)),
            Err(unusual) => {
                *body = unusual;
                ListVps.parse(body).map(Output::VpsList)
            }
        }
    }
}

/// The body as text, if any JSON reader finds in it what [`ListVps`] would have written; else the
/// body as it was.
fn usual(body: Vec<u8>) -> Result<String, Vec<u8>> {
    // The whole is looked at for valid UTF-8: some readers mind it in fields that others skip.
    let text = String::from_utf8(body).map_err(FromUtf8Error::into_bytes)?;
    let is_usual = serde_json::from_str::<Object<Listing>>(&text)
        .is_ok_and(|Object(listing)| listing.total.unwrap_or(0) <= listing.vps.0);
    if is_usual {
        Ok(text)
    } else {
        Err(text.into_bytes())
    }
}

#[derive(Deserialize)]
struct Listing {
    vps: Rows,
    total: Option<u64>,
}

/// The fields of [`Vps`], each with its check.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
struct Row {
    id: Text<Id>,
    plan_id: Text<Any>,
    billing_cycle: Text<Any>,
    status: Text<Any>,
    vps_status: Text<Any>,
    ip_address: Option<Text<Filled>>,
    location: Text<Any>,
    rdp_username: Option<Text<Filled>>,
    server_id: Option<Text<Id>>,
    current_period_end: Option<Text<UsualTime>>,
    created_at: Text<UsualTime>,
}

trait Check {
    fn passes(text: &str) -> bool;
}

/// Any text: the enumerations are open.
struct Any;
/// An optional text that is there, and not empty.
struct Filled;
struct Id;
struct UsualTime;

impl Check for Any {
    fn passes(_: &str) -> bool {
        true
    }
}

impl Check for Filled {
    fn passes(text: &str) -> bool {
        !text.is_empty()
    }
}

impl Check for Id {
    fn passes(text: &str) -> bool {
        ids::check(text).is_ok()
    }
}

impl Check for UsualTime {
    fn passes(text: &str) -> bool {
        Timestamp::is_usual(text)
    }
}

/// A text that passed its check, and was not kept.
struct Text<C>(PhantomData<C>);

impl<'de, C: Check> Deserialize<'de> for Text<C> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Self(PhantomData))
    }
}

impl<C: Check> Visitor<'_> for Text<C> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text in the usual form")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self, E> {
        if C::passes(text) {
            Ok(self)
        } else {
            Err(E::invalid_value(de::Unexpected::Other("text"), &self))
        }
    }
}

/// How many rows there are.
struct Rows(u64);

impl<'de> Deserialize<'de> for Rows {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_seq(Self(0))
    }
}

impl<'de> Visitor<'de> for Rows {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut rows: A) -> Result<Self, A::Error> {
        while rows.next_element::<Object<Row>>()?.is_some() {
            self.0 = self.0.saturating_add(1);
        }
        Ok(self)
    }
}

/// A struct from an object alone: left to itself, serde reads an array into it too.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct ObjectVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }

        from.deserialize_map(ObjectVisitor(PhantomData)).map(Self)
    }
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

    fn listed(row: &Value) -> Vec<u8> {
        json!({ "vps": [row], "total": 1 }).to_string().into_bytes()
    }

    #[test]
    fn a_row_in_the_usual_form_is_handed_on_as_it_is() {
        let body = listed(&row());
        let listing = ListVpsAsSent.parse(&mut body.clone()).unwrap();
        let text = String::from_utf8(body.clone()).unwrap();
        assert_eq!(listing, Output::VpsAsSent(text.clone()));
        let sent: Value = serde_json::from_str(&text).unwrap();
        let read = serde_json::to_value(ListVps.parse(&mut body.clone()).unwrap()).unwrap();
        assert_eq!(sent.get(Output::LISTING), Some(&read));
    }

    #[test]
    fn every_field_of_the_model_is_checked() {
        let fields = serde_json::to_value(&ListVps.parse(&mut listed(&row())).unwrap()[0]).unwrap();
        for field in fields.as_object().unwrap().keys() {
            let mut wrong = row();
            wrong[field] = json!(7);
            assert!(usual(listed(&wrong)).is_err(), "{field} may be anything");
            assert!(ListVpsAsSent.parse(&mut listed(&wrong)).is_err(), "{field}");
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
            let listing = ListVpsAsSent.parse(&mut listed(&row)).unwrap();
            let Output::VpsList(read) = listing else {
                panic!("{field} was handed on as it is");
            };
            let written = serde_json::to_value(read).unwrap();
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
            text.replace(r#""total":1"#, r#""total":2"#).into_bytes(),
            text.replace(r#""status":"#, r#""planId":"#).into_bytes(),
            format!("{text}x").into_bytes(),
            not_utf8,
            b"[]".to_vec(),
            b"".to_vec(),
        ];
        for body in cases {
            assert!(
                usual(body.clone()).is_err(),
                "{}",
                String::from_utf8_lossy(&body)
            );
        }
    }
}
