//! The calls of both clients, by what they are about.

use stablevps_core::endpoints::{
    ControlVps, CreateKey, CreateVps, DeleteVps, GetAccount, GetVps, GetWallet, ListKeys, ListVps,
    RevokeKey,
};
use stablevps_core::error::Error;
use stablevps_core::models::{
    Account, ActionReceipt, ApiKeyInfo, BillingCycle, CreatedKey, DeletedVps, Location, Order,
    PlanId, RevokedKey, Scope, Vps, VpsDetails, Wallet,
};
use stablevps_core::secret::Secret;

#[cfg(feature = "async")]
use crate::client::asynchronous::AsyncClient;
#[cfg(feature = "blocking")]
use crate::client::blocking::Client;
use crate::client::many::ManyBuilder;
use crate::client::provision::{Buy, ProvisionBuilder, Resume, Watch};
use crate::client::watching::WatchBuilder;

/// Declares calls once for each client: with a result, and with a future of it.
macro_rules! calls {
    ($resource:ident: $($(#[$doc:meta])+ $name:ident($($argument:ident: $type:ty),*) -> $output:ty { $endpoint:expr })+) => {
        #[cfg(feature = "blocking")]
        impl $resource<'_, Client> {
            $($(#[$doc])+ pub fn $name(self, $($argument: $type),*) -> Result<$output, Error> {
                self.client.call($endpoint)
            })+
        }

        #[cfg(feature = "async")]
        impl $resource<'_, AsyncClient> {
            $($(#[$doc])+ pub async fn $name(self, $($argument: $type),*) -> Result<$output, Error> {
                self.client.call($endpoint).await
            })+
        }
    };
}

/// A resource is a reference to its client: it is copied whatever that is.
macro_rules! copies {
    ($resource:ident) => {
        impl<C> Clone for $resource<'_, C> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<C> Copy for $resource<'_, C> {}
    };
}

/// VPS: `client.vps()`.
#[derive(Debug)]
pub struct VpsResource<'a, C> {
    pub(crate) client: &'a C,
}

copies! { VpsResource }

calls! { VpsResource:
    /// Every VPS of the account (`GET /vps`), without passwords.
    list() -> Vec<Vps> { ListVps }

    /// One VPS with all its details (`GET /vps/:id`), its RDP password included.
    ///
    /// # Errors
    /// `NotFound` where the account has no such VPS.
    get(id: impl AsRef<str>) -> VpsDetails { GetVps::new(id.as_ref())? }

    /// Orders a VPS and charges the wallet (`POST /vps`), without waiting for it.
    ///
    /// An order is never repeated: where its reply is lost, the call ends in `OutcomeUnknown`.
    /// [`provision`](Self::provision) finds out what became of it, and waits.
    create(
        plan: impl Into<PlanId>,
        cycle: impl Into<BillingCycle>,
        location: impl Into<Location>
    ) -> Order { CreateVps::new(plan, cycle, location)? }

    /// Deletes a VPS (`DELETE /vps/:id`). It can't be undone, and nothing is paid back.
    delete(id: impl AsRef<str>) -> DeletedVps { DeleteVps::new(id.as_ref())? }

    /// Starts a VPS (`POST /vps/:id/actions`).
    start(id: impl AsRef<str>) -> ActionReceipt { ControlVps::start(id.as_ref())? }

    /// Stops a VPS (`POST /vps/:id/actions`).
    stop(id: impl AsRef<str>) -> ActionReceipt { ControlVps::stop(id.as_ref())? }

    /// Reboots a VPS (`POST /vps/:id/actions`). It is not repeated where the reply is lost: the call ends in
    /// `OutcomeUnknown` then.
    reboot(id: impl AsRef<str>) -> ActionReceipt { ControlVps::reboot(id.as_ref())? }
}

impl<C: Clone> VpsResource<'_, C> {
    /// Buys one VPS, exactly one, and waits until it can be used.
    ///
    /// Where the order's reply is lost, the account's VPS are looked at until it is clear what became of it;
    /// nothing is ordered twice. Of the purchases of one account in this process, one at a time orders.
    #[must_use = "nothing is bought before `run` or `begin`"]
    pub fn provision(
        self,
        plan: impl Into<PlanId>,
        cycle: impl Into<BillingCycle>,
        location: impl Into<Location>,
    ) -> ProvisionBuilder<C, Buy> {
        let buy = Buy::new(plan.into(), cycle.into(), location.into());
        ProvisionBuilder::new(self.client.clone(), buy)
    }

    /// Takes a purchase up where its token left it. The time allowed begins anew.
    #[must_use = "nothing is resumed before `run` or `begin`"]
    pub fn resume(self, token: impl Into<String>) -> ProvisionBuilder<C, Resume> {
        ProvisionBuilder::new(self.client.clone(), Resume::new(token.into()))
    }

    /// Waits for a VPS that was bought elsewhere.
    #[must_use = "nothing is awaited before `run` or `begin`"]
    pub fn wait_until_ready(self, id: impl AsRef<str>) -> ProvisionBuilder<C, Watch> {
        let watch = Watch::new(id.as_ref().to_owned());
        ProvisionBuilder::new(self.client.clone(), watch)
    }

    /// Buys several VPS: each order is a [`provision`](Self::provision) with its own settings. Gives each as it ends;
    /// one that fails does not end the others.
    ///
    /// ```
    /// # let simulator = stablevps::testing::Simulator::new();
    /// # let client = simulator.client();
    /// let vps = client.vps();
    /// let orders = ["amsterdam", "london"].map(|place| vps.provision("basic", "monthly", place));
    /// for bought in vps.provision_many(orders).max_spend("50").begin()? {
    ///     match bought.end {
    ///         Ok(ready) => println!("{} {:?}", bought.index, ready.vps.ip_address),
    ///         Err(error) => println!("{} {error}", bought.index),
    ///     }
    /// }
    /// # Ok::<(), stablevps::Error>(())
    /// ```
    #[must_use = "nothing is bought before `begin`"]
    pub fn provision_many<I>(self, orders: I) -> ManyBuilder<C>
    where
        I: IntoIterator<Item = ProvisionBuilder<C, Buy>>,
        I::IntoIter: Send + 'static,
    {
        ManyBuilder::new(self.client.clone(), Box::new(orders.into_iter()))
    }

    /// Watches every VPS of the account for as long as you like, and tells what changes: VPS that come, go, or change
    /// their status; those that do not answer, and answer again; renewals that fall due. It reboots those that hang
    /// where you ask for that.
    #[must_use = "nothing is watched before `begin`"]
    pub fn watch(self) -> WatchBuilder<C> {
        WatchBuilder::new(self.client.clone())
    }
}

/// API keys: `client.keys()`.
#[derive(Debug)]
pub struct KeysResource<'a, C> {
    pub(crate) client: &'a C,
}

/// A key that is to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewKey {
    /// A label for it.
    pub name: String,
    /// What it may do. Default: everything.
    pub scope: Scope,
    /// How many days it works. Default: for ever.
    pub expires_in_days: Option<u32>,
}

impl NewKey {
    /// A key that may do everything, for ever.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            scope: Scope::Full,
            expires_in_days: None,
        }
    }

    /// What the key may do.
    #[must_use]
    pub fn scope(self, scope: impl Into<Scope>) -> Self {
        Self {
            scope: scope.into(),
            ..self
        }
    }

    /// How many days the key works.
    #[must_use]
    pub fn expires_in_days(self, days: u32) -> Self {
        Self {
            expires_in_days: Some(days),
            ..self
        }
    }

    fn endpoint(self, email: &str, password: Secret) -> Result<CreateKey, Error> {
        let days = self.expires_in_days.map(i64::from);
        CreateKey::new(email, password, &self.name, self.scope, days)
    }
}

copies! { KeysResource }

calls! { KeysResource:
    /// Signs in with the account's password and creates an API key (`POST /auth`). The client needs no key for it.
    ///
    /// The key is in this reply and nowhere else, ever. The request is not repeated where its reply is lost: the
    /// call ends in `OutcomeUnknown` then.
    ///
    /// # Errors
    /// `KeyLimitReached` when the account has ten keys.
    create(email: impl AsRef<str>, password: impl Into<Secret>, key: NewKey) -> CreatedKey {
        key.endpoint(email.as_ref(), password.into())?
    }

    /// Every API key of the account (`GET /auth`), without the keys themselves.
    list() -> Vec<ApiKeyInfo> { ListKeys }

    /// Revokes a key for good (`DELETE /auth`). A key can't revoke itself.
    revoke(key_id: impl AsRef<str>) -> RevokedKey { RevokeKey::new(key_id.as_ref())? }
}

/// The account: `client.account()`.
#[derive(Debug)]
pub struct AccountResource<'a, C> {
    pub(crate) client: &'a C,
}

copies! { AccountResource }

calls! { AccountResource:
    /// Who the account belongs to, and what it has (`GET /account`).
    get() -> Account { GetAccount }
}

/// The wallet: `client.wallet()`.
#[derive(Debug)]
pub struct WalletResource<'a, C> {
    pub(crate) client: &'a C,
}

copies! { WalletResource }

calls! { WalletResource:
    /// What the wallet holds (`GET /wallet`).
    get() -> Wallet { GetWallet }
}
