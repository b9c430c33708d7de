//! `GET /api/admin/websocket/stats`: who is connected where, and what was told and dropped.

use super::envelope::{Envelope, ok};
use crate::access::{Action, Bearer};
use crate::rest::{Answer, Served, ServerCall};
use maitred::{Error, Numbers};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
struct Stats {
    uptime_seconds: u64,
    connections: Connections,
    events: Events,
    /// Frames that waited for a slow client and were dropped, by reason.
    dropped: BTreeMap<&'static str, u64>,
    resumes: Resumes,
}

#[derive(Serialize, ToSchema)]
struct Connections {
    /// Open now.
    total: u64,
    /// Since the server started.
    opened: u64,
    by_endpoint: Vec<Endpoint>,
    by_role: BTreeMap<&'static str, u64>,
    /// Clients by what they are connected to (`kitchen`, `workshop`): one for each namespace of Socket.IO, long polling included.
    by_consumer: BTreeMap<&'static str, u64>,
    /// Those that ended, by close code; 0: without one.
    closed_by_code: BTreeMap<u16, u64>,
}

#[derive(Serialize, ToSchema)]
struct Endpoint {
    listener: String,
    path: String,
    open: u64,
    opened: u64,
    roles: BTreeMap<&'static str, u64>,
}

#[derive(Serialize, ToSchema)]
struct Events {
    /// That were committed.
    announced: u64,
    /// Handed to sockets: one for each receiver.
    delivered: u64,
    sent_bytes: u64,
    received_frames: u64,
}

#[derive(Serialize, ToSchema)]
struct Resumes {
    /// Clients that came back and got what they had missed.
    resumed: u64,
    /// Clients that came back and got a new state.
    reset: u64,
}

#[utoipa::path(get, path = "/admin/websocket/stats", tag = "dashboard", responses((status = 200, description = "Since the server started", body = Envelope<Stats>)))]
pub fn show(call: ServerCall) -> Served {
    Box::pin(async move {
        let identity = call.api.identify(&call.caller)?;
        let may =
            move |db: &maitred::Reader<'_>| Bearer::of(&identity, db)?.may(Action::RunDashboard);
        call.api.read(may).await?;
        stats(call.api.numbers())
    })
}

fn stats(numbers: Numbers) -> Result<Answer, Error> {
    let mut by_role = BTreeMap::new();
    let endpoint = |route: maitred::RouteNumbers| {
        for (role, open) in &route.roles {
            *by_role.entry(*role).or_default() += open;
        }
        Endpoint {
            listener: route.listener,
            path: route.path,
            open: route.open,
            opened: route.opened,
            roles: route.roles,
        }
    };
    let by_endpoint: Vec<_> = numbers.routes.into_iter().map(endpoint).collect();
    ok(Stats {
        uptime_seconds: numbers.uptime_s,
        connections: Connections {
            total: by_endpoint.iter().map(|endpoint| endpoint.open).sum(),
            opened: by_endpoint.iter().map(|endpoint| endpoint.opened).sum(),
            by_endpoint,
            by_role,
            by_consumer: numbers.clients,
            closed_by_code: numbers.closed,
        },
        events: Events {
            announced: numbers.events,
            delivered: numbers.deliveries,
            sent_bytes: numbers.sent_bytes,
            received_frames: numbers.received_frames,
        },
        dropped: numbers.dropped,
        resumes: Resumes {
            resumed: numbers.resumed,
            reset: numbers.reset,
        },
    })
}
