//! Serves the simulated API over TCP, misbehaves below HTTP at the first order, and counts orders. See its README.
#![forbid(unsafe_code)]

mod connection;
mod fault;
#[cfg_attr(not(target_os = "linux"), path = "no_network.rs")]
mod network;
mod world;

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clap::Parser;
use socket2::{Domain, Socket, Type};

use crate::network::Network;
use crate::world::World;

/// A server that misbehaves below HTTP, on 127.0.0.1. It ends when its standard input closes.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// The port; 0 takes any that is free
    #[arg(long, default_value_t = 0)]
    port: u16,
}

/// How long [`fault::Fault::Refuse`] lasts.
const REFUSING: Duration = Duration::from_secs(1);
/// How often is looked whether a refusal begins or has ended.
const LOOK: Duration = Duration::from_millis(5);

fn main() -> std::io::Result<()> {
    let listener = listen(Args::parse().port)?;
    let address = listener.local_addr()?;
    let url = format!("http://{address}");
    let (network, routed) = routed(address.port())?.unzip();
    let world = Arc::new(Mutex::new(World::new(url.clone(), network)));
    if let Some(routed) = routed {
        let world = Arc::clone(&world);
        std::thread::spawn(move || {
            for stream in routed.incoming().flatten() {
                begin(stream, &world);
            }
        });
    }
    println!("listening on {url}");
    std::io::stdout().flush()?;
    std::thread::spawn(move || serve(listener, address, &world));
    // Ends when the tests that started it end, however they do.
    std::io::copy(&mut std::io::stdin().lock().by_ref(), &mut std::io::sink())?;
    Ok(())
}

/// A network of its own, and a listener in it. Where it can't be made, CI fails and others are told.
fn routed(port: u16) -> std::io::Result<Option<(Network, TcpListener)>> {
    let error = match Network::new(port) {
        Ok(made) => return Ok(Some(made)),
        Err(error) => error,
    };
    let is_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false");
    if is_ci && cfg!(target_os = "linux") {
        return Err(std::io::Error::other(format!(
            "no network namespace, which faults of a route need (run as root): {error}"
        )));
    }
    eprintln!(
        "NOTICE: faults of a route are left out: no network namespace, which needs root on Linux: {error}"
    );
    Ok(None)
}

/// Serves a connection. What goes wrong there is an exchange that either side broke off.
fn begin(stream: TcpStream, world: &Arc<Mutex<World>>) {
    let world = Arc::clone(world);
    std::thread::spawn(move || drop(connection::serve(stream, &world)));
}

/// A port that was just closed can be listened to again.
fn listen(port: u16) -> std::io::Result<TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into())?;
    socket.listen(128)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

fn serve(mut listener: TcpListener, address: SocketAddr, world: &Arc<Mutex<World>>) {
    loop {
        let refuses = world.lock().is_ok_and(|mut world| world.take_refusal());
        if refuses {
            drop(listener);
            std::thread::sleep(REFUSING);
            listener = loop {
                match listen(address.port()) {
                    Ok(again) => break again,
                    Err(_) => std::thread::sleep(LOOK),
                }
            };
            if let Ok(mut world) = world.lock() {
                world.end_refusal();
            }
        }
        match listener.accept() {
            Ok((stream, _)) => begin(stream, world),
            Err(_) => std::thread::sleep(LOOK),
        }
    }
}
