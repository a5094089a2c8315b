//! A watch over the account's VPS, before it begins.

use std::fmt;
use std::time::Duration;

use stablevps_core::clock::Instant;
use stablevps_core::watch::{Probing, RebootPolicy, WatchOptions};

use crate::client::limits::millis;

/// A watch that is to begin, of [`watch`](crate::VpsResource::watch). Each setting has a default.
#[must_use = "nothing is watched before `begin`"]
pub struct WatchBuilder<C> {
    pub(crate) client: C,
    pub(crate) options: WatchOptions,
    pub(crate) at_most: Option<Duration>,
}

impl<C> WatchBuilder<C> {
    pub(crate) fn new(client: C) -> Self {
        Self {
            client,
            options: WatchOptions::default(),
            at_most: None,
        }
    }

    /// The time from one look to the next. Default: 60 s.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.options.interval_ms = millis(interval);
        self
    }

    /// How long the watch lasts, from its beginning. Default: without an end.
    pub fn at_most(mut self, span: Duration) -> Self {
        self.at_most = Some(span);
        self
    }

    /// VPS are not probed: only what the list shows is told.
    pub fn no_probes(mut self) -> Self {
        self.options.probing = Probing::Off;
        self
    }

    /// The TCP port that is probed. Default: 3389, which is RDP's.
    pub fn probe_port(mut self, port: u16) -> Self {
        self.options.probe_port = port.into();
        self
    }

    /// How long a VPS has to accept the connection. Default: 5 s.
    pub fn probe_timeout(mut self, timeout: Duration) -> Self {
        self.options.probe_timeout_ms = millis(timeout);
        self
    }

    /// How many silences in a row make a VPS unreachable: from 1 to 1,000. Default: 3.
    pub fn silent_probes(mut self, probes: u32) -> Self {
        self.options.silent_probes = probes.into();
        self
    }

    /// Which VPS are rebooted: with [`RebootPolicy::WhenSilent`] those that are paid and active and do not answer, while
    /// others do. Default: none is.
    pub fn reboot(mut self, policy: RebootPolicy) -> Self {
        self.options.reboot = policy;
        self
    }

    /// How long a VPS is left alone after the first reboot, which doubles with each further one, and the longest
    /// that it is. Default: 5 minutes, and an hour.
    pub fn patience(mut self, first: Duration, longest: Duration) -> Self {
        self.options.first_patience_ms = millis(first);
        self.options.longest_patience_ms = millis(longest);
        self
    }

    /// VPS that are neither probed nor rebooted, by their ids. What the list shows of them is told all the same.
    pub fn exclude<I>(mut self, ids: I) -> Self
    where
        I: IntoIterator<Item: AsRef<str>>,
    {
        let ids = ids.into_iter().map(|id| id.as_ref().to_owned());
        self.options.exclude.extend(ids);
        self
    }

    /// How many days before the end of a period the renewal is told: from 0, which is never, to 3,650. Default: 7.
    pub fn alarm_days(mut self, days: u32) -> Self {
        self.options.alarm_days = days.into();
        self
    }
}

/// How long to sleep, where the watch ends at some time; nothing once it is over.
pub(crate) fn within(end: Option<Instant>, now: Instant, delay_ms: u64) -> Option<Duration> {
    let left_ms = end.map_or(u64::MAX, |end| end.since_ms(now));
    (left_ms > 0).then(|| Duration::from_millis(delay_ms.min(left_ms)))
}

/// When a watch ends.
pub(crate) fn end_of(at_most: Option<Duration>, begun: Instant) -> Option<Instant> {
    let whole_ms = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
    at_most.map(|span| begun.plus_ms(whole_ms(span)))
}

impl<C> fmt::Debug for WatchBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WatchBuilder").field(&self.options).finish()
    }
}
