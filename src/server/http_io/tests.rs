//! What can be known of an answer's way, on real sockets.

use super::*;
use crate::patience::PATIENCE;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use tokio::io::AsyncReadExt;
use tokio::time::timeout;

/// More than the client's system takes, and less than ours does.
const ANSWER: usize = 15_000;

/// Our side, and a client whose system takes little ahead of it.
fn connected() -> (HttpIo, std::net::TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let socket =
        socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).expect("a socket");
    socket.set_recv_buffer_size(4096).expect("a small buffer");
    let address = listener.local_addr().expect("an address");
    socket.connect(&address.into()).expect("connected");
    let (ours, _) = listener.accept().expect("accepted");
    ours.set_nonblocking(true).expect("non-blocking");
    let ours = TcpStream::from_std(ours).expect("a stream");
    let io = HttpIo::plain(ours, Vec::new(), &Edge::default(), &Clock::system());
    (io, socket.into())
}

/// Has `client` do something with an answer, and says whether it counts as lost. `ends`: our side ends the connection after it.
fn is_lost(ends: bool, client: impl FnOnce(std::net::TcpStream) + Send + 'static) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let (mut io, stream) = connected();
        let report = io.report();
        report.matters(true);
        // nobody reads yet: it is with our system whole
        let written = io.write_all(&[b'a'; ANSWER]);
        let written = timeout(PATIENCE, written).await;
        written.expect("room for it").expect("written");
        report.handed();
        io.flush().await.expect("flushed");
        let client = std::thread::spawn(|| client(stream));
        if ends {
            io.shutdown().await.expect("ended");
        } else {
            let _ = io.read(&mut [0]).await;
        }
        client.join().expect("the client's part");
        report.is_lost()
    })
}

fn read(client: &mut std::net::TcpStream, length: usize) {
    client
        .read_exact(&mut vec![0; length])
        .expect("so much of the answer");
}

/// Its system acknowledges what has come, and resets.
fn reset(client: std::net::TcpStream) {
    let client = socket2::Socket::from(client);
    client.set_tcp_quickack(true).expect("acknowledged");
    client.set_linger(Some(Duration::ZERO)).expect("no linger");
}

#[test]
fn what_hyper_has_still_when_the_client_resets_is_lost() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let (mut io, client) = connected();
        let report = io.report();
        report.matters(true);
        io.write_all(b"half").await.expect("written");
        report.handed();
        let client = std::thread::spawn(|| {
            let mut client = client;
            read(&mut client, 4);
            reset(client);
        });
        io.read(&mut [0]).await.expect_err("reset");
        client.join().expect("the client's part");
        assert!(report.is_lost());
    });
}

#[test]
fn who_ends_in_order_with_half_an_answer_has_lost_it() {
    for ends in [false, true] {
        assert!(is_lost(ends, |mut client| {
            read(&mut client, 1000);
            client.shutdown(Shutdown::Write).expect("ended");
            // it is there until we have gone
            std::mem::forget(client);
        }));
    }
}

#[test]
fn who_breaks_off_has_lost_it() {
    for ends in [false, true] {
        assert!(is_lost(ends, |mut client| read(&mut client, 1000)));
    }
}

#[test]
fn who_has_read_everything_has_not_lost_it() {
    for ends in [false, true] {
        assert!(!is_lost(ends, |mut client| read(&mut client, ANSWER)));
        // as HAProxy leaves a connection whose answer it has passed on
        assert!(!is_lost(ends, |mut client| {
            read(&mut client, ANSWER);
            reset(client);
        }));
        assert!(!is_lost(ends, |mut client| {
            read(&mut client, ANSWER);
            client.shutdown(Shutdown::Write).expect("ended");
            std::mem::forget(client);
        }));
    }
    assert!(!is_lost(false, |mut client| {
        read(&mut client, ANSWER);
        client.write_all(b"G").expect("asks for more");
    }));
}
