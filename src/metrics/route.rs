//! The connections of one route.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One route's connections.
#[derive(Debug, Default)]
pub(crate) struct RouteStats {
    /// WebSockets that are open.
    open: AtomicI64,
    /// WebSockets that were opened since the start.
    opened: AtomicU64,
    /// Connections that are let in, by the role of their bearer. Locked for a moment when one comes and when it goes.
    roles: Mutex<BTreeMap<&'static str, u64>>,
}

impl RouteStats {
    /// Counts a connection whose bearer has this role, until the returned value is dropped.
    pub fn role(self: &Arc<Self>, role: &'static str) -> OpenRole {
        *self.lock_roles().entry(role).or_default() += 1;
        OpenRole(self.clone(), role)
    }

    /// How many WebSockets are open.
    pub fn open_now(&self) -> u64 {
        u64::try_from(self.open.load(Relaxed)).unwrap_or(0)
    }

    /// How many WebSockets were opened since the start.
    pub fn opened(&self) -> u64 {
        self.opened.load(Relaxed)
    }

    /// How many of each role are let in at present; a role that nobody has may be there with 0.
    pub fn roles(&self) -> BTreeMap<&'static str, u64> {
        self.lock_roles().clone()
    }

    fn lock_roles(&self) -> MutexGuard<'_, BTreeMap<&'static str, u64>> {
        self.roles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an open connection, until the returned value is dropped.
    pub fn open(self: &Arc<Self>) -> OpenRoute {
        self.open.fetch_add(1, Relaxed);
        self.opened.fetch_add(1, Relaxed);
        OpenRoute(self.clone())
    }
}

/// An open connection of a route.
#[derive(Debug)]
pub(crate) struct OpenRoute(Arc<RouteStats>);

impl std::ops::Drop for OpenRoute {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Relaxed);
    }
}

/// An open connection whose bearer is known.
#[derive(Debug)]
pub(crate) struct OpenRole(Arc<RouteStats>, &'static str);

impl std::ops::Drop for OpenRole {
    fn drop(&mut self) {
        if let Some(open) = self.0.lock_roles().get_mut(self.1) {
            *open -= 1;
        }
    }
}
