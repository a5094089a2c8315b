//! Whether a VPS answers: one TCP connection, which is closed at once.

use std::io;
#[cfg(feature = "blocking")]
use std::net::{TcpStream, ToSocketAddrs as _};
#[cfg(feature = "async")]
use std::pin::Pin;
use std::time::Duration;

use stablevps_core::watch::{ProbeOutcome, ProbeTarget};

/// Another way to find out whether a VPS answers a [`watch`](crate::VpsResource::watch), such as a request to a
/// program on it.
///
/// It is called from several threads at once, and must return in about the time that it is given.
#[cfg(feature = "blocking")]
pub trait Prober: Send + Sync {
    /// Whether the VPS answers within that time. [`ProbeOutcome::NotTried`] is for faults of this machine and its
    /// network alone.
    fn probe(&self, target: &ProbeTarget, within: Duration) -> ProbeOutcome;
}

/// How a probe went, in time.
#[cfg(feature = "async")]
pub type ProbeFuture<'a> = Pin<Box<dyn Future<Output = ProbeOutcome> + Send + 'a>>;

/// Another way to find out whether a VPS answers an asynchronous [`watch`](crate::VpsResource::watch), such as a
/// request to a program on it.
#[cfg(feature = "async")]
pub trait AsyncProber: Send + Sync {
    /// Whether the VPS answers within that time. [`ProbeOutcome::NotTried`] is for faults of this machine and its
    /// network alone. The future may be dropped at any time.
    fn probe<'a>(&'a self, target: &'a ProbeTarget, within: Duration) -> ProbeFuture<'a>;
}

/// Connects with TCP.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TcpProber;

#[cfg(feature = "blocking")]
impl Prober for TcpProber {
    fn probe(&self, target: &ProbeTarget, within: Duration) -> ProbeOutcome {
        let addresses = (target.address.as_str(), target.port).to_socket_addrs();
        let Some(address) = addresses.ok().and_then(|mut found| found.next()) else {
            return ProbeOutcome::NotTried;
        };
        outcome(TcpStream::connect_timeout(&address, within).map(drop))
    }
}

#[cfg(feature = "async")]
impl AsyncProber for TcpProber {
    fn probe<'a>(&'a self, target: &'a ProbeTarget, within: Duration) -> ProbeFuture<'a> {
        Box::pin(async move {
            let connecting = tokio::net::TcpStream::connect((target.address.as_str(), target.port));
            match tokio::time::timeout(within, connecting).await {
                Ok(connected) => outcome(connected.map(drop)),
                Err(_) => ProbeOutcome::Silent,
            }
        })
    }
}

/// What an attempt to connect says. What fails on this machine says nothing about the VPS.
fn outcome(connected: io::Result<()>) -> ProbeOutcome {
    match connected {
        Ok(()) => ProbeOutcome::Answered,
        Err(error) if is_own_fault(&error) => ProbeOutcome::NotTried,
        Err(_) => ProbeOutcome::Silent,
    }
}

fn is_own_fault(error: &io::Error) -> bool {
    // No free sockets, of the process or of the machine: EMFILE and ENFILE, WSAEMFILE.
    let is_exhausted = matches!(error.raw_os_error(), Some(23 | 24 | 10_024));
    is_exhausted
        || matches!(
            error.kind(),
            io::ErrorKind::NetworkUnreachable
                | io::ErrorKind::NetworkDown
                | io::ErrorKind::AddrNotAvailable
                | io::ErrorKind::PermissionDenied
                | io::ErrorKind::InvalidInput
                | io::ErrorKind::OutOfMemory
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_on_this_machine_says_nothing_about_the_vps() {
        use io::ErrorKind::{
            ConnectionRefused, HostUnreachable, NetworkUnreachable, PermissionDenied, TimedOut,
        };
        let cases = [
            (io::Error::from(ConnectionRefused), ProbeOutcome::Silent),
            (io::Error::from(TimedOut), ProbeOutcome::Silent),
            (io::Error::from(HostUnreachable), ProbeOutcome::Silent),
            (io::Error::from(NetworkUnreachable), ProbeOutcome::NotTried),
            (io::Error::from(PermissionDenied), ProbeOutcome::NotTried),
            (io::Error::from_raw_os_error(24), ProbeOutcome::NotTried),
        ];
        for (error, expected) in cases {
            let shown = error.to_string();
            assert_eq!(outcome(Err(error)), expected, "{shown}");
        }
    }

    #[cfg(feature = "blocking")]
    #[test]
    fn an_open_port_answers_and_a_closed_one_is_silent() {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let target = ProbeTarget {
            address: "127.0.0.1".to_owned(),
            port: listener.local_addr().unwrap().port(),
        };
        let within = Duration::from_secs(5);
        let probe = || Prober::probe(&TcpProber, &target, within);
        assert_eq!(probe(), ProbeOutcome::Answered);
        drop(listener);
        assert_eq!(probe(), ProbeOutcome::Silent);
    }
}
