//! A configured account, and the machines it makes: one line an endpoint.

use stablevps_core::config::Api as CoreApi;
use stablevps_core::endpoint::Endpoint;
use stablevps_core::endpoints::{
    AnyEndpoint, ControlVps, CreateKey, CreateVps, DeleteVps, GetAccount, GetVps, GetWallet,
    ListKeys, ListVpsAsSent, RevokeKey,
};
use stablevps_core::error::Error;
use stablevps_core::ids::VpsId;
use stablevps_core::models::Scope;
use stablevps_core::provisioning::Provisioning;
use stablevps_core::secret::Secret;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::Failure;
use crate::machine::Machine;
use crate::numbers::days;
use crate::options::{self, Options};

/// A configured account.
#[wasm_bindgen]
pub struct Api(CoreApi);

impl Api {
    fn call<E>(&self, endpoint: Result<E, Error>, options: &Options) -> Result<Machine, Failure>
    where
        E: Endpoint + Send + 'static,
    {
        let (limits, seed, now) = options::call(options);
        Ok(Machine::new(self.0.call(
            AnyEndpoint::new(endpoint?),
            limits,
            seed,
            now,
        )?))
    }
}

#[wasm_bindgen]
impl Api {
    /// Checks the options.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "ApiOptions")] options: &Options,
    ) -> Result<Self, Failure> {
        Ok(Self(CoreApi::new(options::account(options)?)?))
    }

    /// Tells accounts apart without telling the key.
    #[must_use]
    #[wasm_bindgen(js_name = keyFingerprint)]
    pub fn key_fingerprint(&self) -> String {
        self.0.key_fingerprint()
    }

    /// `POST /auth`
    #[wasm_bindgen(js_name = createKey)]
    pub fn create_key(
        &self,
        email: &str,
        password: String,
        name: &str,
        scope: &str,
        #[wasm_bindgen(js_name = expiresInDays)] expires_in_days: Option<f64>,
        #[wasm_bindgen(unchecked_param_type = "CallOptions")] options: &Options,
    ) -> Result<Machine, Failure> {
        let password = Secret::new(password);
        let days = expires_in_days.map(days);
        let endpoint = CreateKey::new(email, password, name, Scope::from(scope), days);
        self.call(endpoint, options)
    }

    /// `GET /auth`
    #[wasm_bindgen(js_name = listKeys)]
    pub fn list_keys(
        &self,
        #[wasm_bindgen(unchecked_param_type = "CallOptions")] options: &Options,
    ) -> Result<Machine, Failure> {
        self.call(Ok(ListKeys), options)
    }

    /// `DELETE /auth`
    #[wasm_bindgen(js_name = revokeKey)]
    pub fn revoke_key(
        &self,
        id: &str,
        #[wasm_bindgen(unchecked_param_type = "CallOptions")] options: &Options,
    ) -> Result<Machine, Failure> {
        self.call(RevokeKey::new(id), options)
    }

    /// `GET /vps`
    #[wasm_bindgen(js_name = listVps)]
    pub fn list_vps(
        &self,
        #[wasm_bindgen(unchecked_param_type = "CallOptions")] options: &Options,
    ) -> Result<Machine, Failure> {
        self.call(Ok(ListVpsAsSent), options)
    }

    /// `POST /vps`
    #[wasm_bindgen(js_name = createVps)]
    pub fn create_vps(
        &self,
        #[wasm_bindgen(js_name = planId)] plan_id: &str,
        #[wasm_bindgen(js_name = billingCycle)] billing_cycle: &str,
        location: &str,
        #[wasm_bindgen(unchecked_param_type = "CallOptions")] options: &Options,
    ) -> Result<Machine, Failure> {
        self.call(CreateVps::new(plan_id, billing_cycle, location), options)
    }

    /// `GET /vps/:id`
    #[wasm_bindgen(js_name = getVps)]
    pub fn get_vps(
        &self,
        id: &str,
        #[wasm_bindgen(unchecked_param_type = "CallOptions")] options: &Options,
    ) -> Result<Machine, Failure> {
        self.call(GetVps::new(id), options)
    }

    /// `DELETE /vps/:id`
    #[wasm_bindgen(js_name = deleteVps)]
    pub fn delete_vps(
        &self,
        id: &str,
        #[wasm_bindgen(unchecked_param_type = "CallOptions")] options: &Options,
    ) -> Result<Machine, Failure> {
        self.call(DeleteVps::new(id), options)
    }

    /// `POST /vps/:id/actions`, start
    #[wasm_bindgen(js_name = startVps)]
    pub fn start_vps(
        &self,
        id: &str,
        #[wasm_bindgen(unchecked_param_type = "CallOptions")] options: &Options,
    ) -> Result<Machine, Failure> {
        self.call(ControlVps::start(id), options)
    }

    /// `POST /vps/:id/actions`, stop
    #[wasm_bindgen(js_name = stopVps)]
    pub fn stop_vps(
        &self,
        id: &str,
        #[wasm_bindgen(unchecked_param_type = "CallOptions")] options: &Options,
    ) -> Result<Machine, Failure> {
        self.call(ControlVps::stop(id), options)
    }

    /// `POST /vps/:id/actions`, reboot
    #[wasm_bindgen(js_name = rebootVps)]
    pub fn reboot_vps(
        &self,
        id: &str,
        #[wasm_bindgen(unchecked_param_type = "CallOptions")] options: &Options,
    ) -> Result<Machine, Failure> {
        self.call(ControlVps::reboot(id), options)
    }

    /// `GET /account`
    #[wasm_bindgen(js_name = getAccount)]
    pub fn get_account(
        &self,
        #[wasm_bindgen(unchecked_param_type = "CallOptions")] options: &Options,
    ) -> Result<Machine, Failure> {
        self.call(Ok(GetAccount), options)
    }

    /// `GET /wallet`
    #[wasm_bindgen(js_name = getWallet)]
    pub fn get_wallet(
        &self,
        #[wasm_bindgen(unchecked_param_type = "CallOptions")] options: &Options,
    ) -> Result<Machine, Failure> {
        self.call(Ok(GetWallet), options)
    }

    /// Buys one VPS and waits for it.
    pub fn provision(
        &self,
        #[wasm_bindgen(js_name = planId)] plan_id: &str,
        #[wasm_bindgen(js_name = billingCycle)] billing_cycle: &str,
        location: &str,
        #[wasm_bindgen(unchecked_param_type = "PurchaseOptions")] options: &Options,
    ) -> Result<Machine, Failure> {
        let order = CreateVps::new(plan_id, billing_cycle, location)?;
        let (options, seed, now) = options::purchase(options)?;
        Ok(Machine::new(Provisioning::buy(
            &self.0, order, options, seed, now,
        )?))
    }

    /// Waits for a VPS that was bought elsewhere.
    #[wasm_bindgen(js_name = waitUntilReady)]
    pub fn wait_until_ready(
        &self,
        id: &str,
        #[wasm_bindgen(unchecked_param_type = "PurchaseOptions")] options: &Options,
    ) -> Result<Machine, Failure> {
        let id: VpsId = id
            .parse()
            .map_err(|reason: &str| Error::invalid_input("id", reason))?;
        let (options, seed, now) = options::purchase(options)?;
        Ok(Machine::new(Provisioning::watch(
            &self.0, id, options, seed, now,
        )?))
    }

    /// Takes a purchase up where a token left it, with its own time limit or another.
    pub fn resume(
        &self,
        token: &str,
        #[wasm_bindgen(unchecked_param_type = "ResumeOptions")] options: &Options,
    ) -> Result<Machine, Failure> {
        let with = options::resumption(options);
        let resumed = Provisioning::resume(&self.0, token, with.check, with.seed, with.now)?;
        Ok(Machine::new(match with.timeout_ms {
            Some(timeout_ms) => resumed.within(timeout_ms, with.now)?,
            None => resumed,
        }))
    }
}
