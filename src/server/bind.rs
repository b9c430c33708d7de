//! Sockets that listen: one per address and shard.

use super::table::Place;
use crate::error::Error;
use crate::routing::{Address, Listener};
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::{SocketAddr, TcpListener};

/// Connections that wait to be accepted, for one listener and shard: a restaurant's screens all come back at once after a power cut.
const BACKLOG: i32 = 4096;

/// An address of a listener, bound once for each shard.
pub(super) struct Bound {
    pub place: Place,
    pub sockets: Vec<TcpListener>,
}

/// Binds the addresses of a listener that are in no place yet. `held` are those that are.
pub(super) fn bind(
    listener: &Listener,
    held: &[Place],
    shards: usize,
) -> Result<(Vec<Place>, Vec<Bound>), Error> {
    let mut places: Vec<Place> = Vec::new();
    let mut fresh = Vec::new();
    for address in &listener.bind.addresses {
        if let Some(place) = held.iter().find(|p| p.serves(listener, address)) {
            places.push(place.clone());
            continue;
        }
        // `localhost:0` is one port on both addresses
        let mut at = address.address;
        if let Some(first) = places.first().filter(|_| at.port() == 0) {
            at.set_port(first.actual.port());
        }
        match sockets(&mut at, shards) {
            Ok(sockets) => {
                let place = Place {
                    listener: listener.name.clone(),
                    configured: address.address,
                    actual: at,
                };
                places.push(place.clone());
                fresh.push(Bound { place, sockets });
            }
            Err(e) if dispensable(address, &places, &e) => {
                tracing::warn!(address = %at, error = %e, "this machine has no such address");
            }
            Err(e) => {
                let name = &listener.name;
                return Err(Error::Config(format!("listener {name:?}: {at}: {e}")));
            }
        }
    }
    Ok((places, fresh))
}

fn dispensable(address: &Address, places: &[Place], e: &io::Error) -> bool {
    address.optional && !places.is_empty() && e.kind() != io::ErrorKind::AddrInUse
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
