//! Whether a VPS's desktop answers.

use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

/// The port of Remote Desktop.
const PORT: u16 = 3389;
/// How long one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(5);

/// Whether the desktop at an address accepts a connection now. It is told how long it may take.
pub fn answers(address: &str, at_most: Duration) -> bool {
    let began = Instant::now();
    let Ok(places) = (address, port()).to_socket_addrs() else {
        return false;
    };
    for place in places {
        let left = at_most.saturating_sub(began.elapsed()).min(ATTEMPT);
        if left.is_zero() {
            return false;
        }
        if TcpStream::connect_timeout(&place, left).is_ok() {
            return true;
        }
    }
    false
}

/// Tests let another port answer.
fn port() -> u16 {
    let named = std::env::var("SVPS_TEST_RDP_PORT").ok();
    named.and_then(|port| port.parse().ok()).unwrap_or(PORT)
}
