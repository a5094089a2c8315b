//! Purchases, and waits for VPS, before they begin.

use std::fmt;
use std::time::Duration;

use stablevps_core::clock::Now;
use stablevps_core::config::Api;
use stablevps_core::endpoints::CreateVps;
use stablevps_core::error::Error;
use stablevps_core::ids::VpsId;
use stablevps_core::models::{BillingCycle, Location, PlanId};
use stablevps_core::provisioning::{
    KeyCheck, Preflight, ProvisionOptions, Provisioning, WaitLevel,
};

use crate::client::limits::millis;

/// A purchase that is to be made, taken up or waited for. It ends in [`run`](Self::run), or in
/// [`begin`](Self::begin) for more control.
///
/// `K` says which: [`Buy`], [`Resume`] or [`Watch`]. Each has the settings that apply to it.
#[must_use = "nothing happens before `run` or `begin`"]
pub struct ProvisionBuilder<C, K> {
    pub(crate) client: C,
    pub(crate) kind: K,
}

/// Buying a VPS: of [`provision`](crate::VpsResource::provision).
#[derive(Clone, Debug)]
pub struct Buy {
    plan: PlanId,
    cycle: BillingCycle,
    location: Location,
    options: ProvisionOptions,
}

/// Taking a purchase up: of [`resume`](crate::VpsResource::resume).
#[derive(Clone)]
pub struct Resume {
    token: String,
    check: KeyCheck,
    timeout: Option<Duration>,
}

/// Waiting for a VPS: of [`wait_until_ready`](crate::VpsResource::wait_until_ready).
#[derive(Clone, Debug)]
pub struct Watch {
    id: String,
    options: ProvisionOptions,
}

/// What a [`ProvisionBuilder`] makes: [`Buy`], [`Resume`] or [`Watch`].
pub trait PurchaseKind: sealed::Begin {}

impl PurchaseKind for Buy {}
impl PurchaseKind for Resume {}
impl PurchaseKind for Watch {}

pub(crate) mod sealed {
    use super::{Api, Error, Now, Provisioning};

    /// Begins a purchase.
    pub trait Begin {
        fn begin(&self, api: &Api, seed: u64, begun: Now) -> Result<Provisioning, Error>;
    }

    /// Has options for the wait.
    pub trait Waits {
        fn options(&mut self) -> &mut super::ProvisionOptions;
    }
}

impl Buy {
    pub(crate) fn new(plan: PlanId, cycle: BillingCycle, location: Location) -> Self {
        Self {
            plan,
            cycle,
            location,
            options: ProvisionOptions::default(),
        }
    }
}

impl Resume {
    pub(crate) fn new(token: String) -> Self {
        Self {
            token,
            check: KeyCheck::Same,
            timeout: None,
        }
    }
}

impl Watch {
    pub(crate) fn new(id: String) -> Self {
        let options = ProvisionOptions::default();
        Self { id, options }
    }
}

/// Without the token, which names what is bought.
impl fmt::Debug for Resume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resume").finish_non_exhaustive()
    }
}

impl sealed::Begin for Buy {
    fn begin(&self, api: &Api, seed: u64, begun: Now) -> Result<Provisioning, Error> {
        let order = CreateVps::new(self.plan.clone(), self.cycle.clone(), self.location.clone())?;
        Provisioning::buy(api, order, self.options.clone(), seed, begun)
    }
}

impl sealed::Begin for Resume {
    fn begin(&self, api: &Api, seed: u64, begun: Now) -> Result<Provisioning, Error> {
        let timeout = self.timeout.map(millis);
        Provisioning::resume(api, &self.token, self.check, timeout, seed, begun)
    }
}

impl sealed::Begin for Watch {
    fn begin(&self, api: &Api, seed: u64, begun: Now) -> Result<Provisioning, Error> {
        let id: Result<VpsId, _> = self.id.parse();
        let id = id.map_err(|reason| Error::invalid_input("id", reason))?;
        Provisioning::watch(api, id, self.options.clone(), seed, begun)
    }
}

impl sealed::Waits for Buy {
    fn options(&mut self) -> &mut ProvisionOptions {
        &mut self.options
    }
}

impl sealed::Waits for Watch {
    fn options(&mut self) -> &mut ProvisionOptions {
        &mut self.options
    }
}

impl<C, K> ProvisionBuilder<C, K> {
    pub(crate) fn new(client: C, kind: K) -> Self {
        Self { client, kind }
    }
}

impl<C, K: sealed::Waits> ProvisionBuilder<C, K> {
    /// How long the whole may take before it ends in `DeadlineExceeded`. Default: 30 minutes.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.kind.options().timeout_ms = millis(timeout);
        self
    }

    /// When the VPS counts as usable. Default: [`WaitLevel::Ready`].
    pub fn wait_for(mut self, level: WaitLevel) -> Self {
        self.kind.options().wait_for = level;
        self
    }

    /// When to look at the VPS for the first time. Default: after 5 s.
    pub fn first_look(mut self, after: Duration) -> Self {
        self.kind.options().first_look_ms = millis(after);
        self
    }

    /// The longest pause between two looks. Default: 15 s.
    pub fn longest_pause(mut self, pause: Duration) -> Self {
        self.kind.options().longest_pause_ms = millis(pause);
        self
    }

    /// How long "not found" is forgiven. Default: 60 s.
    pub fn not_found_grace(mut self, grace: Duration) -> Self {
        self.kind.options().not_found_grace_ms = millis(grace);
        self
    }
}

impl<C> ProvisionBuilder<C, Buy> {
    /// The most that may be spent, in EUR, rounded to the cent: a [`Money`](crate::Money), or whatever else is
    /// written as a decimal number, such as `"19.49"` or `20`. A higher catalogue price ends in `OverBudget`,
    /// before anything is ordered; a higher charge in `PriceAboveLimit`, with the VPS. Default: no limit.
    pub fn max_spend(mut self, most: impl fmt::Display) -> Self {
        self.kind.options.max_spend = Some(most.to_string());
        self
    }

    /// Whether the wallet is looked at before ordering. Default: [`Preflight::Check`].
    pub fn preflight(mut self, preflight: Preflight) -> Self {
        self.kind.options.preflight = preflight;
        self
    }

    /// A wallet that holds less than the built-in price ends in `InsufficientFunds`, before anything is ordered.
    /// Without this the service itself decides: the built-in price may be out of date.
    pub fn check_funds(mut self) -> Self {
        self.kind.options.check_funds = true;
        self
    }

    /// How long an order whose reply was lost is looked for. Default: 90 s.
    pub fn settle(mut self, window: Duration) -> Self {
        self.kind.options.settle_ms = millis(window);
        self
    }
}

impl<C> ProvisionBuilder<C, Resume> {
    /// How long the whole may take from now on. Default: as long as it was given when it began.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.kind.timeout = Some(timeout);
        self
    }

    /// Whether the purchase may have begun with another key of the same account. Default: [`KeyCheck::Same`].
    pub fn key_check(mut self, check: KeyCheck) -> Self {
        self.kind.check = check;
        self
    }
}

impl<C, K: fmt::Debug> fmt::Debug for ProvisionBuilder<C, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ProvisionBuilder").field(&self.kind).finish()
    }
}

/// A [`ProvisionBuilder`] with a function for its progress.
#[must_use = "nothing happens before `run`"]
pub struct WithProgress<C, K, F> {
    pub(crate) builder: ProvisionBuilder<C, K>,
    pub(crate) on_progress: F,
}

impl<C, K: fmt::Debug, F> fmt::Debug for WithProgress<C, K, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.builder.fmt(f)
    }
}
