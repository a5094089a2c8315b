//! A network namespace with one pair of virtual interfaces, so that there is a route that can be taken away.
//!
//! The server listens inside, at an address of 127.77.0.0/16, since clients speak plain HTTP to loopback alone. The
//! machine itself gets one interface and the route to that one address. The namespace has no name: the sockets in it
//! keep it, so that the kernel removes it, the interfaces and the route however this process ends.

use std::fs::File;
use std::io::{Error, Result};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener};
use std::os::fd::AsRawFd as _;

use nix::net::if_::if_nametoindex;
use nix::sched::{CloneFlags, unshare};
use rtnetlink::packet_route::link::LinkMessage;
use rtnetlink::packet_route::route::{RouteMessage, RouteScope, RouteType};
use rtnetlink::{Handle, LinkUnspec, LinkVeth, RouteMessageBuilder};
use tokio::runtime::Runtime;

use crate::fault::Cut;

/// The table that the kernel asks first. It has loopback's routes.
const LOCAL_TABLE: u32 = 255;

pub struct Network {
    inside: Netlink,
    address: SocketAddrV4,
    interface: u32,
}

impl Network {
    /// A network whose address and interfaces are those of no other port, and a listener in it.
    pub fn new(port: u16) -> Result<(Self, TcpListener)> {
        // A namespace is a thread's.
        let thread = std::thread::spawn(move || Self::in_this_thread(port));
        thread.join().map_err(|_| Error::other("it panicked"))?
    }

    fn in_this_thread(port: u16) -> Result<(Self, TcpListener)> {
        let (outer, inner) = (format!("svps{port}"), format!("svps{port}n"));
        let outside = Netlink::connect()?;
        outside.add(LinkVeth::new(&outer, &inner).build())?;
        let outer_index = index(&outer)?;
        // Until one of the two is in a namespace of its own, nobody else removes them.
        Self::joined(&outside, (&outer, outer_index), &inner, port)
            .inspect_err(|_| drop(outside.remove(outer_index)))
    }

    /// Moves this thread and the inner interface to a new namespace, and joins it to the outer one.
    fn joined(
        outside: &Netlink,
        (outer, outer_index): (&str, u32),
        inner: &str,
        port: u16,
    ) -> Result<(Self, TcpListener)> {
        let [high, low] = port.to_be_bytes();
        let ip = Ipv4Addr::new(127, 77, high, low);
        let inner_index = index(inner)?;
        speak_loopback(outer)?;

        unshare(CloneFlags::CLONE_NEWNET)?;
        let inside = Netlink::connect()?;
        let namespace = File::open("/proc/thread-self/ns/net")?;
        let moved = LinkUnspec::new_with_index(inner_index).setns_by_fd(namespace.as_raw_fd());
        outside.change(moved.build())?;
        let inner_index = index(inner)?;
        speak_loopback(inner)?;
        // Packets without a route are answered, as a router does: five at once, then one a second.
        set(inner, "forwarding")?;
        inside.up(inner_index)?;
        inside.address(inner_index, ip)?;
        inside.route(to(Ipv4Addr::LOCALHOST, inner_index).build())?;

        outside.up(outer_index)?;
        let there = to(ip, outer_index).pref_source(Ipv4Addr::LOCALHOST);
        outside.route(there.table_id(LOCAL_TABLE).build())?;
        let address = SocketAddrV4::new(ip, port);
        let network = Self {
            inside,
            address,
            interface: inner_index,
        };
        Ok((network, TcpListener::bind(address)?))
    }

    pub fn address(&self) -> SocketAddr {
        self.address.into()
    }

    /// Takes the route to the server away.
    pub fn cut(&self, cut: Cut) -> Result<()> {
        self.be(match cut {
            Cut::Refused => RouteType::Unreachable,
            Cut::Silent => RouteType::BlackHole,
        })
    }

    /// Gives it back.
    pub fn restore(&self) -> Result<()> {
        self.be(RouteType::Local)
    }

    fn be(&self, kind: RouteType) -> Result<()> {
        let route = match kind {
            RouteType::Local => to(*self.address.ip(), self.interface).scope(RouteScope::Host),
            _ => RouteMessageBuilder::<Ipv4Addr>::new()
                .destination_prefix(*self.address.ip(), 32)
                .scope(RouteScope::Host),
        };
        self.inside
            .route(route.table_id(LOCAL_TABLE).kind(kind).build())
    }
}

/// A route to one address by an interface.
fn to(ip: Ipv4Addr, interface: u32) -> RouteMessageBuilder<Ipv4Addr> {
    RouteMessageBuilder::<Ipv4Addr>::new()
        .destination_prefix(ip, 32)
        .output_interface(interface)
        .scope(RouteScope::Link)
}

fn index(name: &str) -> Result<u32> {
    Ok(if_nametoindex(name)?)
}

/// Lets an interface of this thread's namespace carry packets of 127.0.0.0/8.
fn speak_loopback(name: &str) -> Result<()> {
    set(name, "route_localnet")
}

fn set(interface: &str, option: &str) -> Result<()> {
    std::fs::write(format!("/proc/sys/net/ipv4/conf/{interface}/{option}"), "1")
}

/// The kernel's routes and interfaces, in the namespace of the thread that connected.
struct Netlink {
    runtime: Runtime,
    handle: Handle,
}

impl Netlink {
    fn connect() -> Result<Self> {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_io().build()?;
        let entered = runtime.enter();
        let (connection, handle, _) = rtnetlink::new_connection()?;
        drop(entered);
        runtime.spawn(connection);
        Ok(Self { runtime, handle })
    }

    fn add(&self, link: LinkMessage) -> Result<()> {
        self.wait(self.handle.link().add(link).execute())
    }

    fn remove(&self, interface: u32) -> Result<()> {
        self.wait(self.handle.link().del(interface).execute())
    }

    fn change(&self, link: LinkMessage) -> Result<()> {
        self.wait(self.handle.link().set(link).execute())
    }

    fn up(&self, interface: u32) -> Result<()> {
        let up = LinkUnspec::new_with_index(interface).up();
        self.change(up.build())
    }

    fn address(&self, interface: u32, ip: Ipv4Addr) -> Result<()> {
        let addresses = self.handle.address();
        self.wait(addresses.add(interface, ip.into(), 32).execute())
    }

    fn route(&self, route: RouteMessage) -> Result<()> {
        self.wait(self.handle.route().add(route).replace().execute())
    }

    fn wait(
        &self,
        done: impl Future<Output = std::result::Result<(), rtnetlink::Error>>,
    ) -> Result<()> {
        self.runtime.block_on(done).map_err(Error::other)
    }
}
