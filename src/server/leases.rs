//! The policies that open connections may hold, each with its route: a connection keeps the policy that it was opened with until its route is gone.

use crate::routing::{Listener, Namespace, Policy, Route};
use std::sync::Arc;

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
    /// The policy of a route, or of one of its namespaces: the one that connections hold already, if nothing about it changed.
    pub fn grant(
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

    /// Gives up the policies whose route none of these listeners has any more, and returns them.
    pub fn revoke<'t>(
        &mut self,
        listeners: impl Iterator<Item = &'t Listener> + Clone,
    ) -> Vec<Arc<Policy>> {
        let served = |lease: &Lease| {
            listeners.clone().any(|listener| {
                let name = &listener.name;
                listener.routes.iter().any(|r| {
                    lease.is_of(name, r, None)
                        || r.namespaces.iter().any(|n| lease.is_of(name, r, Some(n)))
                })
            })
        };
        let gone = self.0.extract_if(.., |lease| !served(lease));
        gone.map(|lease| lease.policy).collect()
    }

    /// Forgets the policies that no connection holds.
    pub fn prune(&mut self) {
        self.0.retain(|lease| Arc::strong_count(&lease.policy) > 1);
    }
}
