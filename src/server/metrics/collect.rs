//! All cells added up, under the names that dashboards know.

use super::text::{CONTENT_TYPE, Text};
use crate::limits::Limit;
use crate::metrics::{Drop, EVENTS, MICROS, ShardStats, Stats};
use crate::store::{Cause, Store};
use std::sync::atomic::Ordering::Relaxed;

/// The metrics, and their content type. `inboxes` says how many messages wait for each shard.
pub(crate) fn collect(
    stats: &Stats,
    store: Option<&Store>,
    inboxes: &[usize],
) -> (String, &'static str) {
    let mut t = Text::default();
    let shards = &stats.shards;
    let sum = |of: &dyn Fn(&ShardStats) -> u64| shards.iter().map(|s| of(s)).sum::<u64>();

    t.gauge(
        "maitred_build_info",
        "Always 1. The labels name the version, the build profile and the number of shards.",
    )
    .with(
        &[
            ("version", &env!("CARGO_PKG_VERSION")),
            (
                "profile",
                &if cfg!(debug_assertions) {
                    "debug"
                } else {
                    "release"
                },
            ),
            ("shards", &shards.len()),
        ],
        1,
    );
    t.gauge(
        "maitred_uptime_seconds",
        "Seconds since the server started.",
    )
    .value(stats.uptime().as_secs());

    connections(&mut t, stats);
    consumers(&mut t, stats);

    t.gauge(
        "maitred_groups",
        "Groups with at least one member, added up over all shards: a group counts once on each shard.",
    )
    .value(sum(&|s| s.groups.get()));
    t.gauge(
        "maitred_group_members",
        "Memberships in groups: a connection counts once for each of its groups.",
    )
    .value(sum(&|s| s.members.get()));
    t.gauge("maitred_tasks", "Tokio tasks that are alive.")
        .value(sum(&|s| {
            s.runtime.get().map_or(0, |r| r.num_alive_tasks() as u64)
        }));

    t.counter(
        "maitred_deliveries_total",
        "Events delivered to sockets, one for each receiver.",
    )
    .value(sum(&|s| s.delivered.get()));
    t.counter(
        "maitred_sent_bytes_total",
        "WebSocket bytes that the kernel accepted for clients.",
    )
    .value(sum(&|s| s.sent_bytes.get()));
    t.counter(
        "maitred_writes_total",
        "Socket writes that sent the bytes of maitred_sent_bytes_total.",
    )
    .value(sum(&|s| s.writes.get()));
    t.counter(
        "maitred_received_frames_total",
        "Messages and control frames received from clients.",
    )
    .value(sum(&|s| s.received_frames.get()));
    t.counter(
        "maitred_received_bytes_total",
        "Payload bytes of the frames received from clients.",
    )
    .value(sum(&|s| s.received_bytes.get()));
    let mut dropped = t.counter(
        "maitred_dropped_frames_total",
        "Frames dropped while they waited for a client or a shard, by reason.",
    );
    for (why, name) in Drop::ALL {
        dropped.with(
            &[("reason", &name)],
            sum(&|s| s.dropped[why as usize].get()),
        );
    }
    let mut limited = t.counter(
        "maitred_limited_total",
        "Refusals, by the key of the limit in routing.toml.",
    );
    for limit in Limit::ALL {
        limited.with(
            &[("limit", &limit.name())],
            sum(&|s| s.limited[limit as usize].get()),
        );
    }

    t.counter(
        "maitred_resumes_total",
        "Clients that reconnected, by outcome: resumed (missed events were replayed) or reset (a new snapshot was sent).",
    )
    .with(&[("outcome", &"resumed")], sum(&|s| s.resumed.get()))
    .with(&[("outcome", &"reset")], sum(&|s| s.reset.get()));
    t.histogram(
        "maitred_replay_events",
        "Missed events replayed to a client that resumed.",
        &EVENTS,
        1,
        |r, a, s| {
            shards
                .iter()
                .for_each(|shard| shard.replayed.add_to(r, a, s))
        },
    );
    t.histogram(
        "maitred_announce_seconds",
        "Seconds from a commit to the end of the tick in which a shard wrote it to its sockets.",
        &MICROS,
        1_000_000,
        |r, a, s| {
            shards
                .iter()
                .for_each(|shard| shard.announced.add_to(r, a, s))
        },
    );
    if let Some(store) = store {
        rows(&mut t, store);
    }
    queues(&mut t, stats, store, inboxes);
    (t.finish(), CONTENT_TYPE)
}

fn connections(t: &mut Text, stats: &Stats) {
    // sorted: two scrapes are easily compared
    let routes = stats.routes();
    let mut open = t.gauge(
        "maitred_connections",
        "Open WebSockets, by listener and route.",
    );
    for ((listener, route), of) in &routes {
        open.with(&[("listener", listener), ("route", route)], of.open_now());
    }
    let mut opened = t.counter(
        "maitred_connections_opened_total",
        "WebSockets opened since the start, by listener and route.",
    );
    for ((listener, route), of) in &routes {
        opened.with(&[("listener", listener), ("route", route)], of.opened());
    }
    let mut closed = t.counter(
        "maitred_connections_closed_total",
        "WebSockets closed, by close code. 0: no close frame. 3000 and 4000: any code of 3xxx or 4xxx that a client chose.",
    );
    for (code, n) in stats.closings() {
        closed.with(&[("code", &code)], n);
    }
    t.gauge(
        "maitred_tcp_connections",
        "Open connections of any kind, HTTP included. The limit \"connections\" applies to this number.",
    )
    .value(stats.quota.open());
    let (addresses, users) = stats.quota.remembered();
    t.gauge(
        "maitred_remembered",
        "Client addresses and users whose connections are being counted.",
    )
    .with(&[("what", &"addresses")], addresses)
    .with(&[("what", &"users")], users);
}

/// Without the prefix of the others: dashboards of other servers know these names.
fn consumers(t: &mut Text, stats: &Stats) {
    let (clients, events) = stats.sums();
    let mut open = t.gauge(
        "websocket_connections",
        "Connected clients, by consumer. A Socket.IO client counts once for each namespace.",
    );
    for (consumer, n) in clients {
        open.with(&[("consumer", &consumer)], n);
    }
    let mut came = t.counter(
        "websocket_events_total",
        "Valid events received from Socket.IO clients, by consumer and event name.",
    );
    for ((consumer, event), n) in events {
        came.with(&[("consumer", &consumer), ("event", &event)], n);
    }
}

fn rows(t: &mut Text, store: &Store) {
    let s = store.stats();
    for (name, help, n) in [
        (
            "maitred_events_total",
            "Events announced and committed.",
            &s.events,
        ),
        (
            "maitred_commits_total",
            "Transactions committed.",
            &s.commits,
        ),
        (
            "maitred_commands_total",
            "Commands that the writer was given, whatever their outcome.",
            &s.jobs,
        ),
        (
            "maitred_changes_set_aside_total",
            "Changes that could not be announced; they are kept in the table change_rejects.",
            &s.rejects,
        ),
        (
            "maitred_busy_total",
            "Commands answered with BUSY because another program held the database.",
            &s.busy,
        ),
        (
            "maitred_history_resets_total",
            "Times that the event history was restarted and all clients were reset, because the database was restored or changes may have been missed.",
            &s.resets,
        ),
        (
            "maitred_triggers_mended_total",
            "Tables whose change triggers were recreated because another program had dropped them or altered the table.",
            &s.mended,
        ),
        (
            "maitred_transactions_lost_total",
            "Transactions that were not committed.",
            &s.lost,
        ),
    ] {
        t.counter(name, help).value(n.load(Relaxed));
    }
    t.gauge(
        "maitred_log_bytes",
        "Length of the write-ahead log in bytes, for pages of 4 KiB.",
    )
    .value(s.log_pages.load(Relaxed) * 4_096);
    t.gauge(
        "maitred_log_held",
        "1 while a long read by some program keeps the write-ahead log from being reset.",
    )
    .value(s.log_held.load(Relaxed));
    let mut closed = t.gauge(
        "maitred_store_closed",
        "1 while the database cannot be used normally, by cause. The server's log says what to do.",
    );
    for cause in Cause::ALL {
        let holds = u64::from(store.health().has(cause));
        closed.with(&[("cause", &cause.name())], holds);
    }
    t.histogram(
        "maitred_commit_seconds",
        "Seconds from when the writer took commands, or noticed another program's rows, until they were durable.",
        &MICROS,
        1_000_000,
        |r, a, sum| s.committed.add_to(r, a, sum),
    );
}

fn queues(t: &mut Text, stats: &Stats, store: Option<&Store>, inboxes: &[usize]) {
    let mut queue = t.gauge("maitred_queue_messages", "Messages waiting in each queue.");
    if let Some(store) = store {
        queue.with(&[("queue", &"writer")], store.waiting());
        let (questions, pages) = store.reading();
        queue.with(&[("queue", &"readers")], questions);
        queue.with(&[("queue", &"replay")], pages);
    }
    for (shard, waiting) in inboxes.iter().enumerate() {
        queue.with(&[("queue", &format_args!("shard-{shard}"))], waiting);
    }
    let (bytes, clients) = stats.shards.first().map_or((0, 0), |s| s.backlog.now());
    t.gauge(
        "maitred_outbox_bytes",
        "Bytes waiting for clients that do not keep up.",
    )
    .value(bytes);
    t.gauge(
        "maitred_outbox_clients",
        "Clients that do not keep up: their socket is full and frames wait for them.",
    )
    .value(clients);
}
