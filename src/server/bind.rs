//! Sockets that listen: one per address and shard.

use crate::error::Error;
use crate::routing::{Address, Listener};
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::{SocketAddr, TcpListener};

/// Connections that wait to be accepted, for one listener and shard: a restaurant's screens all come back at once after a power cut.
const BACKLOG: i32 = 4096;

/// An address that a listener is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BoundAddress {
    pub listener: String,
    /// The address as the routing has it: the port may be 0.
    pub configured: SocketAddr,
    pub actual: SocketAddr,
}

impl BoundAddress {
    /// Whether these sockets are what this address of a listener asks for. Port 0 is whatever the same listener got before.
    pub fn serves(&self, listener: &Listener, address: &Address) -> bool {
        match address.address.port() {
            0 => self.configured == address.address && self.listener == listener.name,
            _ => self.actual == address.address,
        }
    }
}

/// The sockets of a newly bound address: one for each shard.
pub(super) struct NewSockets {
    pub address: BoundAddress,
    pub sockets: Vec<TcpListener>,
}

/// Binds the addresses of a listener that are not bound yet. `held` are those that are.
pub(super) fn bind(
    listener: &Listener,
    held: &[BoundAddress],
    shards: usize,
) -> Result<(Vec<BoundAddress>, Vec<NewSockets>), Error> {
    let mut bound: Vec<BoundAddress> = Vec::new();
    let mut fresh = Vec::new();
    for address in &listener.bind.addresses {
        if let Some(known) = held.iter().find(|held| held.serves(listener, address)) {
            bound.push(known.clone());
            continue;
        }
        // `localhost:0` is one port on both addresses
        let mut at = address.address;
        if let Some(first) = bound.first().filter(|_| at.port() == 0) {
            at.set_port(first.actual.port());
        }
        match sockets(&mut at, shards) {
            Ok(sockets) => {
                let address = BoundAddress {
                    listener: listener.name.clone(),
                    configured: address.address,
                    actual: at,
                };
                bound.push(address.clone());
                fresh.push(NewSockets { address, sockets });
            }
            Err(e) if dispensable(address, !bound.is_empty(), &e) => {
                tracing::warn!(address = %at, error = %e, "this machine has no such address");
            }
            Err(e) => {
                let name = &listener.name;
                return Err(Error::Config(format!("listener {name:?}: {at}: {e}")));
            }
        }
    }
    Ok((bound, fresh))
}

/// Whether an address that cannot be bound is passed over: the listener `has_another`, and this machine just has none of this family.
fn dispensable(address: &Address, has_another: bool, e: &io::Error) -> bool {
    address.optional && has_another && e.kind() != io::ErrorKind::AddrInUse
}

fn sockets(at: &mut SocketAddr, shards: usize) -> io::Result<Vec<TcpListener>> {
    // with SO_REUSEPORT a second process would bind the same port without an error: ask once without it
    let probe = socket(*at, false)?;
    if let Some(bound) = probe.local_addr()?.as_socket() {
        *at = bound;
    }
    // listening is what makes another listener visible: two sockets that are only bound may share an address
    probe.listen(1)?;
    drop(probe);
    (0..shards)
        .map(|_| {
            let socket = socket(*at, true)?;
            socket.listen(BACKLOG)?;
            Ok(socket.into())
        })
        .collect()
}

fn socket(at: SocketAddr, shared: bool) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(at), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(shared)?;
    // frames leave when they are written: nothing is gained by waiting for more. What is accepted inherits it
    socket.set_tcp_nodelay(true)?;
    socket.bind(&at.into())?;
    Ok(socket)
}
