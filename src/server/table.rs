//! What is served where: one table for all shards, replaced as a whole when `routing.toml` is read again.

use super::bind::{self, BoundAddress, NewSockets};
use super::leases::Leases;
use crate::consumer::rest::RestPlace;
use crate::error::Error;
use crate::routing::{Listener, Policy, Routing};
use std::sync::Arc;

/// A listener of the routing, its addresses, and the policies that its connections share.
pub(super) struct TableEntry {
    pub listener: Listener,
    /// The policy of each of its routes.
    pub policies: Vec<Arc<Policy>>,
    /// The policies of the namespaces of each of its routes.
    pub namespaces: Vec<Vec<Arc<Policy>>>,
    pub addresses: Vec<BoundAddress>,
    /// The REST interfaces of all listeners: each may have to say where another is.
    pub rest_places: Arc<[RestPlace]>,
}

/// A routing with its certificates read and its sockets bound.
pub(super) struct Table {
    pub listeners: Vec<Arc<TableEntry>>,
}

impl Table {
    pub fn addresses(&self) -> impl Iterator<Item = &BoundAddress> {
        self.listeners.iter().flat_map(|l| &l.addresses)
    }

    /// The table for a routing, and the sockets that it needs beside the `held` ones. Nothing is changed if that fails.
    pub fn new(
        routing: Routing,
        held: &[BoundAddress],
        leases: &mut Leases,
        shards: usize,
    ) -> Result<(Table, Vec<NewSockets>), Error> {
        let (mut bound, mut fresh) = (Vec::new(), Vec::new());
        for listener in routing.listeners {
            let (addresses, new) = bind::bind(&listener, held, shards)?;
            fresh.extend(new);
            bound.push((listener, addresses));
        }
        let rest_places: Arc<[RestPlace]> = bound.iter().flat_map(rest_places).collect();
        let mut listeners = Vec::new();
        for (listener, addresses) in bound {
            let name = &listener.name;
            let routes = listener.routes.iter();
            let policies = routes
                .clone()
                .map(|r| leases.grant(name, r, None))
                .collect();
            let namespaces = routes
                .map(|r| {
                    let all = r.namespaces.iter();
                    all.map(|n| leases.grant(name, r, Some(n))).collect()
                })
                .collect();
            listeners.push(Arc::new(TableEntry {
                listener,
                policies,
                namespaces,
                addresses,
                rest_places: rest_places.clone(),
            }));
        }
        Ok((Table { listeners }, fresh))
    }
}

fn rest_places((listener, addresses): &(Listener, Vec<BoundAddress>)) -> Vec<RestPlace> {
    let port = addresses.first().map(|address| address.actual.port());
    let place = |(name, port): (&String, u16)| RestPlace {
        interface: name.clone(),
        listener: listener.name.clone(),
        port,
        tls: listener.tls.is_some(),
    };
    let names = listener.rest.iter().map(|mount| &mount.name);
    names
        .filter_map(|name| Some(place((name, port?))))
        .collect()
}
