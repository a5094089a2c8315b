//! Options as JavaScript has them: objects whose fields may be absent. Their shapes are declared for
//! TypeScript below; what is of another type than declared counts as absent.

use std::str::FromStr;

use stablevps_core::config::{ApiConfig, CallOptions};
use stablevps_core::error::Error;
use stablevps_core::money::Money;
use stablevps_core::provisioning::{KeyCheck, Preflight, ProvisionOptions};
use stablevps_core::secret::Secret;
use stablevps_core::time::Timestamp;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::numbers::{timestamp, whole};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What an `Api` is made of. What is absent has the core's default. */
export interface ApiOptions {
  /** The key; none is enough for creating one. */
  apiKey?: string;
  /** Scheme, host and port. */
  baseUrl?: string;
  auth?: "bearer" | "x-api-key";
  /** The `User-Agent`; none is sent without, because not every platform lets it be set. */
  userAgent?: string;
  /** How often a failed request is repeated. */
  maxRetries?: number;
  /** How long one request may take. */
  timeoutMs?: number;
  /** How long it may take to connect. */
  connectTimeoutMs?: number;
}

/** How one call differs from the configuration, and when it begins. */
export interface CallOptions {
  /** Epoch milliseconds. */
  nowMs: number;
  /** What spreads the call's retries in time: an integer from 0 up to 2^53 - 1. */
  seed: number;
  /** How long each request may take. */
  timeoutMs?: number;
  /** How long the call may take with all its retries, from `nowMs` on. */
  deadlineMs?: number;
}

/** How a purchase is made and waited for. What is absent has the core's default. */
export interface PurchaseOptions {
  /** Epoch milliseconds. */
  nowMs: number;
  /** What spreads the purchase's requests in time and names it: an integer from 0 up to 2^53 - 1. */
  seed: number;
  /** Whether the wallet is looked at before ordering. */
  preflight?: boolean;
  /** The most that may be spent, as decimal text. */
  maxSpend?: string;
  waitFor?: "ready" | "active";
  /** How long the whole may take. */
  timeoutMs?: number;
  /** When to look for the first time. */
  firstLookMs?: number;
  /** The longest pause between two looks. */
  longestPauseMs?: number;
  /** How long a lost order is looked for. */
  settleMs?: number;
}

/** How a purchase is taken up again. */
export interface ResumeOptions {
  /** Epoch milliseconds. */
  nowMs: number;
  /** What spreads the purchase's requests in time: an integer from 0 up to 2^53 - 1. */
  seed: number;
  /** Whether the token may come from another key. */
  anyKey?: boolean;
  /** How long the rest may take; the token's own limit by default. */
  timeoutMs?: number;
}
"#;

#[wasm_bindgen]
extern "C" {
    /// An object with options.
    pub type Options;

    #[wasm_bindgen(method, structural, indexing_getter)]
    fn field(this: &Options, name: &str) -> JsValue;
}

impl Options {
    fn text(&self, name: &str) -> Option<String> {
        self.field(name).as_string()
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.field(name).as_f64().map(whole)
    }

    fn switch(&self, name: &str) -> Option<bool> {
        self.field(name).as_bool()
    }

    /// When it begins, and the seed.
    fn beginning(&self) -> (Timestamp, u64) {
        let now_ms = self.field("nowMs").as_f64().unwrap_or_default();
        (timestamp(now_ms), self.number("seed").unwrap_or_default())
    }
}

/// One call: how it differs, its seed, and when it begins.
pub(crate) fn call(options: &Options) -> (CallOptions, u64, Timestamp) {
    let (now, seed) = options.beginning();
    let limits = CallOptions {
        timeout_ms: options.number("timeoutMs"),
        deadline_ms: options.number("deadlineMs"),
        max_retries: None,
    };
    (limits, seed, now)
}

/// An account.
pub(crate) fn account(options: &Options) -> Result<ApiConfig, Error> {
    let mut config = ApiConfig {
        api_key: options.text("apiKey").map(Secret::new),
        user_agent: options.text("userAgent"),
        ..ApiConfig::default()
    };
    if let Some(auth) = options.text("auth") {
        config.auth = auth
            .parse()
            .map_err(|reason: &str| Error::invalid_input("auth", reason))?;
    }
    config.base_url = options.text("baseUrl").unwrap_or(config.base_url);
    if let Some(retries) = options.number("maxRetries") {
        config.retry.max_retries = u32::try_from(retries).unwrap_or(u32::MAX);
    }
    config.timeout_ms = options.number("timeoutMs").unwrap_or(config.timeout_ms);
    config.connect_timeout_ms = options
        .number("connectTimeoutMs")
        .unwrap_or(config.connect_timeout_ms);
    Ok(config)
}

/// A purchase: how it is made, its seed, and when it begins.
pub(crate) fn purchase(options: &Options) -> Result<(ProvisionOptions, u64, Timestamp), Error> {
    let defaults = ProvisionOptions::default();
    let max_spend = options.text("maxSpend");
    let max_spend = max_spend.as_deref().map(Money::from_str).transpose();
    let purchase = ProvisionOptions {
        preflight: match options.switch("preflight") {
            Some(false) => Preflight::Skip,
            Some(true) | None => Preflight::Check,
        },
        max_spend: max_spend
            .map_err(|reason| Error::invalid_input("max_spend", format!("must be {reason}")))?,
        wait_for: match options.text("waitFor") {
            Some(level) => level
                .parse()
                .map_err(|reason: &str| Error::invalid_input("wait_for", reason))?,
            None => defaults.wait_for,
        },
        timeout_ms: options.number("timeoutMs").unwrap_or(defaults.timeout_ms),
        first_look_ms: options
            .number("firstLookMs")
            .unwrap_or(defaults.first_look_ms),
        longest_pause_ms: options
            .number("longestPauseMs")
            .unwrap_or(defaults.longest_pause_ms),
        settle_ms: options.number("settleMs").unwrap_or(defaults.settle_ms),
        not_found_grace_ms: defaults.not_found_grace_ms,
    };
    let (now, seed) = options.beginning();
    Ok((purchase, seed, now))
}

/// How a purchase is taken up again.
pub(crate) struct Resumption {
    pub check: KeyCheck,
    pub timeout_ms: Option<u64>,
    pub seed: u64,
    pub now: Timestamp,
}

/// Taking a purchase up again.
pub(crate) fn resumption(options: &Options) -> Resumption {
    let (now, seed) = options.beginning();
    Resumption {
        check: match options.switch("anyKey") {
            Some(true) => KeyCheck::Any,
            Some(false) | None => KeyCheck::Same,
        },
        timeout_ms: options.number("timeoutMs"),
        seed,
        now,
    }
}
