//! `GET /vps` for hosts that read JSON themselves.
//!
//! Listings are long. Where every row of a reply is already in the form that this crate would
//! write it in, writing it again would be most of the work of a call. So such a reply is checked
//! in full, without a struct or a copy of a text, and handed on as the bytes it is. In every other
//! case it is read and written anew as by [`ListVps`].

use alloc::string::FromUtf8Error;

use super::ListVps;
use crate::endpoint::{Endpoint, EndpointInfo};
use crate::ids;
use crate::json::{self, Misfit, Model as _, Raw};
use crate::models::Vps;
use crate::output::Output;
use crate::prelude::*;
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
        match usual(core::mem::take(body)) {
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
    let is_usual = json::rows(text.as_bytes(), Output::LISTING, Vps::NAMES, &mut |row| {
        let mut values = FORMS.iter().zip(row.values());
        let is_usual = values.all(|(form, value)| form(value));
        // What came twice is noted, too.
        row.checked(())?;
        is_usual
            .then_some(())
            .ok_or_else(|| Misfit::at("", "is in another form"))
    })
    .is_ok_and(|(count, total)| json::is_whole(count, &total).is_ok());
    if is_usual {
        Ok(text)
    } else {
        Err(text.into_bytes())
    }
}

type Form = fn(&Raw<'_>) -> bool;

/// The usual form of each field of [`Vps`], in the order of its fields.
const FORMS: [Form; 11] = [
    id,
    any_text,
    any_text,
    any_text,
    any_text,
    |address| is_missing(address) || is_filled(address),
    any_text,
    |username| is_missing(username) || is_filled(username),
    |server_id| is_missing(server_id) || id(server_id),
    |period_end| is_missing(period_end) || usual_time(period_end),
    usual_time,
];

fn is_missing(value: &Raw<'_>) -> bool {
    matches!(value, Raw::Absent | Raw::Null)
}

/// The enumerations are open.
fn any_text(value: &Raw<'_>) -> bool {
    matches!(value, Raw::Text(_))
}

fn is_filled(value: &Raw<'_>) -> bool {
    matches!(value, Raw::Text(text) if !text.is_empty())
}

fn id(value: &Raw<'_>) -> bool {
    matches!(value, Raw::Text(text) if ids::check(text).is_ok())
}

fn usual_time(value: &Raw<'_>) -> bool {
    matches!(value, Raw::Text(text) if Timestamp::is_usual(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Json, written};
    use serde_json::{Value, json};

    fn row() -> Value {
        json!({
            "id": "6641abc0000000000000f001", "planId": "pro", "billingCycle": "monthly",
            "status": "active", "vpsStatus": "active", "ipAddress": "185.12.0.1",
            "location": "newYork", "rdpUsername": "Administrator", "serverId": "zomro-1",
            "currentPeriodEnd": "2026-06-11T09:00:00.000Z", "createdAt": "2026-05-11T09:00:00.000Z",
        })
    }

    fn rewritten(value: &dyn Json) -> Value {
        serde_json::from_str(&written(value)).unwrap()
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
        let read = rewritten(&ListVps.parse(&mut body.clone()).unwrap());
        assert_eq!(sent.get(Output::LISTING), Some(&read));
    }

    #[test]
    fn every_field_of_the_model_is_checked() {
        let fields = rewritten(&ListVps.parse(&mut listed(&row())).unwrap()[0]);
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
            text.replace(r#""total":1"#, r#""total":2"#).into_bytes(),
            text.replace(r#""status":"#, r#""planId":"#).into_bytes(),
            text.replace(
                r#""status":"#,
                r#""hostname":1,"status":"active","status":"#,
            )
            .into_bytes(),
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
