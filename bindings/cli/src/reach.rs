//! Whether a VPS's desktop answers.

use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

/// How long one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(5);

/// Whether the desktop at an address accepts a connection now. It is told how long it may take.
pub fn answers(address: &str, port: u16, at_most: Duration) -> bool {
    let began = Instant::now();
    let Ok(places) = (address, port).to_socket_addrs() else {
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
