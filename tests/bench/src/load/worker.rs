//! A thread with an epoll set: connecting, reading, writing.

mod hearing;
mod saying;
mod secure;

use super::{CONNECT, DONE, Mode, Plan, RUN, Shared, WARM, source};
use crate::frame::Inflater;
use crate::histogram::Histogram;
use crate::system::{self, Epoll};
use crate::template::Context;
use libc::{EPOLLERR, EPOLLHUP, EPOLLIN, EPOLLOUT};
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Connecting,
    /// On keys.
    Agreeing,
    Http,
    /// Upgraded; waits for its snapshot.
    Hello,
    Ready,
    Dead,
}

pub(super) struct Connection {
    fd: i32,
    state: State,
    index: u32,
    pub group: u32,
    /// Among this worker's groups.
    pub group_index: usize,
    retries: u8,
    /// The begin of a frame whose rest is on its way.
    carry: Vec<u8>,
    out: Vec<u8>,
    /// The next broadcast's number.
    seen: u32,
    /// The last event's number.
    pub seq: u64,
    session: Option<Box<rustls::ClientConnection>>,
}

pub(super) struct Group {
    pub id: u32,
    /// Indexes of connections.
    pub members: Vec<u32>,
    /// The action under way, where there may be only one.
    pub busy: Option<u32>,
    pub steps: usize,
}

/// An action under way.
pub(super) struct Slot {
    pub id: u32,
    pub group: usize,
    /// Members that wait for their copy.
    pub left: u32,
    pub at: u64,
}

/// What a worker counted.
#[derive(Default)]
pub(super) struct Tally {
    pub latency: Histogram,
    pub first: Histogram,
    pub complete: Histogram,
    pub deliveries: u64,
    pub actions: u64,
    pub wrong_group: u64,
    pub out_of_order: u64,
    pub late: u64,
    pub lost: u64,
    pub overruns: u64,
    pub bytes: u64,
    pub frames: u64,
    pub recvs: u64,
    pub last_ns: u64,
    pub per_broadcast: Vec<(u32, u64)>,
}

impl Tally {
    pub fn add(&mut self, other: Tally) {
        self.latency.merge(&other.latency);
        self.first.merge(&other.first);
        self.complete.merge(&other.complete);
        self.deliveries += other.deliveries;
        self.actions += other.actions;
        self.wrong_group += other.wrong_group;
        self.out_of_order += other.out_of_order;
        self.late += other.late;
        self.lost += other.lost;
        self.overruns += other.overruns;
        self.bytes += other.bytes;
        self.frames += other.frames;
        self.recvs += other.recvs;
        self.last_ns = self.last_ns.max(other.last_ns);
    }
}

pub(super) struct Worker {
    pub id: u32,
    pub plan: Arc<Plan>,
    pub sh: Arc<Shared>,
    epoll: Epoll,
    pub connections: Vec<Connection>,
    buffer: Vec<u8>,
    inflater: Inflater,
    pub groups: Vec<Group>,
    pub slots: Vec<Slot>,
    pub free: Vec<u32>,
    pub generation: u32,
    dice: u64,
    pub tally: Tally,
    next_open: usize,
    opening: u32,
    /// Deliveries that are not in the shared count yet.
    pending: u64,
    pub text: Vec<u8>,
    frame: Vec<u8>,
    /// What a session has decrypted, and what it wants sent.
    plain: Vec<u8>,
    records: Vec<u8>,
    pub started: u64,
    pub completed: u64,
    pub quota: u64,
    pub warm: bool,
    pub next_at: u64,
    pub last_progress: u64,
}

const BUFFER: usize = 1 << 18;
/// Actions under way at most, in one worker.
const SLOTS: u32 = 4096;

impl Worker {
    pub fn new(id: u32, plan: &Arc<Plan>, sh: &Arc<Shared>) -> io::Result<Self> {
        let mut groups: Vec<Group> = Vec::new();
        let mut connections = Vec::new();
        let mut connect = |index, group, group_index| {
            connections.push(Connection {
                fd: -1,
                state: State::New,
                index,
                group,
                group_index,
                retries: 0,
                carry: Vec::new(),
                out: Vec::new(),
                seen: 0,
                seq: 0,
                session: None,
            });
            connections.len() as u32 - 1
        };
        let broadcasts = match plan.mode {
            Mode::Fanout { broadcasts, .. } => broadcasts,
            _ => 0,
        };
        match plan.mode {
            Mode::Fanout { clients, .. }
            | Mode::Connect { clients }
            | Mode::Replay { clients, .. } => {
                for index in (id..clients).step_by(plan.threads as usize) {
                    connect(index, 1, 0);
                }
            }
            Mode::Groups {
                groups: number,
                per_group: each,
                ..
            }
            | Mode::Status {
                orders: number,
                per_order: each,
                ..
            } => {
                for group in (id + 1..=number).step_by(plan.threads as usize) {
                    let members = (0..each)
                        .map(|n| connect((group - 1) * each + n, group, groups.len()))
                        .collect();
                    groups.push(Group {
                        id: group,
                        members,
                        busy: None,
                        steps: 0,
                    });
                }
            }
        }
        let slots = (0..SLOTS).map(|_| Slot {
            id: u32::MAX,
            group: 0,
            left: 0,
            at: 0,
        });
        Ok(Worker {
            id,
            plan: plan.clone(),
            sh: sh.clone(),
            epoll: Epoll::new(512)?,
            connections,
            buffer: vec![0; BUFFER],
            inflater: Inflater::default(),
            groups,
            slots: slots.collect(),
            free: (0..SLOTS).rev().collect(),
            generation: id * 7919,
            dice: 0x9e37_79b9_7f4a_7c15 ^ (u64::from(id) + 1).wrapping_mul(0xd134_2543_de82_ef95),
            tally: Tally {
                per_broadcast: vec![(0, 0); broadcasts as usize],
                ..Tally::default()
            },
            next_open: 0,
            opening: 0,
            pending: 0,
            text: Vec::new(),
            frame: Vec::new(),
            plain: Vec::new(),
            records: Vec::new(),
            started: 0,
            completed: 0,
            quota: 0,
            warm: false,
            next_at: 0,
            last_progress: 0,
        })
    }

    pub fn random(&mut self) -> u64 {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        self.dice
    }

    pub fn run(mut self) -> Tally {
        system::precise_timers();
        let mut phase = 0;
        loop {
            let now = self.sh.phase.load(Acquire);
            if now != phase {
                phase = now;
                self.warm = phase == WARM;
                if self.plan.mode.has_actions() && (phase == RUN || phase == WARM) {
                    self.enter_actions();
                }
            }
            let wait = match phase {
                CONNECT => {
                    self.open_more();
                    1_000_000
                }
                DONE => break,
                RUN | WARM if self.plan.mode.has_actions() => self.drive(),
                RUN | WARM if self.plan.spin => 0,
                _ => 5_000_000,
            };
            if self.id == 0 && self.plan.tls.is_some() {
                self.say_for_publisher();
            }
            let n = self.epoll.wait(wait);
            for k in 0..n {
                let (bits, token) = self.epoll.event(k);
                self.event(token as usize, bits);
            }
            self.publish_count();
        }
        for c in &self.connections {
            if c.fd >= 0 {
                system::close(c.fd);
            }
        }
        self.tally
    }

    /// Adds this turn's deliveries to the shared count, and wakes the publisher when it waits for them.
    fn publish_count(&mut self) {
        if self.pending > 0 {
            let before = self.sh.delivered.fetch_add(self.pending, AcqRel);
            let want = self.sh.want.load(Acquire);
            if before < want && want <= before + self.pending {
                system::event_signal(self.sh.wake);
            }
            self.pending = 0;
        }
    }

    fn open_more(&mut self) {
        let limit = (self.plan.concurrency / self.plan.threads).max(1);
        while self.opening < limit && self.next_open < self.connections.len() {
            self.next_open += 1;
            self.open(self.next_open - 1);
        }
    }

    fn open(&mut self, i: usize) {
        self.opening += 1;
        let from = source(self.connections[i].index);
        let opened = system::connect(self.plan.port, from).and_then(|fd| {
            self.connections[i].fd = fd;
            self.connections[i].state = State::Connecting;
            self.epoll.add(fd, EPOLLIN | EPOLLOUT, i as u64)
        });
        if let Err(e) = opened {
            self.fail(i, &format!("connect: {e}"));
        }
    }

    fn fail(&mut self, i: usize, why: &str) {
        let c = &mut self.connections[i];
        if c.state == State::Dead {
            return;
        }
        let was_ready = c.state == State::Ready;
        if c.fd >= 0 {
            system::close(c.fd);
            c.fd = -1;
        }
        c.carry.clear();
        c.out.clear();
        c.session = None;
        if !was_ready {
            self.opening -= 1;
            if c.retries < 3 && self.sh.phase.load(Relaxed) == CONNECT {
                c.retries += 1;
                c.state = State::New;
                return self.open(i);
            }
        }
        c.state = State::Dead;
        self.sh.failed.fetch_add(1, AcqRel);
        self.sh.error(format!("client {}: {why}", c.index));
    }

    pub fn context(&self, i: usize) -> Context<'_> {
        let c = &self.connections[i];
        let tokens = &self.plan.tokens;
        Context {
            group: c.group,
            index: c.index,
            token: match tokens.len() {
                0 => "",
                n => &tokens[c.index as usize % n],
            },
            marker: None,
        }
    }

    fn upgrade(&mut self, i: usize) {
        let plan = self.plan.clone();
        let context = self.context(i);
        let mut request = Vec::with_capacity(512);
        request.extend_from_slice(b"GET ");
        plan.path.render(&context, &mut request);
        let fixed = format!(
            " HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: d3Nsb2FkLXdzbG9hZC0wMQ==\r\n",
            plan.port
        );
        request.extend_from_slice(fixed.as_bytes());
        for (name, value) in &plan.headers {
            request.extend_from_slice(name.as_bytes());
            request.extend_from_slice(b": ");
            value.render(&context, &mut request);
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"\r\n");
        self.connections[i].state = State::Http;
        self.write(i, &request);
    }

    fn ready(&mut self, i: usize) {
        self.connections[i].state = State::Ready;
        self.opening -= 1;
        if self.connections[i].index == 0 {
            self.sh.publisher.store(self.connections[i].fd, Release);
        }
        self.sh.ready.fetch_add(1, AcqRel);
        system::event_signal(self.sh.wake);
    }

    fn event(&mut self, i: usize, bits: i32) {
        let c = &mut self.connections[i];
        if c.fd < 0 {
            return;
        }
        if bits & EPOLLOUT != 0 && c.state == State::Connecting {
            match system::socket_error(c.fd) {
                0 => {
                    let _ = self.epoll.modify(c.fd, EPOLLIN, i as u64);
                    match self.plan.tls {
                        Some(_) => self.agree(i),
                        None => self.upgrade(i),
                    }
                }
                e => {
                    let why = io::Error::from_raw_os_error(e);
                    return self.fail(i, &format!("connect: {why}"));
                }
            }
        } else if bits & EPOLLOUT != 0 && !c.out.is_empty() {
            match system::send(c.fd, &c.out) {
                Ok(n) => {
                    c.out.drain(..n);
                    if c.out.is_empty() {
                        let _ = self.epoll.modify(c.fd, EPOLLIN, i as u64);
                    }
                }
                Err(e) => return self.fail(i, &format!("send: {e}")),
            }
        }
        if bits & (EPOLLIN | EPOLLHUP | EPOLLERR) != 0 && self.connections[i].fd >= 0 {
            self.receive(i);
        }
    }
}
