//! Clients that come back together, each of which missed everything, and a bystander who asks something meanwhile.

use super::{Measured, Plan, Report, Tally};
use crate::frame;
use crate::histogram::Histogram;
use crate::process;
use crate::system::{self, Epoll};
use crate::template::Context;
use libc::EPOLLIN;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::os::fd::AsRawFd;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::time::{Duration, Instant};

/// The order whose clients come back, and the bystander's.
const BUSY: u32 = 1;
const QUIET: u32 = 2;
/// How often the bystander asks before the others come.
const IDLE_ASKS: usize = 500;
const ASK: &[u8] = br#"{"action":"get_status"}"#;

/// One that reads what it missed.
struct Client {
    stream: TcpStream,
    /// It was let in.
    open: bool,
    /// Until then, the head; afterwards what is left over from comparing.
    carry: Vec<u8>,
    /// How much of what all are told it has.
    at: usize,
}

/// What all are told, as whoever is furthest heard it. The others must hear the same, byte for byte.
#[derive(Default)]
struct Told {
    bytes: Vec<u8>,
    /// Up to here its frames were counted.
    parsed: usize,
    events: u64,
    last: u64,
    out_of_order: u64,
}

impl Told {
    fn count(&mut self) -> Result<(), String> {
        while let Some(f) = frame::parse(&self.bytes[self.parsed..]) {
            let payload = &self.bytes[self.parsed + f.start..self.parsed + f.end];
            if f.opcode != frame::TEXT {
                return Err(format!("a frame of kind {}", f.opcode));
            }
            let text = String::from_utf8_lossy(payload);
            let seq = text.split(r#""seq":"#).nth(1).map(|rest| {
                let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
                rest[..digits].parse::<u64>()
            });
            let Some(Ok(seq)) = seq else {
                return Err(format!("no event: {text:.200}"));
            };
            self.out_of_order += u64::from(seq <= self.last);
            self.last = seq;
            self.events += 1;
            self.parsed += f.end;
        }
        Ok(())
    }
}

/// Runs it.
pub(super) fn run(plan: &Plan, clients: u32, events: u32) -> Result<Report, String> {
    let pids = process::tree(&[plan.server]);
    let mut report = Report {
        clients,
        rss_before_kb: process::rss_kb(&pids),
        ..Report::default()
    };
    let mut bystander = Bystander::open(plan)?;
    let idle = bystander.ask_while(|asked| asked < IDLE_ASKS)?;
    let cpu = process::cpu(&pids);
    let start_ns = system::now_ns();
    let over = AtomicBool::new(false);
    let (told, busy) = std::thread::scope(|scope| {
        let come_back = scope.spawn(|| {
            let told = come_back(plan, clients, u64::from(events));
            over.store(true, Release);
            told
        });
        let busy = bystander.ask_while(|_| !over.load(Acquire));
        let told = come_back.join().map_err(|_| "a client panicked".to_owned());
        Ok::<_, String>((told??, busy?))
    })?;
    let (told, heard, last_ns) = told;
    std::thread::sleep(Duration::from_millis(30));
    let measured = Measured {
        start_ns,
        cpu: process::cpu(&pids).since(&cpu),
        expected: Some(u64::from(clients) * u64::from(events)),
        sent_at: Vec::new(),
    };
    report.rss_after_kb = process::rss_kb(&pids);
    let tally = Tally {
        deliveries: heard,
        out_of_order: told.out_of_order,
        last_ns,
        ..Tally::default()
    };
    report.tell(&measured, vec![tally]);
    report.asked_idle = idle.summary();
    report.asked_busy = busy.summary();
    Ok(report)
}

/// All come at once: what they were told, how many events that was together, and when the last of them had it.
fn come_back(plan: &Plan, clients: u32, events: u64) -> Result<(Told, u64, u64), String> {
    let io = |e: std::io::Error| e.to_string();
    let mut epoll = Epoll::new(clients as usize).map_err(io)?;
    let mut all = Vec::new();
    for token in 0..u64::from(clients) {
        let stream = open(plan, BUSY, "?since=0")?;
        stream.set_nonblocking(true).map_err(io)?;
        epoll.add(stream.as_raw_fd(), EPOLLIN, token).map_err(io)?;
        all.push(Client {
            stream,
            open: false,
            carry: Vec::new(),
            at: 0,
        });
    }
    let mut told = Told::default();
    let mut buffer = vec![0; 1 << 18];
    let mut progress = Instant::now();
    let mut complete = 0;
    while complete < clients {
        if progress.elapsed() > plan.patience {
            return Err(format!("only {complete} of {clients} have everything"));
        }
        for n in 0..epoll.wait(100_000_000) {
            let (_, token) = epoll.event(n);
            let client = &mut all[token as usize];
            let read = match client.stream.read(&mut buffer) {
                Ok(0) => return Err("closed by the server".to_owned()),
                Ok(read) => read,
                Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => continue,
                Err(e) => return Err(e.to_string()),
            };
            progress = Instant::now();
            client.hear(&buffer[..read], &mut told)?;
            told.count()?;
        }
        if told.events > events || (told.events == events && told.parsed < told.bytes.len()) {
            return Err(format!("more than {events} events"));
        }
        if told.events == events {
            complete = all.iter().filter(|c| c.at == told.bytes.len()).count() as u32;
        }
    }
    let last_ns = system::now_ns();
    let heard = u64::from(complete) * told.events;
    Ok((told, heard, last_ns))
}

impl Client {
    fn hear(&mut self, bytes: &[u8], told: &mut Told) -> Result<(), String> {
        if self.open {
            return self.compare(bytes, told);
        }
        self.carry.extend_from_slice(bytes);
        let Some(end) = self.carry.windows(4).position(|w| w == b"\r\n\r\n") else {
            return Ok(());
        };
        let head = std::mem::take(&mut self.carry);
        if !head.starts_with(b"HTTP/1.1 101") {
            return Err(format!(
                "not upgraded: {:?}",
                String::from_utf8_lossy(&head)
            ));
        }
        self.open = true;
        self.compare(&head[end + 4..], told)
    }

    fn compare(&mut self, bytes: &[u8], told: &mut Told) -> Result<(), String> {
        let known = bytes.len().min(told.bytes.len() - self.at);
        if told.bytes[self.at..self.at + known] != bytes[..known] {
            return Err("one client was told something else than another".to_owned());
        }
        told.bytes.extend_from_slice(&bytes[known..]);
        self.at += bytes.len();
        Ok(())
    }
}

/// Asks for a state that nobody changes, one answer after the other.
struct Bystander {
    stream: TcpStream,
    carry: Vec<u8>,
}

impl Bystander {
    fn open(plan: &Plan) -> Result<Self, String> {
        let stream = open(plan, QUIET, "")?;
        let patience = stream.set_read_timeout(Some(plan.patience));
        patience.map_err(|e| e.to_string())?;
        let mut bystander = Bystander {
            stream,
            carry: Vec::new(),
        };
        loop {
            bystander.read()?;
            if let Some(end) = bystander.carry.windows(4).position(|w| w == b"\r\n\r\n") {
                bystander.carry.drain(..end + 4);
                bystander.frame()?; // the snapshot
                return Ok(bystander);
            }
        }
    }

    /// How long each answer took.
    fn ask_while(&mut self, more: impl Fn(usize) -> bool) -> Result<Histogram, String> {
        let mut took = Histogram::default();
        let mut asked = 0;
        let mut frame = Vec::new();
        frame::client(frame::TEXT, ASK, [1, 2, 3, 4], &mut frame);
        while more(asked) {
            let at = system::now_ns();
            self.stream.write_all(&frame).map_err(|e| e.to_string())?;
            self.frame()?;
            took.add(system::now_ns() - at);
            asked += 1;
            // A person who looks, not a program that asks as fast as it can.
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(took)
    }

    fn frame(&mut self) -> Result<(), String> {
        loop {
            if let Some(f) = frame::parse(&self.carry) {
                if f.opcode == frame::CLOSE {
                    return Err("the bystander was closed".to_owned());
                }
                self.carry.drain(..f.end);
                return Ok(());
            }
            self.read()?;
        }
    }

    fn read(&mut self) -> Result<(), String> {
        let mut buffer = [0; 1 << 12];
        match self.stream.read(&mut buffer) {
            Ok(0) => Err("the bystander was closed".to_owned()),
            Ok(n) => {
                self.carry.extend_from_slice(&buffer[..n]);
                Ok(())
            }
            Err(e) => Err(format!("the bystander: {e}")),
        }
    }
}

/// A connection, and its handshake sent.
fn open(plan: &Plan, order: u32, query: &str) -> Result<TcpStream, String> {
    let io = |e: std::io::Error| e.to_string();
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, plan.port)).map_err(io)?;
    stream.set_nodelay(true).map_err(io)?;
    let context = Context {
        group: order,
        token: plan.tokens.first().map_or("", String::as_str),
        ..Context::default()
    };
    let mut head = Vec::new();
    head.extend_from_slice(b"GET ");
    plan.path.render(&context, &mut head);
    head.extend_from_slice(query.as_bytes());
    head.extend_from_slice(b" HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n");
    for (name, value) in &plan.headers {
        head.extend_from_slice(name.as_bytes());
        head.extend_from_slice(b": ");
        value.render(&context, &mut head);
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    stream.write_all(&head).map_err(io)?;
    Ok(stream)
}
