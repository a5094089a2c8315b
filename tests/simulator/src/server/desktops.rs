//! The desktops of VPS whose addresses are loopback's: sockets that accept connections while their VPS answers.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use crate::http::Shared;

/// How soon a desktop follows its VPS.
const TICK: Duration = Duration::from_millis(20);

/// Opens and closes desktops for as long as the program runs.
pub(crate) async fn serve(port: u16, shared: Arc<Shared>) {
    let mut open: BTreeMap<IpAddr, AbortHandle> = BTreeMap::new();
    loop {
        let wanted = answering(&shared);
        open.retain(|address, desktop| {
            let is_wanted = wanted.contains(address);
            if !is_wanted {
                desktop.abort();
            }
            is_wanted
        });
        for address in wanted {
            // One whose socket is not free yet is tried again.
            if !open.contains_key(&address)
                && let Ok(listener) = TcpListener::bind((address, port)).await
            {
                open.insert(address, tokio::spawn(accept(listener)).abort_handle());
            }
        }
        tokio::time::sleep(TICK).await;
    }
}

/// The loopback addresses at which a VPS answers.
fn answering(shared: &Shared) -> BTreeSet<IpAddr> {
    let state = shared.with(|stage| {
        let now_ms = stage.clock.now_ms();
        stage.simulator.state(now_ms)
    });
    let vps = state.vps.into_iter().filter(|vps| vps.answers);
    let addresses = vps.filter_map(|vps| vps.ip_address?.parse().ok());
    addresses.filter(IpAddr::is_loopback).collect()
}

async fn accept(listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        drop(stream);
    }
}
