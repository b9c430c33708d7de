//! The few system calls used here (Linux only).
//!
//! Directly, because a load generator that costs more than the server measures itself. Every call gets a descriptor and a buffer that live as long as it does.

use libc::c_int;
use std::io;
use std::net::Ipv4Addr;

pub fn now_ns() -> u64 {
    let mut ts: libc::timespec = unsafe { std::mem::zeroed() };
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut ts) };
    ts.tv_sec as u64 * 1_000_000_000 + ts.tv_nsec as u64
}

pub fn wait_until(ns: u64) {
    let ts = libc::timespec {
        tv_sec: (ns / 1_000_000_000) as i64,
        tv_nsec: (ns % 1_000_000_000) as i64,
    };
    unsafe {
        libc::clock_nanosleep(
            libc::CLOCK_MONOTONIC,
            libc::TIMER_ABSTIME,
            &ts,
            std::ptr::null_mut(),
        )
    };
}

pub fn precise_timers() {
    unsafe { libc::prctl(libc::PR_SET_TIMERSLACK, 1000, 0, 0, 0) };
}

pub fn check(r: c_int) -> io::Result<c_int> {
    if r < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(r)
    }
}

pub fn sockaddr(ip: Ipv4Addr, port: u16) -> libc::sockaddr_in {
    let mut a: libc::sockaddr_in = unsafe { std::mem::zeroed() };
    a.sin_family = libc::AF_INET as u16;
    a.sin_port = port.to_be();
    a.sin_addr.s_addr = u32::from_ne_bytes(ip.octets());
    a
}

fn addr_ptr(a: &libc::sockaddr_in) -> *const libc::sockaddr {
    (a as *const libc::sockaddr_in).cast()
}

pub fn set_opt(fd: c_int, level: c_int, name: c_int, value: c_int) -> io::Result<()> {
    check(unsafe { libc::setsockopt(fd, level, name, (&value as *const c_int).cast(), 4) })
        .map(|_| ())
}

/// Begins to connect to a port of this machine, from one of its loopback addresses.
pub fn connect(port: u16, from: Ipv4Addr) -> io::Result<c_int> {
    let fd = check(unsafe {
        libc::socket(
            libc::AF_INET,
            libc::SOCK_STREAM | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC,
            0,
        )
    })?;
    let len = std::mem::size_of::<libc::sockaddr_in>() as u32;
    let begin = || {
        set_opt(fd, libc::IPPROTO_TCP, libc::TCP_NODELAY, 1)?;
        set_opt(fd, libc::IPPROTO_IP, libc::IP_BIND_ADDRESS_NO_PORT, 1)?;
        let from = sockaddr(from, 0);
        check(unsafe { libc::bind(fd, addr_ptr(&from), len) })?;
        let to = sockaddr(Ipv4Addr::LOCALHOST, port);
        match check(unsafe { libc::connect(fd, addr_ptr(&to), len) }) {
            Err(e) if e.raw_os_error() != Some(libc::EINPROGRESS) => Err(e),
            _ => Ok(()),
        }
    };
    begin().map(|()| fd).inspect_err(|_| close(fd))
}

pub fn listen(ip: Ipv4Addr, port: u16, reuse_port: bool) -> io::Result<c_int> {
    let fd = check(unsafe {
        libc::socket(
            libc::AF_INET,
            libc::SOCK_STREAM | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC,
            0,
        )
    })?;
    set_opt(fd, libc::SOL_SOCKET, libc::SO_REUSEADDR, 1)?;
    if reuse_port {
        set_opt(fd, libc::SOL_SOCKET, libc::SO_REUSEPORT, 1)?;
    }
    let a = sockaddr(ip, port);
    check(unsafe {
        libc::bind(
            fd,
            addr_ptr(&a),
            std::mem::size_of::<libc::sockaddr_in>() as u32,
        )
    })?;
    check(unsafe { libc::listen(fd, 4096) })?;
    Ok(fd)
}

/// The port that a listener got.
pub fn port_of(fd: c_int) -> io::Result<u16> {
    let mut a = sockaddr(Ipv4Addr::UNSPECIFIED, 0);
    let mut len = std::mem::size_of::<libc::sockaddr_in>() as u32;
    let at = (&mut a as *mut libc::sockaddr_in).cast();
    check(unsafe { libc::getsockname(fd, at, &mut len) })?;
    Ok(u16::from_be(a.sin_port))
}

pub fn socket_error(fd: c_int) -> c_int {
    let mut e: c_int = 0;
    let mut len = 4u32;
    unsafe {
        libc::getsockopt(
            fd,
            libc::SOL_SOCKET,
            libc::SO_ERROR,
            (&mut e as *mut c_int).cast(),
            &mut len,
        )
    };
    e
}

/// send() without blocking; Ok(0) when the socket is full.
pub fn send(fd: c_int, b: &[u8]) -> io::Result<usize> {
    let n = unsafe {
        libc::send(
            fd,
            b.as_ptr().cast(),
            b.len(),
            libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT,
        )
    };
    if n >= 0 {
        return Ok(n as usize);
    }
    let e = io::Error::last_os_error();
    match e.raw_os_error() {
        Some(libc::EAGAIN) | Some(libc::EINTR) => Ok(0),
        _ => Err(e),
    }
}

/// None when nothing is there; Ok(0) at the end of the stream.
pub fn recv(fd: c_int, b: &mut [u8]) -> io::Result<Option<usize>> {
    let n = unsafe { libc::recv(fd, b.as_mut_ptr().cast(), b.len(), libc::MSG_DONTWAIT) };
    if n >= 0 {
        return Ok(Some(n as usize));
    }
    let e = io::Error::last_os_error();
    match e.raw_os_error() {
        Some(libc::EAGAIN) | Some(libc::EINTR) => Ok(None),
        _ => Err(e),
    }
}

pub fn close(fd: c_int) {
    unsafe { libc::close(fd) };
}

pub fn eventfd() -> io::Result<c_int> {
    check(unsafe { libc::eventfd(0, libc::EFD_NONBLOCK | libc::EFD_CLOEXEC) })
}

pub fn event_signal(fd: c_int) {
    let one = 1u64;
    unsafe { libc::write(fd, (&one as *const u64).cast(), 8) };
}

pub fn event_clear(fd: c_int) {
    let mut v = 0u64;
    unsafe { libc::read(fd, (&mut v as *mut u64).cast(), 8) };
}

pub fn wait_readable(fd: c_int, ms: c_int) {
    let mut p = libc::pollfd {
        fd,
        events: libc::POLLIN,
        revents: 0,
    };
    unsafe { libc::poll(&mut p, 1, ms) };
}

pub fn wait_writable(fd: c_int, ms: c_int) {
    let mut p = libc::pollfd {
        fd,
        events: libc::POLLOUT,
        revents: 0,
    };
    unsafe { libc::poll(&mut p, 1, ms) };
}

pub struct Epoll {
    fd: c_int,
    events: Vec<libc::epoll_event>,
}

impl Epoll {
    pub fn new(capacity: usize) -> io::Result<Epoll> {
        let fd = check(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?;
        Ok(Epoll {
            fd,
            events: vec![libc::epoll_event { events: 0, u64: 0 }; capacity],
        })
    }

    pub fn add(&self, fd: c_int, events: c_int, token: u64) -> io::Result<()> {
        let mut e = libc::epoll_event {
            events: events as u32,
            u64: token,
        };
        check(unsafe { libc::epoll_ctl(self.fd, libc::EPOLL_CTL_ADD, fd, &mut e) }).map(|_| ())
    }

    pub fn modify(&self, fd: c_int, events: c_int, token: u64) -> io::Result<()> {
        let mut e = libc::epoll_event {
            events: events as u32,
            u64: token,
        };
        check(unsafe { libc::epoll_ctl(self.fd, libc::EPOLL_CTL_MOD, fd, &mut e) }).map(|_| ())
    }

    /// Waits at most `ns` nanoseconds and returns how many events are ready.
    pub fn wait(&mut self, ns: u64) -> usize {
        let ts = libc::timespec {
            tv_sec: (ns / 1_000_000_000) as i64,
            tv_nsec: (ns % 1_000_000_000) as i64,
        };
        let n = unsafe {
            libc::syscall(
                libc::SYS_epoll_pwait2,
                self.fd,
                self.events.as_mut_ptr(),
                self.events.len() as c_int,
                &ts as *const libc::timespec,
                std::ptr::null::<libc::sigset_t>(),
                8usize,
            )
        };
        n.max(0) as usize
    }

    /// (event bits, token) of the i-th ready event.
    pub fn event(&self, i: usize) -> (i32, u64) {
        let e = self.events[i];
        (e.events as i32, e.u64)
    }
}
