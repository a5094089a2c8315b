//! What a simulator starts with.

use serde::Deserialize;

use crate::{ControlError, Euros, Fault, Secret, Span};

/// What a simulator starts with. Every field may be left out of the JSON; an unknown field is an error.
///
/// ```
/// use stablevps_simulator::Config;
///
/// let config = Config::from_json(br#"{"balance": 12.5, "provisioning_ms": {"min": 60000, "max": 300000}}"#)?;
/// assert_eq!(config.balance, 12.5.into());
/// # Ok::<(), stablevps_simulator::ControlError>(())
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Decides every id, key, password and duration that is not given. Default 0.
    pub seed: u64,
    /// Who the account belongs to.
    pub account: Account,
    /// The account's first key, of scope `full`, without expiry. Default: one made from the seed; see
    /// [`Simulator::initial_key`](crate::Simulator::initial_key).
    pub key: Option<Secret>,
    /// The wallet, in EUR. Default 100.00.
    pub balance: Euros,
    /// How long an order stays `provisioning`, in milliseconds: a number, or `{"min", "max"}` for a length
    /// that differs from order to order. Default 120,000.
    pub provisioning_ms: Span,
    /// For how long an active VPS still has no address, host name and password, in milliseconds. Default 0.
    pub details_delay_ms: u64,
    /// For how long `GET /vps/:id` answers 404 after an order that the list already shows, in
    /// milliseconds. Default 0.
    pub appear_404_ms: u64,
    /// `true`, the default: money is binary floating point as in the real service, so that a balance can be
    /// `80.50999999999999`. `false`: balances are rounded to the cent.
    pub money_as_float: bool,
    /// `false`, the default: fields that are not set yet are left out. `true`: they are sent as `null`.
    pub unset_as_null: bool,
    /// VPS that the account has from the beginning. Default none.
    pub vps: Vec<VpsSeed>,
    /// VPS of another account, which answer 404. Default none.
    pub foreign_vps: Vec<VpsSeed>,
    /// Faults queued from the beginning. Default none.
    pub faults: Vec<Fault>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            seed: 0,
            account: Account::default(),
            key: None,
            balance: Euros::from(100.0),
            provisioning_ms: Span::from(120_000),
            details_delay_ms: 0,
            appear_404_ms: 0,
            money_as_float: true,
            unset_as_null: false,
            vps: Vec::new(),
            foreign_vps: Vec::new(),
            faults: Vec::new(),
        }
    }
}

impl Config {
    /// Reads a configuration from JSON.
    ///
    /// # Errors
    /// When the text is not JSON, or a field is unknown or of a wrong type.
    pub fn from_json(json: &[u8]) -> Result<Self, ControlError> {
        serde_json::from_slice(json).map_err(|error| ControlError::new(error.to_string()))
    }
}

/// Who the account belongs to, and what `POST /auth` accepts.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Account {
    /// Compared without regard to case. Default `john@example.com`.
    pub email: String,
    /// Default `correct horse battery staple`.
    pub password: Secret,
    /// Default `John`.
    pub first_name: String,
    /// Default `Doe`.
    pub last_name: String,
    /// When the account and its first key were made, in epoch milliseconds. Default 2026-01-01T00:00:00.000Z.
    pub created_at_ms: i64,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            email: "john@example.com".to_owned(),
            password: Secret::from("correct horse battery staple"),
            first_name: "John".to_owned(),
            last_name: "Doe".to_owned(),
            created_at_ms: 1_767_225_600_000,
        }
    }
}

/// A VPS that exists without having been ordered; it costs nothing.
///
/// The texts are not checked against the catalogue, so that values of tomorrow can be tried.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VpsSeed {
    /// Its service id. Default: a new one.
    pub id: Option<String>,
    /// Default `prime`.
    pub plan_id: String,
    /// Default `monthly`.
    pub billing_cycle: String,
    /// Default `amsterdam`.
    pub location: String,
    /// The billing `status`. Default `active`.
    pub status: String,
    /// Default `active`.
    pub vps_status: String,
    /// In epoch milliseconds. Default: the moment of the command, or the account's beginning for one that
    /// comes with the configuration.
    pub created_at_ms: Option<i64>,
    /// Its address. Default: a new one of the range reserved for benchmarks.
    pub ip_address: Option<String>,
}

impl Default for VpsSeed {
    fn default() -> Self {
        Self {
            id: None,
            plan_id: "prime".to_owned(),
            billing_cycle: "monthly".to_owned(),
            location: "amsterdam".to_owned(),
            status: "active".to_owned(),
            vps_status: "active".to_owned(),
            created_at_ms: None,
            ip_address: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Config;

    #[test]
    fn neither_password_nor_key_shows_in_debug_output() {
        let json = br#"{"key":"svps_live_hidden","account":{"password":"hidden too"}}"#;
        let shown = format!("{:?}", Config::from_json(json).unwrap());
        assert!(!shown.contains("hidden"), "{shown}");
    }

    #[test]
    fn an_unknown_field_is_refused_by_name() {
        let error = Config::from_json(br#"{"balanse":1}"#)
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("unknown field `balanse`"), "{error}");
    }
}
