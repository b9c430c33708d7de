//! What is measured, against what, and what it should be.

use crate::load::{self, Mode, Plan, Report};
use crate::server::{SECRET, Server};
use crate::template::Template;
use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;
use std::time::{SystemTime, UNIX_EPOCH};

const GROUP: &str = "/conformance/group/%g/";
const ORDER: &str = "/ws/orders/%g/";

/// Whom a row measures.
#[derive(Clone, Copy, PartialEq)]
pub enum Who {
    /// The framework, on so many threads.
    Echo(u32),
    /// The framework, where a token is required.
    Guarded,
    /// The framework, to clients that have their messages compressed.
    Deflate,
    Floor {
        batch: bool,
    },
    /// `warp::ws`, a queue and a task for each client.
    Peer,
    /// The restaurant.
    Restaurant,
}

/// A line of the table.
pub struct Row {
    pub name: &'static str,
    pub unit: &'static str,
    pub mode: Mode,
    pub who: Who,
    /// What it is divided by.
    pub against: Option<Who>,
    pub value: fn(&Report) -> f64,
    pub bound: &'static str,
    pub aim: &'static str,
    pub load: Load,
}

/// How the clients work.
#[derive(Clone, Copy, PartialEq)]
pub enum Load {
    Spinning,
    /// Messages of 2,000 bytes, as JSON is.
    Long,
    /// Half of what the row before reached.
    HalfRate,
}

const US: &str = "us CPU/delivery";

/// All rows; `quick` for a smoke.
pub fn all(quick: bool) -> Vec<Row> {
    let n = |full: u32, small: u32| if quick { small } else { full };
    let fanout = |clients, broadcasts, window| Mode::Fanout {
        clients,
        broadcasts,
        window,
    };
    let thousand = n(1_000, 50);
    let one = Who::Echo(1);
    let floor = Who::Floor { batch: false };
    let batch = Who::Floor { batch: true };
    let row = |name, mode, who, against, bound, aim| Row {
        name,
        unit: US,
        mode,
        who,
        against,
        value: |r| r.cpu_us_per_delivery,
        bound,
        aim,
        load: Load::Spinning,
    };
    let lock = |clients, broadcasts| fanout(n(clients, 50), n(broadcasts, 20), 1);
    let deep = fanout(thousand, n(480, 48), 16);
    let burst = fanout(thousand, n(500, 50), 0);
    let long = fanout(thousand, n(200, 20), 1);
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
    vec![
        row(
            "lock-step, 1,000 clients",
            lock(1_000, 300),
            one,
            Some(floor),
            "1.3",
            "1.05",
        ),
        row(
            "lock-step, 5,000 clients",
            lock(5_000, 60),
            one,
            Some(floor),
            "1.3",
            "1.05",
        ),
        row(
            "lock-step, 10,000 clients",
            lock(10_000, 30),
            one,
            Some(floor),
            "1.3",
            "1.05",
        ),
        row(
            "lock-step, 1,000 clients, two threads / one",
            lock(1_000, 300),
            Who::Echo(2),
            Some(one),
            "1.1",
            "",
        ),
        row(
            "16 in flight, 1,000 clients",
            deep,
            one,
            Some(batch),
            "1.5",
            "1.1",
        ),
        row(
            "burst of 500, 1,000 clients",
            burst,
            one,
            Some(batch),
            "3",
            "2",
        ),
        Row {
            unit: "us CPU/action",
            value: |r| r.cpu_us_per_action,
            ..row("1,000 groups of 5", groups, one, Some(floor), "1.3", "1.1")
        },
        Row {
            unit: "deliveries/s",
            value: |r| r.deliveries_per_s,
            ..row(
                "1,000 groups of 5, rate of two threads / one",
                groups,
                Who::Echo(2),
                Some(one),
                "> 1",
                "",
            )
        },
        Row {
            unit: "CPU ms/1,000",
            value: |r| r.connect_cpu_ms_per_1k,
            ..row(
                "connects with a token",
                connects,
                Who::Guarded,
                Some(floor),
                "40 ms",
                "30 ms",
            )
        },
        Row {
            unit: "KB",
            value: |r| r.idle_kb_per_connection,
            ..row(
                "memory of an idle connection",
                idle,
                one,
                Some(floor),
                "4 KB",
                "1 KB",
            )
        },
        Row {
            unit: "KB",
            value: |r| r.after_kb_per_connection,
            ..row(
                "memory of a connection after the burst",
                burst,
                one,
                Some(batch),
                "",
                "",
            )
        },
        Row {
            load: Load::Long,
            ..row(
                "2 KB, compressed / plain",
                long,
                Who::Deflate,
                Some(one),
                "1.3",
                "1.0",
            )
        },
        Row {
            unit: "updates/s",
            value: |r| r.actions_per_s,
            ..row(
                "status updates, 64 callers, 5 sockets each",
                status(n(60_000, 2_000)),
                Who::Restaurant,
                None,
                "10,000/s",
                "20,000/s",
            )
        },
        Row {
            unit: "ms, p99",
            value: |r| r.first.p99_us / 1e3,
            load: Load::HalfRate,
            ..row(
                "asked to first byte at half that rate",
                status(n(20_000, 1_000)),
                Who::Restaurant,
                None,
                "5 ms",
                "1 ms",
            )
        },
        row(
            "lock-step, 1,000 clients: warp::ws and mpsc",
            lock(1_000, 300),
            Who::Peer,
            Some(floor),
            "",
            "",
        ),
        row(
            "16 in flight, 1,000 clients: warp::ws and mpsc",
            deep,
            Who::Peer,
            Some(batch),
            "",
            "",
        ),
        row(
            "burst of 500, 1,000 clients: warp::ws and mpsc",
            burst,
            Who::Peer,
            Some(batch),
            "",
            "",
        ),
        Row {
            unit: "KB",
            value: |r| r.idle_kb_per_connection,
            ..row(
                "memory of an idle connection: warp::ws and mpsc",
                idle,
                Who::Peer,
                Some(floor),
                "",
                "",
            )
        },
    ]
}

impl Row {
    /// Measures `who` once, on a server of its own. `rate`: what the row before reached.
    pub fn measure(&self, who: Who, rate: f64) -> Result<Report, String> {
        let server = match who {
            Who::Echo(threads) => Server::echo(threads, false),
            Who::Deflate => Server::echo(1, false),
            Who::Guarded => Server::echo(1, true),
            Who::Floor { batch } => Server::floor(1, batch),
            Who::Peer => Server::peer(),
            Who::Restaurant => match self.mode {
                Mode::Status { orders, .. } => Server::restaurant(orders),
                _ => Err("the restaurant has orders only".to_owned()),
            },
        }?;
        self.load(who, rate, server.port, server.pid(), None)
    }

    fn load(
        &self,
        who: Who,
        rate: f64,
        port: u16,
        pid: u32,
        path: Option<&str>,
    ) -> Result<Report, String> {
        let usual = match self.mode {
            Mode::Status { .. } => ORDER,
            _ => GROUP,
        };
        let mut plan = Plan::new(self.mode, port, path.unwrap_or(usual), pid)?;
        if matches!(who, Who::Guarded | Who::Restaurant) {
            plan.tokens = vec![token()?];
            let bearer = Template::parse("Bearer %t", 0)?;
            plan.headers.push(("Authorization".to_owned(), bearer));
        }
        if who == Who::Deflate {
            let offer =
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
            let offer = Template::parse(offer, 0)?;
            plan.headers
                .push(("Sec-WebSocket-Extensions".to_owned(), offer));
        }
        match self.load {
            Load::Spinning => {}
            Load::Long => plan.message = Template::parse(&long_message(), 0)?,
            Load::HalfRate => {
                plan.rate = (rate / 2.0).max(1.0);
                plan.spin = false;
            }
        }
        load::run(plan)
    }
}

/// One run of the row with this name, or whose name contains it, against a server that is there.
pub fn by_hand(
    name: &str,
    quick: bool,
    port: u16,
    pid: u32,
    path: Option<&str>,
) -> Result<Report, String> {
    let rows = all(quick);
    let row = rows.iter().find(|row| row.name.contains(name));
    let row = row.ok_or(format!("no row is called {name:?}"))?;
    row.load(row.who, 10_000.0, port, pid, path)
}

fn token() -> Result<String, String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_err(|e| e.to_string())?.as_secs();
    let claims = json!({"sub": "1", "role": "manager", "restaurant_id": 1, "exp": now + 86_400});
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    jsonwebtoken::encode(&Header::default(), &claims, &key).map_err(|e| e.to_string())
}

/// An order with its lines, of 2,000 bytes.
fn long_message() -> String {
    let dishes = [
        "Soup of the day",
        "Grilled trout",
        "Tarte Tatin",
        "Espresso",
        "House red",
        "Green salad",
    ];
    let mut text = String::from(r#"{"type":"order_update","data":{"id":%g,"k":"%K","items":["#);
    for n in 0.. {
        let dish = dishes[n % dishes.len()];
        let (price, at) = (
            450 + n * 137 % 2_400,
            1_769_600_000_000_u64 + n as u64 * 7_919,
        );
        let line = format!(
            r#"{{"id":{},"name":"{dish}","quantity":{},"unit_price_minor":{price},"status":"preparing","created_at":{at}}},"#,
            8_000 + n,
            1 + n % 4
        );
        if text.len() + line.len() > 1_950 {
            break;
        }
        text.push_str(&line);
    }
    text.pop();
    text + "]}}"
}
