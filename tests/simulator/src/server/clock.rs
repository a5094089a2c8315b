//! Virtual time.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// A clock that starts at the real time, runs at its own speed and can be turned on.
#[derive(Debug)]
pub(crate) struct VirtualClock {
    epoch_ms: i64,
    started: Instant,
    speed: f64,
    advanced_ms: u64,
}

impl VirtualClock {
    pub(crate) fn start(speed: f64) -> Self {
        let epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let epoch_ms = i64::try_from(epoch.as_millis()).unwrap_or(i64::MAX);
        Self {
            epoch_ms,
            started: Instant::now(),
            speed,
            advanced_ms: 0,
        }
    }

    pub(crate) fn now_ms(&self) -> i64 {
        let elapsed = self.started.elapsed().as_secs_f64() * 1000.0 * self.speed.max(0.0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let elapsed = elapsed as u64;
        self.epoch_ms
            .saturating_add_unsigned(elapsed.saturating_add(self.advanced_ms))
    }

    pub(crate) fn advance(&mut self, ms: u64) {
        self.advanced_ms = self.advanced_ms.saturating_add(ms);
    }
}
