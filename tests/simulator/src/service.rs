//! The service when it behaves: one account, its keys, its wallet and its VPS.

use serde::{Deserialize, Serialize};

use crate::{Config, Request, Response};

pub(crate) mod account;
pub(crate) mod catalogue;
pub(crate) mod fleet;
pub(crate) mod generator;
pub(crate) mod key_calls;
pub(crate) mod keys;
pub(crate) mod moment;
pub(crate) mod money;
pub(crate) mod orders;
pub(crate) mod reply;
pub(crate) mod route;
pub(crate) mod views;
pub(crate) mod vps;
pub(crate) mod vps_calls;
pub(crate) mod wallet;

use account::Profile;
use fleet::Fleet;
use generator::Generator;
use keys::{ApiKey, KeyRing, Scope};
use moment::Moment;
use orders::{OrderDefaults, Terms};
use reply::error;
use route::{Call, Stray, route};
use views::Unset;
use vps::Owner;
use wallet::{Rounding, Wallet};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Service {
    pub(crate) generator: Generator,
    pub(crate) profile: Profile,
    pub(crate) keys: KeyRing,
    pub(crate) wallet: Wallet,
    pub(crate) fleet: Fleet,
    pub(crate) defaults: OrderDefaults,
    pub(crate) orders_placed: u64,
    unset: Unset,
}

impl Service {
    pub(crate) fn new(config: &Config) -> Self {
        let created_at = Moment(config.account.created_at_ms);
        let mut generator = Generator::new(config.seed);
        let mut keys = KeyRing::default();
        keys.add(first_key(config, &mut generator, created_at));
        let rounding = if config.money_as_float {
            Rounding::None
        } else {
            Rounding::ToTheCent
        };
        let mut service = Self {
            profile: Profile::new(&config.account, generator.object_id(created_at)),
            generator,
            keys,
            wallet: Wallet::new(config.balance, rounding),
            fleet: Fleet::default(),
            defaults: OrderDefaults::new(config),
            orders_placed: 0,
            unset: if config.unset_as_null {
                Unset::Null
            } else {
                Unset::LeftOut
            },
        };
        for (seeds, owner) in [
            (&config.vps, Owner::Account),
            (&config.foreign_vps, Owner::SomeoneElse),
        ] {
            for seed in seeds {
                service.add_vps(seed, owner, created_at);
            }
        }
        service
    }

    /// Answers a request. The terms say how an order is carried out; other calls ignore them.
    pub(crate) fn answer(&mut self, request: &Request, terms: &Terms, now: Moment) -> Response {
        self.wallet.settle(now);
        self.try_answer(request, terms, now)
            .unwrap_or_else(|refusal| refusal)
    }

    // The order of the checks: path, method, key, scope, parameters, resource, money.
    fn try_answer(
        &mut self,
        request: &Request,
        terms: &Terms,
        now: Moment,
    ) -> Result<Response, Response> {
        let call = route(&request.method, request.path()).map_err(stray_reply)?;
        if call == Call::CreateKey {
            return self.create_key(&request.body, now);
        }
        let caller = self.authenticate(request, now)?;
        if call.needs_full_scope() && caller.scope == Scope::Read {
            return Err(error(403, "This API key is read-only"));
        }
        match call {
            Call::CreateKey => self.create_key(&request.body, now),
            Call::ListKeys => Ok(self.list_keys()),
            Call::RevokeKey => self.revoke_key(request.query(), &caller.id),
            Call::ListVps => Ok(self.list_vps(now)),
            Call::OrderVps => self.order_vps(&request.body, terms, now),
            Call::ShowVps(id) => self.show_vps(&id, now),
            Call::DeleteVps(id) => self.delete_vps(&id, now),
            Call::ActOnVps(id) => self.act_on_vps(&id, &request.body, now),
            Call::ShowAccount => Ok(self.show_account(now)),
            Call::ShowWallet => Ok(self.show_wallet()),
        }
    }

    fn authenticate(&mut self, request: &Request, now: Moment) -> Result<ApiKey, Response> {
        let bearer = request
            .header("authorization")
            .and_then(|value| value.strip_prefix("Bearer "));
        let raw = bearer.or_else(|| request.header("x-api-key"));
        let raw = raw.ok_or_else(|| error(401, "Missing API key"))?;
        let found = self.keys.authenticate(raw.trim(), now);
        found
            .cloned()
            .ok_or_else(|| error(401, "Invalid or expired API key"))
    }
}

fn first_key(config: &Config, generator: &mut Generator, created_at: Moment) -> ApiKey {
    let generated = generator.api_key();
    ApiKey {
        id: generator.object_id(created_at),
        name: "Simulator".to_owned(),
        raw: config.key.clone().unwrap_or(generated),
        scope: Scope::Full,
        created_at,
        expires_at: None,
        last_used_at: None,
    }
}

fn stray_reply(stray: Stray) -> Response {
    match stray {
        Stray::UnknownPath => error(404, "Not found"),
        Stray::UnknownMethod { allow } => {
            let mut reply = error(405, "Method not allowed");
            reply.headers.push(("allow".to_owned(), allow.to_owned()));
            reply
        }
    }
}
