//! A run: what is connected and sent, and what came of it.

mod fanout;
mod groups;
mod replay;
mod worker;

use crate::histogram::{Histogram, Summary};
use crate::process::{self, CpuDelta};
use crate::system;
use crate::template::Template;
use serde::Serialize;
use std::net::Ipv4Addr;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::sync::atomic::{AtomicI32, AtomicU32, AtomicU64};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use worker::{Tally, Worker};

/// What the clients do once they are connected.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Mode {
    /// All are members of one group; client 0 says so many messages, and all must get every one.
    Fanout {
        clients: u32,
        broadcasts: u32,
        /// Messages that are not yet with everybody: 1 is lock-step, 0 is no limit.
        window: u32,
    },
    /// A random member says something, and its whole group must get it.
    Groups {
        groups: u32,
        per_group: u32,
        actions: u64,
    },
    /// As `Groups`, where groups are orders and the action is an update of the status: one at a time for each order.
    Status {
        orders: u32,
        per_order: u32,
        actions: u64,
    },
    /// Nothing.
    Connect { clients: u32 },
    /// All come back at once to an order of which they missed so many events, and somebody asks for the state of another one meanwhile.
    Replay { clients: u32, events: u32 },
}

impl Mode {
    fn clients(self) -> u32 {
        match self {
            Mode::Fanout { clients, .. }
            | Mode::Connect { clients }
            | Mode::Replay { clients, .. } => clients,
            Mode::Groups {
                groups, per_group, ..
            } => groups * per_group,
            Mode::Status {
                orders, per_order, ..
            } => orders * per_order,
        }
    }

    /// Actions are driven by the workers, not by the main thread.
    fn has_actions(self) -> bool {
        matches!(self, Mode::Groups { .. } | Mode::Status { .. })
    }
}

/// How to do it.
pub struct Plan {
    pub mode: Mode,
    /// Loopback only: this is no tool for other people's servers.
    pub port: u16,
    pub path: Template,
    pub headers: Vec<(String, Template)>,
    pub message: Template,
    pub tokens: Vec<String>,
    pub threads: u32,
    /// Handshakes under way.
    pub concurrency: u32,
    /// Actions under way.
    pub outstanding: u32,
    /// Actions per second; 0: as fast as they complete.
    pub rate: f64,
    /// Broadcasts, or actions, before anything is counted.
    pub warmup: u32,
    /// Polls without sleeping: the server then pays for no wake-up of a client, which on a virtual machine costs more than the send.
    pub spin: bool,
    /// Without progress.
    pub patience: Duration,
    pub server: u32,
    /// Clients speak Socket.IO: they join their group by a namespace, and answer pings.
    pub socket_io: bool,
    pub tls: Option<Arc<rustls::ClientConfig>>,
}

impl Plan {
    pub fn new(mode: Mode, port: u16, path: &str, server: u32) -> Result<Self, String> {
        Ok(Plan {
            mode,
            port,
            path: Template::parse(path, 0)?,
            headers: Vec::new(),
            message: Template::parse(MESSAGE, 300)?,
            tokens: Vec::new(),
            threads: 2,
            concurrency: 128,
            outstanding: 64,
            rate: 0.0,
            warmup: if mode.has_actions() { 500 } else { 20 },
            spin: true,
            patience: Duration::from_secs(10),
            server,
            socket_io: false,
            tls: None,
        })
    }
}

/// An order's status, of 300 bytes.
pub const MESSAGE: &str = r#"{"type":"order_status","data":{"id":%g,"status":"ready","status_display":"Ready","total_amount":"250.00","items_count":3,"created_at":"2026-01-28T21:00:00Z","confirmed_at":"2026-01-28T21:02:00Z","delivered_at":null,"k":"%K","p":"%P"}}"#;

/// Where the groups of a Socket.IO server are.
pub const NAMESPACE: &str = "/group";

/// What came of it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    pub clients: u32,
    pub connect_cpu_ms_per_1k: f64,
    pub connects_per_s: f64,
    pub rss_before_kb: u64,
    pub rss_idle_kb: u64,
    pub rss_after_kb: u64,
    pub idle_kb_per_connection: f64,
    pub after_kb_per_connection: f64,
    pub deliveries: u64,
    pub lost: i64,
    /// Doubled, or after they were given up.
    pub late: u64,
    pub out_of_order: u64,
    pub wrong_group: u64,
    pub actions: u64,
    /// Actions that could not start on time, because too many were under way.
    pub overruns: u64,
    pub seconds: f64,
    pub deliveries_per_s: f64,
    pub actions_per_s: f64,
    pub cpu_us_per_delivery: f64,
    pub cpu_us_per_action: f64,
    pub cpu: CpuDelta,
    pub frames_per_recv: f64,
    pub bytes_per_frame: f64,
    /// From sending (or from when it was due) to each receipt.
    pub latency: Summary,
    /// To the first receipt of an action.
    pub first: Summary,
    /// To the last.
    pub complete: Summary,
    /// What a bystander's question takes before others come back, and meanwhile.
    pub asked_idle: Summary,
    pub asked_busy: Summary,
    pub error: String,
}

impl Report {
    /// Every message came once, in order, and where it should.
    pub fn clean(&self) -> bool {
        self.lost == 0 && self.late == 0 && self.out_of_order == 0 && self.wrong_group == 0
    }
}

const CONNECT: u32 = 1;
const IDLE: u32 = 2;
const WARM: u32 = 3;
const RUN: u32 = 4;
const DONE: u32 = 5;

/// Between the main thread and the workers.
struct Shared {
    phase: AtomicU32,
    ready: AtomicU32,
    failed: AtomicU32,
    finished: AtomicU32,
    delivered: AtomicU64,
    /// The main thread is woken when `delivered` reaches this.
    want: AtomicU64,
    wake: i32,
    /// The socket of client 0, which the main thread writes to as well, under the lock.
    publisher: AtomicI32,
    /// Over TLS: what client 0 is to say, which its worker encrypts.
    publishing: Mutex<Vec<u8>>,
    /// There is something.
    spoken: AtomicU32,
    first_error: Mutex<String>,
}

impl Shared {
    fn error(&self, text: String) {
        let mut first = self
            .first_error
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if first.is_empty() {
            *first = text;
        }
    }

    fn why(&self) -> String {
        self.first_error
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits for the workers.
    fn nap(&self, ms: i32) {
        system::wait_readable(self.wake, ms);
        system::event_clear(self.wake);
    }
}

/// What the run itself cost.
struct Measured {
    start_ns: u64,
    cpu: CpuDelta,
    /// `None`: what was started is what was delivered or given up.
    expected: Option<u64>,
    sent_at: Vec<u64>,
}

/// Runs it.
pub fn run(plan: Plan) -> Result<Report, String> {
    if let Mode::Replay { clients, events } = plan.mode {
        return replay::run(&plan, clients, events);
    }
    let plan = Arc::new(plan);
    let total = plan.mode.clients();
    let sh = Arc::new(Shared {
        phase: AtomicU32::new(0),
        ready: AtomicU32::new(0),
        failed: AtomicU32::new(0),
        finished: AtomicU32::new(0),
        delivered: AtomicU64::new(0),
        want: AtomicU64::new(u64::MAX),
        wake: system::eventfd().map_err(|e| e.to_string())?,
        publisher: AtomicI32::new(-1),
        publishing: Mutex::default(),
        spoken: AtomicU32::new(0),
        first_error: Mutex::new(String::new()),
    });
    let pids = process::tree(&[plan.server]);
    let mut report = Report {
        clients: total,
        rss_before_kb: process::rss_kb(&pids),
        ..Report::default()
    };
    let mut handles = Vec::new();
    for id in 0..plan.threads {
        let worker = Worker::new(id, &plan, &sh).map_err(|e| e.to_string())?;
        handles.push(thread::spawn(move || worker.run()));
    }
    let end = |sh: &Shared, handles: Vec<thread::JoinHandle<Tally>>| {
        sh.phase.store(DONE, Release);
        let tallies: Result<Vec<_>, _> = handles.into_iter().map(|h| h.join()).collect();
        system::close(sh.wake);
        tallies.map_err(|_| "a worker panicked".to_owned())
    };

    let cpu = process::cpu(&pids);
    let took = connect(&plan, &sh, total);
    let took = match took {
        Ok(took) => took.as_secs_f64(),
        Err(e) => {
            end(&sh, handles)?;
            return Err(e);
        }
    };
    let spent = process::cpu(&pids).since(&cpu);
    report.connects_per_s = f64::from(total) / took;
    report.connect_cpu_ms_per_1k = spent.total_s * 1e6 / f64::from(total);
    sh.phase.store(IDLE, Release);
    settle(&sh);
    report.rss_idle_kb = process::rss_kb(&pids);

    let measured = match plan.mode {
        Mode::Connect { .. } | Mode::Replay { .. } => Ok(None),
        Mode::Fanout {
            broadcasts, window, ..
        } => fanout::drive(&plan, &sh, &pids, total, broadcasts, window).map(Some),
        Mode::Groups { .. } | Mode::Status { .. } => Ok(Some(groups::drive(&plan, &sh, &pids))),
    };
    settle(&sh);
    report.rss_after_kb = process::rss_kb(&pids);
    let per_connection =
        |kb: u64| (kb as f64 - report.rss_before_kb as f64) / f64::from(total.max(1));
    report.idle_kb_per_connection = per_connection(report.rss_idle_kb);
    report.after_kb_per_connection = per_connection(report.rss_after_kb);
    report.error = sh.why();
    let tallies = end(&sh, handles)?;
    if let Some(measured) = measured? {
        report.tell(&measured, tallies);
    }
    Ok(report)
}

/// Until all are ready.
fn connect(plan: &Plan, sh: &Shared, total: u32) -> Result<Duration, String> {
    let begun = Instant::now();
    sh.phase.store(CONNECT, Release);
    let mut last = (Instant::now(), 0);
    loop {
        sh.nap(20);
        let (ready, failed) = (sh.ready.load(Acquire), sh.failed.load(Acquire));
        if ready >= total {
            return Ok(begun.elapsed());
        }
        if ready > last.1 {
            last = (Instant::now(), ready);
        }
        if ready + failed >= total || last.0.elapsed() > plan.patience {
            let why = sh.why();
            return Err(format!("only {ready} of {total} clients connected: {why}"));
        }
    }
}

/// What the server does a little later belongs to what was measured, and its memory is read at rest.
fn settle(sh: &Shared) {
    for _ in 0..15 {
        sh.nap(20);
    }
}

impl Report {
    fn tell(&mut self, measured: &Measured, tallies: Vec<Tally>) {
        let mut t = Tally::default();
        let mut per_broadcast = vec![(0, 0); measured.sent_at.len()];
        for tally in tallies {
            for (sum, one) in per_broadcast.iter_mut().zip(&tally.per_broadcast) {
                let (n, at): &mut (u32, u64) = sum;
                *n += one.0;
                *at = (*at).max(one.1);
            }
            t.add(tally);
        }
        for ((n, at), sent) in per_broadcast.iter().zip(&measured.sent_at) {
            if *n > 0 {
                t.complete.add(at.saturating_sub(*sent));
            }
        }
        let expected = measured.expected.unwrap_or(t.deliveries + t.lost);
        let wall = (t.last_ns.saturating_sub(measured.start_ns) as f64 / 1e9).max(1e-9);
        self.deliveries = t.deliveries;
        self.lost = expected as i64 - t.deliveries as i64;
        self.late = t.late;
        self.out_of_order = t.out_of_order;
        self.wrong_group = t.wrong_group;
        self.actions = t.actions;
        self.overruns = t.overruns;
        self.seconds = wall;
        self.deliveries_per_s = t.deliveries as f64 / wall;
        self.actions_per_s = t.actions as f64 / wall;
        self.cpu = measured.cpu;
        self.cpu_us_per_delivery = measured.cpu.total_s * 1e6 / t.deliveries.max(1) as f64;
        self.cpu_us_per_action = measured.cpu.total_s * 1e6 / t.actions.max(1) as f64;
        self.frames_per_recv = t.frames as f64 / t.recvs.max(1) as f64;
        self.bytes_per_frame = t.bytes as f64 / t.frames.max(1) as f64;
        let summary = |h: &Histogram| h.summary();
        self.latency = summary(&t.latency);
        self.first = summary(&t.first);
        self.complete = summary(&t.complete);
    }
}

/// Where clients come from: one address has 28,000 ports towards a server.
fn source(index: u32) -> Ipv4Addr {
    Ipv4Addr::new(127, 0, 0, 1 + (index / 20_000) as u8)
}
