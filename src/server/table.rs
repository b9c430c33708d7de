//! What is served where: one table for all shards, replaced as a whole when `routing.toml` is read again.

use super::bind::{self, Bound};
use super::seldom::Seldom;
use crate::auth::Keys;
use crate::consumer::rest::{RestPlace, Routes};
use crate::error::Error;
use crate::hub::lane::Lanes;
use crate::metrics::Stats;
use crate::routing::{Address, Listener, Namespace, Policy, Route, Routing};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};

/// What all shards share for as long as the server lives.
pub(super) struct Shared<A: crate::app::App> {
    pub lanes: Arc<Lanes<A>>,
    pub rest: HashMap<&'static str, Routes<A>>,
    pub keys: Option<Arc<Keys>>,
    /// What is counted; who has a place is a part of it.
    pub stats: Arc<Stats>,
    pub farewell: Arc<Farewell>,
    pub troubles: Troubles,
}

/// What strangers can fill the log with.
#[derive(Default)]
pub(super) struct Troubles {
    pub accept: Seldom,
    pub no_place: Seldom,
    pub tls: Seldom,
}

/// How far the server is with stopping, for all shards.
#[derive(Default)]
pub(super) struct Farewell {
    /// Nothing new is accepted, and probes are told so.
    pub draining: AtomicBool,
    /// WebSockets that were open when it began.
    pub open: AtomicUsize,
    /// Of those, how many were told to come back elsewhere.
    pub told: AtomicUsize,
}

/// An address that a listener is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub listener: String,
    /// As in the file: the port may be 0.
    pub configured: SocketAddr,
    pub actual: SocketAddr,
}

impl Place {
    /// Whether these sockets are what this address of a listener asks for. Port 0 is whatever the same listener got before.
    pub fn serves(&self, listener: &Listener, address: &Address) -> bool {
        match address.address.port() {
            0 => self.configured == address.address && self.listener == listener.name,
            _ => self.actual == address.address,
        }
    }
}

/// A listener and where it is.
pub(super) struct Listening {
    pub listener: Listener,
    /// Of its routes: shared by their connections.
    pub policies: Vec<Arc<Policy>>,
    /// Of the namespaces of each.
    pub namespaces: Vec<Vec<Arc<Policy>>>,
    pub places: Vec<Place>,
    /// The REST interfaces of all listeners: each may have to say where another is.
    pub rest_places: Arc<[RestPlace]>,
}

pub(super) struct Table {
    pub listeners: Vec<Arc<Listening>>,
}

impl Table {
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        self.listeners.iter().flat_map(|l| &l.places)
    }

    /// The table for a routing, and the sockets that it needs beside the `held` ones. Nothing is changed if that fails.
    pub fn new(
        routing: Routing,
        held: &[Place],
        leases: &mut Leases,
        shards: usize,
    ) -> Result<(Table, Vec<Bound>), Error> {
        let (mut bound, mut fresh) = (Vec::new(), Vec::new());
        for listener in routing.listeners {
            let (places, new) = bind::bind(&listener, held, shards)?;
            fresh.extend(new);
            bound.push((listener, places));
        }
        let rest_places: Arc<[RestPlace]> = bound.iter().flat_map(rest_places).collect();
        let mut listeners = Vec::new();
        for (listener, places) in bound {
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
            listeners.push(Arc::new(Listening {
                listener,
                policies,
                namespaces,
                places,
                rest_places: rest_places.clone(),
            }));
        }
        Ok((Table { listeners }, fresh))
    }
}

fn rest_places((listener, places): &(Listener, Vec<Place>)) -> Vec<RestPlace> {
    let port = places.first().map(|place| place.actual.port());
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

/// The policies that open connections may hold, each with its route: a connection keeps the policy that it was opened with until its route is gone.
#[derive(Clone, Default)]
pub(super) struct Leases(Vec<Lease>);

#[derive(Clone)]
struct Lease {
    listener: String,
    pattern: String,
    namespace: Option<String>,
    consumer: String,
    policy: Arc<Policy>,
}

impl Lease {
    fn is_of(&self, listener: &str, route: &Route, namespace: Option<&Namespace>) -> bool {
        let consumer = namespace.map_or(&route.consumer, |n| &n.consumer);
        self.listener == listener
            && self.pattern == route.pattern.as_str()
            && self.namespace.as_ref() == namespace.map(|n| &n.name)
            && self.consumer == *consumer
    }
}

impl Leases {
    fn grant(
        &mut self,
        listener: &str,
        route: &Route,
        namespace: Option<&Namespace>,
    ) -> Arc<Policy> {
        let policy = namespace.map_or(&route.policy, |n| &n.policy);
        let known = self
            .0
            .iter()
            .find(|l| l.is_of(listener, route, namespace) && *l.policy == *policy);
        if let Some(lease) = known {
            return lease.policy.clone();
        }
        let policy = Arc::new(policy.clone());
        self.0.push(Lease {
            listener: listener.to_owned(),
            pattern: route.pattern.as_str().to_owned(),
            namespace: namespace.map(|n| n.name.clone()),
            consumer: namespace.map_or(&route.consumer, |n| &n.consumer).clone(),
            policy: policy.clone(),
        });
        policy
    }

    /// Gives up those whose route is not in this table and returns them.
    pub fn revoke(&mut self, table: &Table) -> Vec<Arc<Policy>> {
        let served = |lease: &Lease| {
            table.listeners.iter().any(|l| {
                let name = &l.listener.name;
                l.listener.routes.iter().any(|r| {
                    lease.is_of(name, r, None)
                        || r.namespaces.iter().any(|n| lease.is_of(name, r, Some(n)))
                })
            })
        };
        let gone = self.0.extract_if(.., |lease| !served(lease));
        gone.map(|lease| lease.policy).collect()
    }

    /// Forgets what nobody but this list holds.
    pub fn prune(&mut self) {
        self.0.retain(|lease| Arc::strong_count(&lease.policy) > 1);
    }
}
