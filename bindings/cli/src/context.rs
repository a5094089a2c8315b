//! What every command works with: the options, the output, the files, and the client.

use std::path::PathBuf;

use crate::api::{Client, ClientBuilder, SqliteStore};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::options::Global;
use crate::output::Output;
use crate::places::{Places, make_folder};
use crate::profile::{Profile, Profiles};
use crate::state::Purchases;
use crate::world::{BASE_URL, World};

/// The variable that a key is taken from.
const KEY_VARIABLE: &str = "STABLEVPS_API_KEY";

const USER_AGENT: &str = concat!("svps/", env!("CARGO_PKG_VERSION"));

/// What every command works with.
pub struct Context {
    /// The options of every command.
    pub global: Global,
    /// How records are printed.
    pub output: Output,
    /// Where the files are.
    pub places: Places,
    world: Option<World>,
}

impl Context {
    /// From the options.
    pub fn new(global: Global) -> Outcome<Self> {
        let is_simulated = global.simulate || global.world.is_some();
        let places = if is_simulated {
            Places::of_world(global.world.clone())?
        } else {
            Places::of_person()?
        };
        let world = is_simulated
            .then(|| World::open(&places.state, global.seed))
            .transpose()?;
        let output = Output {
            form: global.output,
            columns: global.columns.clone(),
            quiet: global.quiet,
            color: global.color,
        };
        Ok(Self {
            global,
            output,
            places,
            world,
        })
    }

    /// Tells the person something, on standard error, unless only ids are wanted.
    pub fn say(&self, text: &str) {
        if !self.global.quiet {
            anstream::eprintln!("{text}");
        }
    }

    /// Whether the account is a simulated one.
    pub fn is_simulated(&self) -> bool {
        self.world.is_some()
    }

    /// The simulated account.
    pub fn world(&self) -> Option<&World> {
        self.world.as_ref()
    }

    /// The profiles.
    pub fn profiles(&self) -> Outcome<Profiles> {
        Profiles::open(&self.places.config)
    }

    /// The open purchases.
    pub fn purchases(&self) -> Purchases {
        Purchases::new(&self.places.state)
    }

    /// Where purchases with an idempotency key are recorded.
    fn keyed(&self) -> PathBuf {
        self.places.state.join("purchases.db")
    }

    /// A client of the account that the options name.
    pub fn client(&self) -> Outcome<Client> {
        Ok(self.account(None)?.client)
    }

    /// The account that the options name, or else the one that a purchase was begun with.
    pub fn account(&self, begun_with: Option<&str>) -> Outcome<Account> {
        self.account_on(begun_with, None)
    }

    /// The account that the options name, with the store of purchases that have an idempotency key.
    pub fn recorded_account(&self) -> Outcome<Account> {
        make_folder(&self.places.state)?;
        let store = SqliteStore::open(self.keyed()).map_err(|failure| {
            let message = format!("{}: {failure}", self.keyed().display());
            Failure::new(Exit::General, message)
        })?;
        self.account_on(None, Some(store))
    }

    /// The same where a purchase with a key was ever made on this machine.
    pub fn recorded_account_if_any(&self) -> Outcome<Option<Account>> {
        let is_there = self.keyed().exists();
        is_there.then(|| self.recorded_account()).transpose()
    }

    fn account_on(&self, begun_with: Option<&str>, store: Option<SqliteStore>) -> Outcome<Account> {
        let asked = self.global.profile.as_deref();
        let of_environment = std::env::var(KEY_VARIABLE)
            .ok()
            .filter(|key| !key.is_empty());
        let profiles = self.profiles()?;
        if let Some(name) = asked.or(begun_with) {
            let profile = profiles.get(name)?;
            return self.account_of(profile, &profiles, store);
        }
        if let Some(world) = &self.world {
            return match profiles.default() {
                Some(profile) => self.account_of(profile, &profiles, store),
                None => self.account_with(world.key()?, None, None, store),
            };
        }
        if let Some(key) = of_environment {
            return self.account_with(key, None, None, store);
        }
        match profiles.default() {
            Some(profile) => self.account_of(profile, &profiles, store),
            None => Err(Failure::new(Exit::General, "there is no API key yet")
                .next(format!("Run `svps login`, or set {KEY_VARIABLE}."))),
        }
    }

    /// A client without a key, which can make one.
    pub fn stranger(&self) -> Outcome<Client> {
        Ok(self.builder(None).build()?)
    }

    /// A client with a key that is not kept yet.
    pub fn client_with(&self, key: String) -> Outcome<Client> {
        Ok(self.account_with(key, None, None, None)?.client)
    }

    fn account_of(
        &self,
        profile: &Profile,
        profiles: &Profiles,
        store: Option<SqliteStore>,
    ) -> Outcome<Account> {
        let key = profiles.key(profile)?;
        let (name, base_url) = (profile.name.clone(), profile.base_url.as_deref());
        self.account_with(key, Some(name), base_url, store)
    }

    fn account_with(
        &self,
        key: String,
        profile: Option<String>,
        base_url: Option<&str>,
        store: Option<SqliteStore>,
    ) -> Outcome<Account> {
        let mut builder = self.builder(base_url).api_key(key);
        if let Some(store) = store {
            builder = builder.store(store);
        }
        let client = builder.build()?;
        Ok(Account { client, profile })
    }

    fn builder(&self, base_url: Option<&str>) -> ClientBuilder<Client> {
        let mut builder = Client::builder().app(USER_AGENT);
        if let Some(world) = &self.world {
            let settings = builder.base_url(BASE_URL).random_seed(1);
            let settings = settings.transport(world.clone()).clock(world.clone());
            return settings.prober(world.clone());
        }
        if let Some(url) = self.global.base_url.as_deref().or(base_url) {
            builder = builder.base_url(url);
        }
        builder
    }
}

/// An account: a client with its key.
pub struct Account {
    /// The client.
    pub client: Client,
    /// The profile whose key it has; none where the key came from elsewhere.
    pub profile: Option<String>,
}
