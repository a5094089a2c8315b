//! What a host asks for, as JSON documents. What is absent has its default.
//!
//! An account is `{"apiKey":...,"baseUrl":...,"auth":...,"userAgent":...,"maxRetries":...,
//! "timeoutMs":...,"connectTimeoutMs":...}`. A call is `{"call":"getVps","id":...}`, with the limits
//! `timeoutMs` and `deadlineMs`:
//!
//! | call | arguments |
//! |---|---|
//! | `createKey` | `email`, `password`, `name`, `scope`, `expiresInDays` |
//! | `revokeKey` | `keyId` |
//! | `createVps` | `planId`, `billingCycle`, `location` |
//! | `getVps`, `deleteVps`, `startVps`, `stopVps`, `rebootVps` | `id` |
//! | `listKeys`, `listVps`, `getAccount`, `getWallet` | |
//! | `provision` | those of `createVps`; `preflight`, `maxSpend`, `settleMs`, and those of a wait |
//! | `waitUntilReady` | `id`; `waitFor`, `timeoutMs`, `firstLookMs`, `longestPauseMs` |
//! | `resume` | `token`; `anyKey`, `timeoutMs` |

use core::str::FromStr;

use crate::config::{Api, ApiConfig, CallOptions};
use crate::endpoints::{
    AnyEndpoint, ControlVps, CreateKey, CreateVps, DeleteVps, GetAccount, GetVps, GetWallet,
    ListKeys, ListVpsAsSent, RevokeKey,
};
use crate::error::Error;
use crate::ids::VpsId;
use crate::json::{Field, Fields, Misfit, Raw, Told};
use crate::machine::Machine;
use crate::models::Scope;
use crate::prelude::*;
use crate::provisioning::{KeyCheck, Preflight, ProvisionOptions, Provisioning};
use crate::retry::RetryPolicy;
use crate::secret::Secret;
use crate::time::Timestamp;

/// An account, configured as the document says.
///
/// # Errors
/// `InvalidInput` for what can't be used.
pub fn api(document: &str) -> Result<Api, Error> {
    let mut given = Given::of(document, ACCOUNT)?;
    let config = account(&mut given);
    given.checked(config).and_then(Api::new)
}

/// The call or the purchase that the document asks for, begun at `now`. `seed` spreads its requests in
/// time.
///
/// # Errors
/// `InvalidInput` for arguments that can't be used, `StaleToken` for a token that can't.
pub fn begin(
    api: &Api,
    document: &str,
    seed: u64,
    now: Timestamp,
) -> Result<Box<dyn Machine>, Error> {
    let mut given = Given::of(document, CALL)?;
    let machine = match given.text("call").as_str() {
        call @ ("provision" | "waitUntilReady" | "resume") => {
            purchase(call, &mut given, api, seed, now).map(|purchase| Box::new(purchase) as _)
        }
        call => endpoint(call, &mut given).and_then(|endpoint| {
            let call = api.call(endpoint, given.limits(), seed, now)?;
            Ok(Box::new(call) as _)
        }),
    };
    given.checked(machine)
}

const ACCOUNT: &[&str] = &[
    "apiKey",
    "baseUrl",
    "auth",
    "userAgent",
    "maxRetries",
    "timeoutMs",
    "connectTimeoutMs",
];

fn account(given: &mut Given<'_>) -> Result<ApiConfig, Error> {
    let defaults = ApiConfig::default();
    let retry = RetryPolicy {
        max_retries: given
            .take("maxRetries")
            .unwrap_or(defaults.retry.max_retries),
        ..defaults.retry
    };
    Ok(ApiConfig {
        api_key: given.words("apiKey").map(Secret::new),
        base_url: given.words("baseUrl").unwrap_or(defaults.base_url),
        auth: parsed(given.words("auth"), "auth", "")?.unwrap_or_default(),
        user_agent: given.words("userAgent"),
        retry,
        timeout_ms: given.take("timeoutMs").unwrap_or(defaults.timeout_ms),
        connect_timeout_ms: given
            .take("connectTimeoutMs")
            .unwrap_or(defaults.connect_timeout_ms),
    })
}

const CALL: &[&str] = &[
    "call",
    "timeoutMs",
    "deadlineMs",
    "id",
    "keyId",
    "email",
    "password",
    "name",
    "scope",
    "expiresInDays",
    "planId",
    "billingCycle",
    "location",
    "preflight",
    "maxSpend",
    "waitFor",
    "firstLookMs",
    "longestPauseMs",
    "settleMs",
    "token",
    "anyKey",
];

fn endpoint(call: &str, given: &mut Given<'_>) -> Result<AnyEndpoint, Error> {
    match call {
        "createKey" => CreateKey::new(
            &given.text("email"),
            Secret::new(given.text("password")),
            &given.text("name"),
            Scope::from(given.text("scope").as_str()),
            given.take("expiresInDays").map(|Days(days)| days),
        )
        .map(AnyEndpoint::new),
        "listKeys" => Ok(AnyEndpoint::new(ListKeys)),
        "revokeKey" => RevokeKey::new(&given.text("keyId")).map(AnyEndpoint::new),
        "listVps" => Ok(AnyEndpoint::new(ListVpsAsSent)),
        "createVps" => order(given).map(AnyEndpoint::new),
        "getVps" => GetVps::new(&given.text("id")).map(AnyEndpoint::new),
        "deleteVps" => DeleteVps::new(&given.text("id")).map(AnyEndpoint::new),
        "startVps" => ControlVps::start(&given.text("id")).map(AnyEndpoint::new),
        "stopVps" => ControlVps::stop(&given.text("id")).map(AnyEndpoint::new),
        "rebootVps" => ControlVps::reboot(&given.text("id")).map(AnyEndpoint::new),
        "getAccount" => Ok(AnyEndpoint::new(GetAccount)),
        "getWallet" => Ok(AnyEndpoint::new(GetWallet)),
        _ => Err(Error::invalid_input("call", "is unknown to this version")),
    }
}

fn order(given: &mut Given<'_>) -> Result<CreateVps, Error> {
    let (plan, cycle) = (given.text("planId"), given.text("billingCycle"));
    CreateVps::new(&plan, &cycle, &given.text("location"))
}

fn purchase(
    call: &str,
    given: &mut Given<'_>,
    api: &Api,
    seed: u64,
    now: Timestamp,
) -> Result<Provisioning, Error> {
    match call {
        "provision" => {
            let order = order(given)?;
            Provisioning::buy(api, order, options(given)?, seed, now)
        }
        "waitUntilReady" => {
            let id = VpsId::from_str(&given.text("id"));
            let id = id.map_err(|reason| Error::invalid_input("id", reason))?;
            Provisioning::watch(api, id, options(given)?, seed, now)
        }
        _ => {
            let check = match given.take("anyKey") {
                Some(true) => KeyCheck::Any,
                Some(false) | None => KeyCheck::Same,
            };
            let resumed = Provisioning::resume(api, &given.text("token"), check, seed, now)?;
            match given.take("timeoutMs") {
                Some(timeout_ms) => resumed.within(timeout_ms, now),
                None => Ok(resumed),
            }
        }
    }
}

fn options(given: &mut Given<'_>) -> Result<ProvisionOptions, Error> {
    let mut options = ProvisionOptions {
        preflight: match given.take("preflight") {
            Some(false) => Preflight::Skip,
            Some(true) | None => Preflight::Check,
        },
        max_spend: parsed(given.words("maxSpend"), "max_spend", "must be ")?,
        wait_for: parsed(given.words("waitFor"), "wait_for", "")?.unwrap_or_default(),
        ..ProvisionOptions::default()
    };
    for (name, option) in [
        ("timeoutMs", &mut options.timeout_ms),
        ("firstLookMs", &mut options.first_look_ms),
        ("longestPauseMs", &mut options.longest_pause_ms),
        ("settleMs", &mut options.settle_ms),
    ] {
        *option = given.take(name).unwrap_or(*option);
    }
    Ok(options)
}

/// Text that means something, if it is there; else the reason, behind what is said before it.
fn parsed<T: FromStr<Err = &'static str>>(
    text: Option<String>,
    field: &str,
    before: &str,
) -> Result<Option<T>, Error> {
    let parsed = text.map(|text| text.parse()).transpose();
    parsed.map_err(|reason| Error::invalid_input(field, [before, reason].concat()))
}

/// What a host gave. What is of another type than it must be counts as not given, and is what the
/// document is refused for in the end, whatever was made of it.
struct Given<'a>(Fields<'a>);

impl<'a> Given<'a> {
    fn of(document: &'a str, names: &'static [&'static str]) -> Result<Self, Error> {
        let fields = Fields::of(document.as_bytes(), names).map_err(refused)?;
        // A misspelled limit must not be no limit.
        if fields.has_others() {
            let reason = "has an argument that this version does not know";
            return Err(Error::invalid_input("call", reason));
        }
        Ok(Self(fields))
    }

    fn take<T: Field>(&mut self, name: &'static str) -> Option<T> {
        self.0.take_named(name)
    }

    /// Text that is there, though it may be empty.
    fn words(&mut self, name: &'static str) -> Option<String> {
        self.take(name).map(|Words(words)| words)
    }

    fn text(&mut self, name: &'static str) -> String {
        self.words(name).unwrap_or_default()
    }

    fn limits(&mut self) -> CallOptions {
        CallOptions {
            timeout_ms: self.take("timeoutMs"),
            deadline_ms: self.take("deadlineMs"),
            max_retries: None,
        }
    }

    fn checked<T>(mut self, made: Result<T, Error>) -> Result<T, Error> {
        self.0.checked(made).map_err(refused)?
    }
}

fn refused(misfit: Misfit) -> Error {
    let Told { place, reason } = misfit.told();
    Error::invalid_input(&place, reason)
}

/// Text that may be empty, which is not the same as none: an empty limit is no limit at all.
struct Words(String);

impl Field for Words {
    const EXPECTED: &'static str = "a string";

    fn stand_in() -> Self {
        Self(String::new())
    }

    fn read(value: &Raw<'_>, expected: &'static str) -> Result<Self, Misfit> {
        value.text(expected).map(|text| Self(text.to_owned()))
    }
}

/// A number of days, whatever its sign.
struct Days(i64);

impl Field for Days {
    const EXPECTED: &'static str = "a whole number";

    fn stand_in() -> Self {
        Self(0)
    }

    fn read(value: &Raw<'_>, expected: &'static str) -> Result<Self, Misfit> {
        match value {
            Raw::Number(text) => text.parse().ok(),
            _ => None,
        }
        .map(Self)
        .ok_or_else(|| Misfit::expected(expected, value.kind()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(document: &str) -> Result<(), String> {
        let account = api(r#"{"apiKey":"svps_live_a3f7","baseUrl":"https://stablevps.com"}"#);
        let now = Timestamp::from_millis(0);
        let begun = account.and_then(|account| begin(&account, document, 1, now));
        begun.map(drop).map_err(|error| error.to_string())
    }

    const ORDER: &str =
        r#""call":"provision","planId":"pro","billingCycle":"monthly","location":"tokyo""#;

    #[test]
    fn a_limit_that_is_misspelled_or_no_limit_is_refused() {
        for (argument, said) in [
            (
                r#""maxSpent":"20""#,
                "call has an argument that this version does not know",
            ),
            (
                r#""maxSpend":"""#,
                "max_spend must be a decimal number of at most 16 digits before the point",
            ),
            (
                r#""maxSpend":null"#,
                "maxSpend expected a string, found null",
            ),
            (
                r#""maxSpend":20"#,
                "maxSpend expected a string, found integer",
            ),
            (
                r#""timeoutMs":null"#,
                "timeoutMs expected a count, found null",
            ),
            (
                r#""timeoutMs":1.5"#,
                "timeoutMs expected a count, found floating point",
            ),
            (
                r#""preflight":"no""#,
                "preflight expected a boolean, found string",
            ),
            (
                r#""waitFor":"""#,
                "wait_for must be \"ready\" or \"active\"",
            ),
        ] {
            let document = [r"{", ORDER, ",", argument, "}"].concat();
            assert_eq!(begun(&document), Err(said.to_owned()));
        }
        assert_eq!(
            begun(&[r"{", ORDER, r#","maxSpend":"40"}"#].concat()),
            Ok(())
        );
    }

    #[test]
    fn a_call_that_is_unknown_or_no_document_is_refused() {
        let said = Err("call is unknown to this version".to_owned());
        assert_eq!(begun(r#"{"call":"destroyVps","id":"1"}"#), said);
        assert_eq!(begun("{}"), said);
        assert_eq!(begun("{"), Err("body ends too early".to_owned()));
    }
}
