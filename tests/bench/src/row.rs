//! What is measured, against what, and what it should be.

use crate::build::Build;
use crate::catalogue;
use crate::load::{self, MESSAGE, Mode, NAMESPACE, Plan, Report};
use crate::server::{SECRET, Server};
use crate::template::Template;
use crate::tls::{self, Certificate};
use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;
use std::time::{SystemTime, UNIX_EPOCH};

const GROUP: &str = "/conformance/group/%g/";
const SOCKET_IO: &str = "/conformance/socket.io/?EIO=4&transport=websocket";
const ORDER: &str = "/ws/orders/%g/";

/// Whom a row measures.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Who {
    /// The framework, on so many threads.
    Echo(u32),
    /// The framework, where a token is required.
    Guarded,
    /// The framework, to clients that have their messages compressed.
    Deflate,
    /// The framework, over TLS.
    Secure,
    /// The least that could do it: one send for each client and message.
    Floor,
    /// One send for each client and turn.
    Batch,
    /// One commit for each turn, of an update and an event each, and then one send for each client and event.
    Rows,
    /// `warp::ws`, a queue and a task for each client.
    Peer,
    /// The framework, to Socket.IO clients.
    SocketIo,
    /// `socket.io` of its authors, on node.
    Node,
    /// `socketioxide`.
    Socketioxide,
    /// The restaurant.
    Restaurant,
}

impl Who {
    /// Whether this project made it: a floor and a peer are the same next to every build.
    pub fn is_ours(self) -> bool {
        match self {
            Who::Echo(_) | Who::Guarded | Who::Deflate | Who::Secure => true,
            Who::SocketIo | Who::Restaurant => true,
            Who::Floor | Who::Batch | Who::Rows => false,
            Who::Peer | Who::Node | Who::Socketioxide => false,
        }
    }
}

/// A line of the table.
#[derive(Clone, Copy)]
pub struct Row {
    pub name: &'static str,
    pub unit: &'static str,
    pub mode: Mode,
    pub who: Who,
    /// What it is divided by.
    pub against: Option<Who>,
    pub value: fn(&Report) -> f64,
    pub wish: Wish,
    pub load: Load,
}

/// A server that is there.
pub struct ByHand<'a> {
    pub port: u16,
    pub pid: u32,
    /// If it is not the usual one.
    pub path: Option<&'a str>,
    /// Then it is TLS.
    pub trusted: Option<Certificate>,
}

/// What a figure should be.
#[derive(Clone, Copy, PartialEq)]
pub enum Wish {
    /// It is told, for comparison.
    Nothing,
    /// The ratio is at most the bound, and the aim if it can be.
    Ratio {
        bound: f64,
        aim: f64,
    },
    /// The ratio is above this.
    RatioAbove(f64),
    /// The figure itself, whatever the other one is, is at most the bound.
    AtMost {
        bound: f64,
        aim: f64,
    },
    AtLeast {
        bound: f64,
        aim: f64,
    },
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

impl Row {
    /// Whether the same runs say this row's figure and the other's.
    pub fn same_runs(&self, other: &Row) -> bool {
        let of = |row: &Row| (row.mode, row.who, row.against, row.load);
        of(self) == of(other)
    }

    /// As `same_runs`, where nothing is measured but `who`.
    pub fn same_figures(&self, other: &Row) -> bool {
        let of = |row: &Row| (row.mode, row.who, row.load);
        of(self) == of(other)
    }

    /// Whether a row at half a rate goes by what this one reached, in actions per second.
    pub fn sets_rate(&self) -> bool {
        matches!(self.mode, Mode::Status { .. }) && self.load == Load::Spinning
    }

    /// Measures `who` once, on a server of its own. `rate`: what the row before reached. `build`: whose programs are measured; floors and peers are always
    /// this build's.
    pub fn measure(&self, who: Who, rate: f64, build: &Build) -> Result<Report, String> {
        let server = match who {
            Who::Echo(threads) => Server::echo(build, threads, false),
            Who::SocketIo => Server::echo(build, 1, false),
            Who::Node => Server::node(),
            Who::Socketioxide => Server::socketioxide(),
            Who::Deflate => Server::echo(build, 1, false),
            Who::Guarded => Server::echo(build, 1, true),
            Who::Secure => Server::secure(build),
            Who::Floor => Server::floor(None),
            Who::Batch => Server::floor(Some("--batch")),
            Who::Rows => Server::rows(),
            Who::Peer => Server::peer(),
            Who::Restaurant => match self.mode {
                Mode::Status { orders, .. } => Server::restaurant(build, orders, 0),
                Mode::Replay { events, .. } => Server::restaurant(build, 2, events),
                _ => Err("the restaurant has orders only".to_owned()),
            },
        }?;
        let there = ByHand {
            port: server.port,
            pid: server.pid(),
            path: None,
            trusted: server.certificate.clone(),
        };
        self.load(who, rate, there)
    }

    fn load(&self, who: Who, rate: f64, there: ByHand<'_>) -> Result<Report, String> {
        let usual = match self.mode {
            Mode::Status { .. } | Mode::Replay { .. } => ORDER,
            _ => GROUP,
        };
        let socket_io = matches!(who, Who::SocketIo | Who::Node | Who::Socketioxide);
        let usual = if socket_io { SOCKET_IO } else { usual };
        let path = there.path.unwrap_or(usual);
        let mut plan = Plan::new(self.mode, there.port, path, there.pid)?;
        plan.tls = there.trusted.as_ref().map(tls::clients).transpose()?;
        if socket_io {
            plan.socket_io = true;
            let event = format!(r#"42{NAMESPACE},["message",{MESSAGE}]"#);
            plan.message = Template::parse(&event, 300 + event.len() - MESSAGE.len())?;
        }
        if matches!(who, Who::Guarded | Who::Restaurant | Who::Rows) {
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
pub fn by_hand(name: &str, quick: bool, there: ByHand<'_>) -> Result<Report, String> {
    let rows = catalogue::all(quick);
    let row = rows.iter().find(|row| row.name.contains(name));
    let row = row.ok_or(format!("no row is called {name:?}"))?;
    row.load(row.who, 10_000.0, there)
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
