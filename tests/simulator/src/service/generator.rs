//! Everything that looks random, all of it from the seed.

use fastrand::Rng;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::moment::Moment;
use crate::{Secret, Span};

/// Makes ids, keys, passwords and addresses. The same seed and the same requests make the same ones.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Generator {
    #[serde(serialize_with = "write_rng", deserialize_with = "read_rng")]
    rng: Rng,
    servers: u32,
}

/// What the provider behind the service calls a new server, and where it stands.
pub(crate) struct Server {
    pub(crate) id: String,
    pub(crate) address: String,
}

impl Generator {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            rng: Rng::with_seed(seed),
            servers: 0,
        }
    }

    /// 24 hexadecimal digits that begin with the time, as `MongoDB` makes them.
    pub(crate) fn object_id(&mut self, now: Moment) -> String {
        format!("{:08x}{:016x}", now.seconds(), self.rng.u64(..))
    }

    pub(crate) fn api_key(&mut self) -> Secret {
        Secret::from(format!(
            "svps_live_{:016x}{:016x}{:016x}",
            self.rng.u64(..),
            self.rng.u64(..),
            self.rng.u64(..)
        ))
    }

    /// A server of its own number, at an address from the range reserved for benchmarks (RFC 2544).
    pub(crate) fn server(&mut self) -> Server {
        let number = self.servers;
        self.servers = self.servers.wrapping_add(1);
        let [_, high, middle, low] = number.wrapping_add(1).to_be_bytes();
        Server {
            id: format!("zomro-{}", u64::from(number) + 12_345),
            address: format!("198.{}.{middle}.{low}", 18 + (high & 1)),
        }
    }

    /// 16 characters of which one at least is a capital, a digit and a mark, as Windows demands.
    pub(crate) fn password(&mut self) -> Secret {
        let letters = std::iter::repeat_with(|| self.rng.lowercase())
            .take(10)
            .collect::<String>();
        let capitals = std::iter::repeat_with(|| self.rng.uppercase())
            .take(3)
            .collect::<String>();
        Secret::from(format!("{capitals}{letters}{}!", self.rng.u32(10..100)))
    }

    pub(crate) fn length(&mut self, span: Span) -> u64 {
        span.draw(&mut self.rng)
    }
}

fn write_rng<S: Serializer>(rng: &Rng, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(rng.get_seed())
}

fn read_rng<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Rng, D::Error> {
    u64::deserialize(deserializer).map(Rng::with_seed)
}
