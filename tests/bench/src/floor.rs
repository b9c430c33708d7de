//! The floor: as little server as a fan-out can have. One thread holds the sockets in an epoll set; a text
//! frame from a client is framed once and written to every member of the client's group with one send().
//! `--batch` gathers what one turn of the loop publishes and writes it with one send() per member.
//! `--threads` shards the sockets. `--rows` commits what one turn brings to a database first, and tells it then.

use crate::frame;
use crate::ledger::Ledger;
use crate::system::{self as sys, Epoll};
use libc::{EPOLLERR, EPOLLHUP, EPOLLIN, EPOLLOUT};
use std::collections::HashMap;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

pub struct Options {
    pub port: u16,
    pub threads: usize,
    pub batch: bool,
    /// A database.
    pub rows: Option<String>,
}

type Publish = (u32, Arc<Vec<u8>>);

struct Conn {
    fd: i32,
    open: bool,
    group: u32,
    carry: Vec<u8>,
    out: Vec<u8>,
}

#[derive(Default)]
struct Group {
    members: Vec<u32>,
    pending: Vec<u8>,
}

struct Shard {
    batch: bool,
    ledger: Option<Ledger>,
    /// This turn's updates.
    updates: Vec<(u32, Vec<u8>)>,
    ep: Epoll,
    listener: i32,
    conns: Vec<Conn>,
    groups: HashMap<u32, Group>,
    dirty: Vec<u32>,
    buf: Vec<u8>,
    peers: Vec<(Sender<Publish>, i32)>,
    inbox: Receiver<Publish>,
    efd: i32,
}

const LISTENER: u64 = u64::MAX;
const INBOX: u64 = u64::MAX - 1;

pub fn serve(opts: &Options) -> io::Result<()> {
    if opts.rows.is_some() && opts.threads > 1 {
        return Err(io::Error::other("rows have one writer"));
    }
    let mut ends = Vec::new();
    let mut inboxes = Vec::new();
    for _ in 0..opts.threads {
        let (tx, rx) = channel::<Publish>();
        let efd = sys::eventfd()?;
        ends.push((tx, efd));
        inboxes.push((rx, efd));
    }
    let mut handles = Vec::new();
    let mut port = opts.port;
    for (i, (inbox, efd)) in inboxes.into_iter().enumerate() {
        let peers: Vec<_> = ends
            .iter()
            .enumerate()
            .filter(|(j, _)| *j != i)
            .map(|(_, e)| e.clone())
            .collect();
        let listener = sys::listen(Ipv4Addr::LOCALHOST, port, true)?;
        if port == 0 {
            port = sys::port_of(listener)?;
        }
        let batch = opts.batch;
        let ledger = opts.rows.as_deref().map(Ledger::open);
        let ledger = ledger.transpose().map_err(io::Error::other)?;
        handles.push(std::thread::spawn(move || -> io::Result<()> {
            let ep = Epoll::new(512)?;
            ep.add(listener, EPOLLIN, LISTENER)?;
            ep.add(efd, EPOLLIN, INBOX)?;
            Shard {
                batch,
                ledger,
                updates: Vec::new(),
                ep,
                listener,
                conns: Vec::new(),
                groups: HashMap::new(),
                dirty: Vec::new(),
                buf: vec![0; 1 << 16],
                peers,
                inbox,
                efd,
            }
            .run()
        }));
    }
    println!("listening on 127.0.0.1:{port}");
    for h in handles {
        h.join()
            .map_err(|_| io::Error::other("a thread panicked"))??;
    }
    Ok(())
}

impl Shard {
    fn run(mut self) -> io::Result<()> {
        loop {
            let n = self.ep.wait(1_000_000_000);
            for i in 0..n {
                match self.ep.event(i) {
                    (_, LISTENER) => self.accept(),
                    (_, INBOX) => {
                        sys::event_clear(self.efd);
                        while let Ok((g, frame)) = self.inbox.try_recv() {
                            self.fan(g, &frame);
                        }
                    }
                    (bits, t) => {
                        let c = t as usize;
                        if bits & EPOLLOUT != 0 {
                            self.flush_out(c);
                        }
                        if bits & (EPOLLIN | EPOLLHUP | EPOLLERR) != 0 {
                            self.receive(c);
                        }
                    }
                }
            }
            self.commit()?;
            while let Some(g) = self.dirty.pop() {
                let bytes = std::mem::take(&mut self.groups.get_mut(&g).unwrap().pending);
                self.write_all(g, &bytes);
                let mut bytes = bytes;
                bytes.clear();
                self.groups.get_mut(&g).unwrap().pending = bytes;
            }
        }
    }

    fn commit(&mut self) -> io::Result<()> {
        let Some(ledger) = self.ledger.as_mut().filter(|_| !self.updates.is_empty()) else {
            return Ok(());
        };
        let updates = std::mem::take(&mut self.updates);
        let frames = ledger.commit(&updates).map_err(io::Error::other)?;
        for ((group, _), frame) in updates.iter().zip(&frames) {
            self.fan(*group, frame);
        }
        Ok(())
    }

    fn accept(&mut self) {
        loop {
            let fd = unsafe {
                libc::accept4(
                    self.listener,
                    std::ptr::null_mut(),
                    std::ptr::null_mut(),
                    libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC,
                )
            };
            if fd < 0 {
                return;
            }
            let _ = sys::set_opt(fd, libc::IPPROTO_TCP, libc::TCP_NODELAY, 1);
            let i = self.conns.len();
            if self.ep.add(fd, EPOLLIN, i as u64).is_err() {
                sys::close(fd);
                continue;
            }
            self.conns.push(Conn {
                fd,
                open: false,
                group: 0,
                carry: Vec::new(),
                out: Vec::new(),
            });
        }
    }

    fn drop_conn(&mut self, i: usize) {
        let c = &mut self.conns[i];
        if c.fd < 0 {
            return;
        }
        sys::close(c.fd);
        c.fd = -1;
        c.out = Vec::new();
        c.carry = Vec::new();
        if c.open
            && let Some(g) = self.groups.get_mut(&c.group)
        {
            g.members.retain(|m| *m != i as u32);
        }
    }

    fn flush_out(&mut self, i: usize) {
        let c = &mut self.conns[i];
        if c.fd < 0 {
            return;
        }
        match sys::send(c.fd, &c.out) {
            Ok(n) => {
                c.out.drain(..n);
                if c.out.is_empty() {
                    let _ = self.ep.modify(c.fd, EPOLLIN, i as u64);
                }
            }
            Err(_) => self.drop_conn(i),
        }
    }

    fn receive(&mut self, i: usize) {
        if self.conns[i].fd < 0 {
            return;
        }
        let mut buf = std::mem::take(&mut self.buf);
        match sys::recv(self.conns[i].fd, &mut buf) {
            Ok(None) => {}
            Ok(Some(0)) | Err(_) => self.drop_conn(i),
            Ok(Some(n)) => {
                if self.conns[i].carry.is_empty() {
                    let used = self.consume(i, &mut buf[..n]);
                    self.conns[i].carry.extend_from_slice(&buf[used..n]);
                } else {
                    let mut all = std::mem::take(&mut self.conns[i].carry);
                    all.extend_from_slice(&buf[..n]);
                    let used = self.consume(i, &mut all);
                    all.drain(..used);
                    self.conns[i].carry = all;
                }
            }
        }
        self.buf = buf;
    }

    fn consume(&mut self, i: usize, b: &mut [u8]) -> usize {
        if !self.conns[i].open {
            let Some(end) = b.windows(4).position(|w| w == b"\r\n\r\n") else {
                return 0;
            };
            let head = String::from_utf8_lossy(&b[..end]).into_owned();
            let path = head.split(' ').nth(1).unwrap_or("/");
            let path = path.split('?').next().unwrap_or("/");
            let group = path
                .trim_end_matches('/')
                .rsplit('/')
                .next()
                .and_then(|g| g.parse().ok())
                .unwrap_or(0);
            let key = head
                .lines()
                .find_map(|l| {
                    let (k, v) = l.split_once(':')?;
                    k.eq_ignore_ascii_case("sec-websocket-key")
                        .then(|| v.trim())
                })
                .unwrap_or("");
            let answer = format!(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n\r\n",
                frame::accept_key(key)
            );
            let mut answer = answer.into_bytes();
            if self.ledger.is_some() {
                frame::server(frame::TEXT, br#"{"seq":0}"#, &mut answer);
            }
            let _ = sys::send(self.conns[i].fd, &answer);
            self.conns[i].open = true;
            self.conns[i].group = group;
            self.groups.entry(group).or_default().members.push(i as u32);
            return end + 4;
        }
        let mut at = 0;
        while let Some(f) = frame::parse(&b[at..]) {
            let (start, end) = (at + f.start, at + f.end);
            at = end;
            match f.opcode {
                frame::TEXT | frame::BINARY => {
                    if let Some(k) = f.mask {
                        frame::unmask(&mut b[start..end], k);
                    }
                    let g = self.conns[i].group;
                    if self.ledger.is_some() {
                        self.updates.push((g, b[start..end].to_vec()));
                        continue;
                    }
                    let mut framed = Vec::with_capacity(end - start + 10);
                    frame::server(f.opcode, &b[start..end], &mut framed);
                    if self.peers.is_empty() {
                        self.fan(g, &framed);
                    } else {
                        let framed = Arc::new(framed);
                        for (tx, efd) in &self.peers {
                            let _ = tx.send((g, framed.clone()));
                            sys::event_signal(*efd);
                        }
                        self.fan(g, &framed);
                    }
                }
                frame::CLOSE => {
                    self.drop_conn(i);
                    return b.len();
                }
                _ => {}
            }
        }
        at
    }

    fn fan(&mut self, g: u32, frame: &[u8]) {
        if self.batch {
            if let Some(group) = self.groups.get_mut(&g) {
                if group.pending.is_empty() {
                    self.dirty.push(g);
                }
                group.pending.extend_from_slice(frame);
            }
        } else {
            self.write_all(g, frame);
        }
    }

    fn write_all(&mut self, g: u32, bytes: &[u8]) {
        let Some(group) = self.groups.get_mut(&g) else {
            return;
        };
        let members = std::mem::take(&mut group.members);
        let mut dead = Vec::new();
        for &m in &members {
            let c = &mut self.conns[m as usize];
            if !c.out.is_empty() {
                c.out.extend_from_slice(bytes);
                continue;
            }
            match sys::send(c.fd, bytes) {
                Ok(n) if n == bytes.len() => {}
                Ok(n) => {
                    c.out.extend_from_slice(&bytes[n..]);
                    let _ = self.ep.modify(c.fd, EPOLLIN | EPOLLOUT, m as u64);
                }
                Err(_) => dead.push(m as usize),
            }
        }
        self.restore(g, members, dead);
    }

    fn restore(&mut self, g: u32, members: Vec<u32>, dead: Vec<usize>) {
        self.groups.get_mut(&g).unwrap().members = members;
        for d in dead {
            self.drop_conn(d);
        }
    }
}
