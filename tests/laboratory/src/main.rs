//! Serves the simulated API over TCP, misbehaves below HTTP at the first order, and counts orders. See its README.
#![forbid(unsafe_code)]

mod connection;
mod fault;
mod world;

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clap::Parser;
use socket2::{Domain, Socket, Type};

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
/// How often a listener that accepts nothing looks whether it must refuse.
const LOOK: Duration = Duration::from_millis(5);

fn main() -> std::io::Result<()> {
    let listener = listen(Args::parse().port)?;
    let address = listener.local_addr()?;
    println!("listening on http://{address}");
    std::io::stdout().flush()?;
    let world = Arc::new(Mutex::new(World::new(0, fault::Fault::None)));
    std::thread::spawn(move || serve(listener, address, &world));
    // Ends when the tests that started it end, however they do.
    std::io::copy(&mut std::io::stdin().lock().by_ref(), &mut std::io::sink())?;
    Ok(())
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
        }
        match listener.accept() {
            Ok((stream, _)) => {
                let world = Arc::clone(world);
                // What goes wrong here is an exchange that either side broke off.
                std::thread::spawn(move || drop(connection::serve(stream, &world)));
            }
            Err(_) => std::thread::sleep(LOOK),
        }
    }
}
