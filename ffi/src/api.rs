//! A configured account, and the machines it makes: one line an endpoint.

use std::str::FromStr;
use std::sync::Arc;

use stablevps_core::config::{Api as CoreApi, ApiConfig, CallOptions as CoreCallOptions};
use stablevps_core::endpoint::Endpoint;
use stablevps_core::endpoints::{
    AnyEndpoint, ControlVps, CreateKey, CreateVps, DeleteVps, GetAccount, GetVps, GetWallet,
    ListKeys, RevokeKey,
};
use stablevps_core::error::Error;
use stablevps_core::ids::VpsId;
use stablevps_core::models::Scope;
use stablevps_core::money::Money;
use stablevps_core::provisioning::{KeyCheck, Preflight, ProvisionOptions, Provisioning};
use stablevps_core::secret::Secret;
use stablevps_core::time::Timestamp;

use crate::failure::Failure;
use crate::machine::Machine;

/// What an [`Api`] is made of. What is absent has the core's default.
#[derive(Default, uniffi::Record)]
pub struct ApiOptions {
    /// The key; none is enough for creating one.
    pub api_key: Option<String>,
    /// Scheme, host and port.
    pub base_url: Option<String>,
    /// `bearer` (default) or `x-api-key`.
    pub auth: Option<String>,
    /// The `User-Agent`.
    pub user_agent: Option<String>,
    /// How often a failed request is repeated.
    pub max_retries: Option<u32>,
    /// How long one request may take.
    pub timeout_ms: Option<u64>,
    /// How long it may take to connect.
    pub connect_timeout_ms: Option<u64>,
}

/// How calls differ from the configuration. Made once and used for many calls.
#[derive(uniffi::Object)]
pub struct Limits {
    options: CoreCallOptions,
    now: Timestamp,
    seed: Option<u64>,
}

#[uniffi::export]
impl Limits {
    /// `deadline_ms` counts from `now_ms`. Without a seed, each call draws one of its own.
    #[uniffi::constructor]
    #[must_use]
    pub fn new(
        timeout_ms: Option<u64>,
        deadline_ms: Option<u64>,
        now_ms: i64,
        seed: Option<u64>,
    ) -> Arc<Self> {
        let options = CoreCallOptions {
            timeout_ms,
            deadline_ms,
            max_retries: None,
        };
        Arc::new(Self {
            options,
            now: Timestamp::from_millis(now_ms),
            seed,
        })
    }
}

/// How a purchase is made and waited for. What is absent has the core's default.
#[derive(uniffi::Record)]
pub struct PurchaseOptions {
    /// Epoch milliseconds.
    pub now_ms: i64,
    /// What spreads the purchase's requests in time.
    pub seed: u64,
    /// Whether the wallet is looked at before ordering.
    pub preflight: Option<bool>,
    /// The most that may be spent, as decimal text.
    pub max_spend: Option<String>,
    /// `ready` (default) or `active`.
    pub wait_for: Option<String>,
    /// How long the whole may take.
    pub timeout_ms: Option<u64>,
    /// When to look for the first time.
    pub first_look_ms: Option<u64>,
    /// The longest pause between two looks.
    pub longest_pause_ms: Option<u64>,
    /// How long a lost order is looked for.
    pub settle_ms: Option<u64>,
}

impl PurchaseOptions {
    fn checked(self) -> Result<(ProvisionOptions, u64, Timestamp), Error> {
        let defaults = ProvisionOptions::default();
        let max_spend = self.max_spend.as_deref().map(Money::from_str).transpose();
        let options = ProvisionOptions {
            preflight: match self.preflight {
                Some(false) => Preflight::Skip,
                Some(true) | None => Preflight::Check,
            },
            max_spend: max_spend
                .map_err(|reason| Error::invalid_input("max_spend", format!("must be {reason}")))?,
            wait_for: match self.wait_for {
                Some(level) => level
                    .parse()
                    .map_err(|reason: &str| Error::invalid_input("wait_for", reason))?,
                None => defaults.wait_for,
            },
            timeout_ms: self.timeout_ms.unwrap_or(defaults.timeout_ms),
            first_look_ms: self.first_look_ms.unwrap_or(defaults.first_look_ms),
            longest_pause_ms: self.longest_pause_ms.unwrap_or(defaults.longest_pause_ms),
            settle_ms: self.settle_ms.unwrap_or(defaults.settle_ms),
            not_found_grace_ms: defaults.not_found_grace_ms,
        };
        Ok((options, self.seed, Timestamp::from_millis(self.now_ms)))
    }
}

/// A configured account.
#[derive(uniffi::Object)]
pub struct Api(CoreApi);

impl Api {
    pub(crate) fn call<E>(
        &self,
        endpoint: Result<E, Error>,
        limits: &Limits,
    ) -> Result<Arc<Machine>, Failure>
    where
        E: Endpoint + Send + 'static,
    {
        let seed = limits.seed.unwrap_or_else(|| fastrand::u64(..));
        let call = self.0.call(
            AnyEndpoint::new(endpoint?),
            limits.options,
            seed,
            limits.now,
        )?;
        Ok(Machine::new(call))
    }
}

#[uniffi::export]
impl Api {
    /// Checks the options.
    #[uniffi::constructor]
    pub fn new(options: ApiOptions) -> Result<Arc<Self>, Failure> {
        let mut config = ApiConfig {
            api_key: options.api_key.map(Secret::new),
            ..ApiConfig::default()
        };
        if let Some(auth) = options.auth {
            config.auth = auth
                .parse()
                .map_err(|reason: &str| Error::invalid_input("auth", reason))?;
        }
        config.base_url = options.base_url.unwrap_or(config.base_url);
        config.user_agent = options.user_agent.or(config.user_agent);
        config.retry.max_retries = options.max_retries.unwrap_or(config.retry.max_retries);
        config.timeout_ms = options.timeout_ms.unwrap_or(config.timeout_ms);
        config.connect_timeout_ms = options
            .connect_timeout_ms
            .unwrap_or(config.connect_timeout_ms);
        Ok(Arc::new(Self(CoreApi::new(config)?)))
    }

    /// Tells accounts apart without telling the key.
    #[must_use]
    pub fn key_fingerprint(&self) -> String {
        self.0.key_fingerprint()
    }

    /// `POST /auth`
    pub fn create_key(
        &self,
        email: &str,
        password: String,
        name: &str,
        scope: &str,
        expires_in_days: Option<i64>,
        limits: &Limits,
    ) -> Result<Arc<Machine>, Failure> {
        let password = Secret::new(password);
        let endpoint = CreateKey::new(email, password, name, Scope::from(scope), expires_in_days);
        self.call(endpoint, limits)
    }

    /// `GET /auth`
    pub fn list_keys(&self, limits: &Limits) -> Result<Arc<Machine>, Failure> {
        self.call(Ok(ListKeys), limits)
    }

    /// `DELETE /auth`
    pub fn revoke_key(&self, id: &str, limits: &Limits) -> Result<Arc<Machine>, Failure> {
        self.call(RevokeKey::new(id), limits)
    }

    /// `POST /vps`
    pub fn create_vps(
        &self,
        plan_id: &str,
        billing_cycle: &str,
        location: &str,
        limits: &Limits,
    ) -> Result<Arc<Machine>, Failure> {
        self.call(CreateVps::new(plan_id, billing_cycle, location), limits)
    }

    /// `GET /vps/:id`
    pub fn get_vps(&self, id: &str, limits: &Limits) -> Result<Arc<Machine>, Failure> {
        self.call(GetVps::new(id), limits)
    }

    /// `DELETE /vps/:id`
    pub fn delete_vps(&self, id: &str, limits: &Limits) -> Result<Arc<Machine>, Failure> {
        self.call(DeleteVps::new(id), limits)
    }

    /// `POST /vps/:id/actions`, start
    pub fn start_vps(&self, id: &str, limits: &Limits) -> Result<Arc<Machine>, Failure> {
        self.call(ControlVps::start(id), limits)
    }

    /// `POST /vps/:id/actions`, stop
    pub fn stop_vps(&self, id: &str, limits: &Limits) -> Result<Arc<Machine>, Failure> {
        self.call(ControlVps::stop(id), limits)
    }

    /// `POST /vps/:id/actions`, reboot
    pub fn reboot_vps(&self, id: &str, limits: &Limits) -> Result<Arc<Machine>, Failure> {
        self.call(ControlVps::reboot(id), limits)
    }

    /// `GET /account`
    pub fn get_account(&self, limits: &Limits) -> Result<Arc<Machine>, Failure> {
        self.call(Ok(GetAccount), limits)
    }

    /// `GET /wallet`
    pub fn get_wallet(&self, limits: &Limits) -> Result<Arc<Machine>, Failure> {
        self.call(Ok(GetWallet), limits)
    }

    /// Buys one VPS and waits for it.
    pub fn provision(
        &self,
        plan_id: &str,
        billing_cycle: &str,
        location: &str,
        options: PurchaseOptions,
    ) -> Result<Arc<Machine>, Failure> {
        let order = CreateVps::new(plan_id, billing_cycle, location)?;
        let (options, seed, now) = options.checked()?;
        Ok(Machine::new(Provisioning::buy(
            &self.0, order, options, seed, now,
        )?))
    }

    /// Waits for a VPS that was bought elsewhere.
    pub fn wait_until_ready(
        &self,
        id: &str,
        options: PurchaseOptions,
    ) -> Result<Arc<Machine>, Failure> {
        let id: VpsId = id
            .parse()
            .map_err(|reason: &str| Error::invalid_input("id", reason))?;
        let (options, seed, now) = options.checked()?;
        Ok(Machine::new(Provisioning::watch(
            &self.0, id, options, seed, now,
        )?))
    }

    /// Takes a purchase up where a token left it, with its own time limit or another.
    pub fn resume(
        &self,
        token: &str,
        any_key: bool,
        timeout_ms: Option<u64>,
        seed: u64,
        now_ms: i64,
    ) -> Result<Arc<Machine>, Failure> {
        let check = if any_key {
            KeyCheck::Any
        } else {
            KeyCheck::Same
        };
        let now = Timestamp::from_millis(now_ms);
        let resumed = Provisioning::resume(&self.0, token, check, seed, now)?;
        Ok(Machine::new(match timeout_ms {
            Some(timeout_ms) => resumed.within(timeout_ms, now)?,
            None => resumed,
        }))
    }
}
