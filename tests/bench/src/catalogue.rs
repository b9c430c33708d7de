//! The table's rows.

use crate::load::{Mode, Report};
use crate::row::{Load, Row, Who, Wish};

/// All of them; `quick` for a smoke.
pub fn all(quick: bool) -> Vec<Row> {
    let n = |full: u32, small: u32| if quick { small } else { full };
    let fanout = |clients, broadcasts, window| Mode::Fanout {
        clients,
        broadcasts,
        window,
    };
    let lock = |clients, broadcasts| fanout(n(clients, 50), n(broadcasts, 20), 1);
    let deep = fanout(n(1_000, 50), n(480, 48), 16);
    let burst = fanout(n(1_000, 50), n(500, 50), 0);
    let long = fanout(n(1_000, 50), n(200, 20), 1);
    let groups = Mode::Groups {
        groups: n(1_000, 20),
        per_group: 5,
        actions: u64::from(n(40_000, 200)),
    };
    let status = |actions| Mode::Status {
        orders: n(256, 64),
        per_order: 5,
        actions: u64::from(actions),
    };
    let connects = Mode::Connect {
        clients: n(5_000, 100),
    };
    let idle = Mode::Connect {
        clients: n(10_000, 500),
    };
    let replay = Mode::Replay {
        clients: n(30, 5),
        events: n(20_000, 500),
    };
    let ratio = |bound, aim| Wish::Ratio { bound, aim };

    let one = Row {
        name: "",
        unit: "us CPU/delivery",
        mode: lock(1_000, 300),
        who: Who::Echo(1),
        against: Some(Who::Floor),
        value: |r| r.cpu_us_per_delivery,
        wish: Wish::Nothing,
        load: Load::Spinning,
    };
    let rate: fn(&Report) -> f64 = |r| r.deliveries_per_s;
    let idle_kb: fn(&Report) -> f64 = |r| r.idle_kb_per_connection;
    vec![
        Row {
            name: "lock-step, 1,000 clients",
            wish: ratio(1.3, 1.05),
            ..one
        },
        Row {
            name: "lock-step, 5,000 clients",
            mode: lock(5_000, 60),
            wish: ratio(1.3, 1.05),
            ..one
        },
        Row {
            name: "lock-step, 10,000 clients",
            mode: lock(10_000, 30),
            wish: ratio(1.3, 1.05),
            ..one
        },
        Row {
            name: "16 in flight, 1,000 clients",
            mode: deep,
            against: Some(Who::Batch),
            wish: ratio(1.5, 1.1),
            ..one
        },
        Row {
            name: "burst of 500, 1,000 clients",
            mode: burst,
            against: Some(Who::Batch),
            wish: ratio(3.0, 2.0),
            ..one
        },
        Row {
            name: "memory of a connection after the burst",
            unit: "KB",
            mode: burst,
            against: Some(Who::Batch),
            value: |r| r.after_kb_per_connection,
            ..one
        },
        Row {
            name: "1,000 groups of 5",
            unit: "us CPU/action",
            mode: groups,
            value: |r| r.cpu_us_per_action,
            wish: ratio(1.3, 1.1),
            ..one
        },
        Row {
            name: "2 KB, compressed / plain",
            mode: long,
            who: Who::Deflate,
            against: Some(Who::Echo(1)),
            wish: ratio(1.3, 1.0),
            load: Load::Long,
            ..one
        },
        Row {
            name: "lock-step, 1,000 clients, two threads / one",
            who: Who::Echo(2),
            against: Some(Who::Echo(1)),
            wish: ratio(1.1, 1.0),
            ..one
        },
        Row {
            name: "rate of lock-step, two threads / one",
            unit: "deliveries/s",
            who: Who::Echo(2),
            against: Some(Who::Echo(1)),
            value: rate,
            wish: Wish::RatioAbove(1.0),
            ..one
        },
        Row {
            name: "1,000 groups of 5, two threads / one",
            unit: "us CPU/action",
            mode: groups,
            who: Who::Echo(2),
            against: Some(Who::Echo(1)),
            value: |r| r.cpu_us_per_action,
            wish: ratio(1.1, 1.0),
            ..one
        },
        Row {
            name: "rate of 1,000 groups of 5, two threads / one",
            unit: "deliveries/s",
            mode: groups,
            who: Who::Echo(2),
            against: Some(Who::Echo(1)),
            value: rate,
            wish: Wish::RatioAbove(1.0),
            ..one
        },
        Row {
            name: "connects with a token",
            unit: "CPU ms/1,000",
            mode: connects,
            who: Who::Guarded,
            value: |r| r.connect_cpu_ms_per_1k,
            wish: Wish::AtMost {
                bound: 40.0,
                aim: 30.0,
            },
            ..one
        },
        Row {
            name: "memory of an idle connection",
            unit: "KB",
            mode: idle,
            value: idle_kb,
            wish: Wish::AtMost {
                bound: 4.0,
                aim: 1.0,
            },
            ..one
        },
        Row {
            name: "status updates, 64 callers, 5 sockets each",
            unit: "updates/s",
            mode: status(n(60_000, 2_000)),
            who: Who::Restaurant,
            against: Some(Who::Rows),
            value: |r| r.actions_per_s,
            wish: Wish::AtLeast {
                bound: 10_000.0,
                aim: 20_000.0,
            },
            ..one
        },
        Row {
            name: "status updates, CPU",
            unit: "us CPU/update",
            mode: status(n(60_000, 2_000)),
            who: Who::Restaurant,
            against: Some(Who::Rows),
            value: |r| r.cpu_us_per_action,
            ..one
        },
        Row {
            name: "asked to first byte at half that rate",
            unit: "ms, p99",
            mode: status(n(20_000, 1_000)),
            who: Who::Restaurant,
            against: None,
            value: |r| r.first.p99_us / 1e3,
            wish: Wish::AtMost {
                bound: 5.0,
                aim: 1.0,
            },
            load: Load::HalfRate,
        },
        Row {
            name: "replay: 30 clients, 20,000 events each",
            unit: "s",
            mode: replay,
            who: Who::Restaurant,
            against: None,
            value: |r| r.seconds,
            ..one
        },
        Row {
            name: "replay: CPU",
            unit: "us CPU/delivery",
            mode: replay,
            who: Who::Restaurant,
            against: None,
            ..one
        },
        Row {
            name: "replay: a bystander's question meanwhile / in peace",
            unit: "ratio of medians",
            mode: replay,
            who: Who::Restaurant,
            against: None,
            value: |r| r.asked_busy.p50_us / r.asked_idle.p50_us,
            wish: Wish::AtMost {
                bound: 5.0,
                aim: 2.0,
            },
            ..one
        },
        Row {
            name: "Socket.IO / raw, lock-step, 1,000 clients",
            who: Who::SocketIo,
            against: Some(Who::Echo(1)),
            wish: ratio(1.15, 1.0),
            ..one
        },
        Row {
            name: "memory of an idle Socket.IO connection",
            unit: "KB",
            mode: idle,
            who: Who::SocketIo,
            value: idle_kb,
            wish: Wish::AtMost {
                bound: 8.0,
                aim: 4.0,
            },
            ..one
        },
        Row {
            name: "Socket.IO / raw, lock-step, 1,000 clients: socket.io on node",
            who: Who::Node,
            against: Some(Who::Echo(1)),
            ..one
        },
        Row {
            name: "memory of an idle Socket.IO connection: socket.io on node",
            unit: "KB",
            mode: idle,
            who: Who::Node,
            value: idle_kb,
            ..one
        },
        Row {
            name: "Socket.IO / raw, lock-step, 1,000 clients: socketioxide",
            who: Who::Socketioxide,
            against: Some(Who::Echo(1)),
            ..one
        },
        Row {
            name: "memory of an idle Socket.IO connection: socketioxide",
            unit: "KB",
            mode: idle,
            who: Who::Socketioxide,
            value: idle_kb,
            ..one
        },
        Row {
            name: "TLS: lock-step, 1,000 clients, encrypted / plain",
            who: Who::Secure,
            against: Some(Who::Echo(1)),
            ..one
        },
        Row {
            name: "TLS: 16 in flight, 1,000 clients, encrypted / plain",
            mode: deep,
            who: Who::Secure,
            against: Some(Who::Echo(1)),
            ..one
        },
        Row {
            name: "TLS: connects, with its handshake / without TLS",
            unit: "CPU ms/1,000",
            mode: connects,
            who: Who::Secure,
            against: Some(Who::Echo(1)),
            value: |r| r.connect_cpu_ms_per_1k,
            ..one
        },
        Row {
            name: "TLS: memory of an idle connection, encrypted / plain",
            unit: "KB",
            mode: connects,
            who: Who::Secure,
            against: Some(Who::Echo(1)),
            value: idle_kb,
            ..one
        },
        Row {
            name: "lock-step, 1,000 clients: warp::ws and mpsc",
            who: Who::Peer,
            ..one
        },
        Row {
            name: "16 in flight, 1,000 clients: warp::ws and mpsc",
            mode: deep,
            who: Who::Peer,
            against: Some(Who::Batch),
            ..one
        },
        Row {
            name: "burst of 500, 1,000 clients: warp::ws and mpsc",
            mode: burst,
            who: Who::Peer,
            against: Some(Who::Batch),
            ..one
        },
        Row {
            name: "1,000 groups of 5: warp::ws and mpsc",
            unit: "us CPU/action",
            mode: groups,
            who: Who::Peer,
            value: |r| r.cpu_us_per_action,
            ..one
        },
        Row {
            name: "connects: warp::ws and mpsc, without a token",
            unit: "CPU ms/1,000",
            mode: connects,
            who: Who::Peer,
            value: |r| r.connect_cpu_ms_per_1k,
            ..one
        },
        Row {
            name: "memory of an idle connection: warp::ws and mpsc",
            unit: "KB",
            mode: idle,
            who: Who::Peer,
            value: idle_kb,
            ..one
        },
    ]
}
