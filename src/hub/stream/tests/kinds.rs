//! What is true of every kind of stream. Each test runs on a TCP socket and on a stream inside the process.

use super::*;
use crate::limits::budget::Budget;
use std::cell::OnceCell;
use std::future::poll_fn;
use std::pin::pin;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::runtime::{Builder, Runtime};

/// What a stream of a test holds in each direction, in bytes. A TCP socket holds more: the system rounds up.
const HOLDS: usize = 8 << 10;

/// The client's end.
trait Client: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Client for T {}

type Ends = (Stream, Box<dyn Client>);

#[derive(Debug, Clone, Copy)]
enum Kind {
    Tcp,
    Memory,
}

impl Kind {
    async fn pair(self) -> Ends {
        match self {
            Kind::Tcp => {
                let (client, server) = tcp_pair().await;
                (Stream::Tcp(server), Box::new(client))
            }
            Kind::Memory => {
                let (server, client) = crate::hub::stream::pair(HOLDS);
                (Stream::Memory(server), Box::new(client))
            }
        }
    }
}

fn runtime() -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_all().build().expect("a runtime")
}

/// Runs a test on each kind.
fn on_each<F: Future<Output = ()>>(test: impl Fn(Kind) -> F) {
    for kind in [Kind::Tcp, Kind::Memory] {
        let done = async { tokio::time::timeout(PATIENCE, test(kind)).await };
        let done = runtime().block_on(done);
        done.unwrap_or_else(|_| panic!("{kind:?}: it waits for ever"));
    }
}

fn read(stream: &Stream, most: usize) -> io::Result<Vec<u8>> {
    let mut budget = Budget::default();
    let mut buffer = vec![0; most];
    let n = stream.read(&mut buffer, &mut budget.turn_now().expect("the first"))?;
    buffer.truncate(n);
    Ok(buffer)
}

/// What comes next, waited for. Empty: the end.
async fn next(stream: &Stream) -> Vec<u8> {
    loop {
        poll_fn(|cx| stream.poll_read_ready(cx))
            .await
            .expect("ready");
        match read(stream, 64 << 10) {
            Ok(bytes) => return bytes,
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
            Err(e) => panic!("{e}"),
        }
    }
}

async fn exactly(stream: &Stream, length: usize) -> Vec<u8> {
    let mut all = Vec::new();
    while all.len() < length {
        let more = next(stream).await;
        assert!(!more.is_empty(), "{} of {length} bytes came", all.len());
        all.extend(more);
    }
    all
}

async fn write_all(stream: &Stream, mut bytes: &[u8]) {
    loop {
        match stream.write(bytes) {
            Written::All => return,
            Written::Part(n) => {
                bytes = &bytes[n..];
                stream.writable().await.expect("writable");
            }
            Written::Failed => panic!("the stream has failed"),
        }
    }
}

/// Bytes that differ from those around them.
fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|n| (n % 251) as u8).collect()
}

/// Writes until the stream takes nothing more, and returns what it took. From then on it counts as full until the runtime has looked at the system again.
fn fill(stream: &Stream) -> Vec<u8> {
    let mut taken = Vec::new();
    loop {
        let more = bytes(taken.len() + 1000).split_off(taken.len());
        match stream.write(&more) {
            Written::All => taken.extend(more),
            Written::Part(0) => return taken,
            Written::Part(n) => taken.extend(&more[..n]),
            Written::Failed => panic!("the stream has failed"),
        }
    }
}

#[test]
fn what_is_written_is_read_in_order() {
    on_each(|kind| async move {
        let (stream, mut client) = kind.pair().await;
        let empty = read(&stream, 10).expect_err("nothing has come");
        assert_eq!(empty.kind(), io::ErrorKind::WouldBlock, "{kind:?}");
        client.write_all(b"abc").await.expect("written");
        client.write_all(b"def").await.expect("written");
        assert_eq!(exactly(&stream, 6).await, b"abcdef", "{kind:?}");
        let empty = read(&stream, 10).expect_err("nothing more has come");
        assert_eq!(empty.kind(), io::ErrorKind::WouldBlock, "{kind:?}");

        assert!(matches!(stream.write(b"gh"), Written::All), "{kind:?}");
        assert!(matches!(stream.write(b""), Written::All), "{kind:?}");
        assert!(stream.settle().expect("open"), "{kind:?}");
        let mut heard = [0; 2];
        client.read_exact(&mut heard).await.expect("read");
        assert_eq!(&heard, b"gh", "{kind:?}");
    });
}

#[test]
fn what_a_small_buffer_leaves_comes_with_the_next_read() {
    on_each(|kind| async move {
        let (stream, mut client) = kind.pair().await;
        client.write_all(b"abcde").await.expect("written");
        poll_fn(|cx| stream.poll_read_ready(cx))
            .await
            .expect("ready");
        let mut all = read(&stream, 2).expect("something");
        assert_eq!(all, b"ab", "{kind:?}");
        // the end of a buffer is not the end of what came: it is ready still
        all.extend(exactly(&stream, 3).await);
        assert_eq!(all, b"abcde", "{kind:?}");
    });
}

#[test]
fn what_is_read_is_spent() {
    on_each(|kind| async move {
        let (stream, mut client) = kind.pair().await;
        client.write_all(&bytes(100)).await.expect("written");
        let mut budget = Budget::last(100);
        let mut left = 100;
        while left > 0 {
            poll_fn(|cx| stream.poll_read_ready(cx))
                .await
                .expect("ready");
            let mut turn = budget.turn_now().expect("a turn");
            assert!(!turn.is_last_over(), "{kind:?}: {left} are left");
            left -= stream.read(&mut [0; 100], &mut turn).unwrap_or(0);
        }
        let over = budget.turn_now().expect("a turn").is_last_over();
        assert!(over, "{kind:?}");
    });
}

#[test]
fn who_waits_to_read_is_woken() {
    on_each(|kind| async move {
        let (stream, mut client) = kind.pair().await;
        let say = async {
            // whoever reads has found nothing by now, and waits
            tokio::task::yield_now().await;
            client.write_all(b"x").await.expect("written");
        };
        let (heard, ()) = tokio::join!(next(&stream), say);
        assert_eq!(heard, b"x", "{kind:?}");
    });
}

#[test]
fn a_full_stream_says_so_and_goes_on_when_there_is_room() {
    on_each(|kind| async move {
        let (stream, mut client) = kind.pair().await;
        let mut sent = fill(&stream);
        assert!(sent.len() >= HOLDS, "{kind:?}: it took {}", sent.len());
        assert!(matches!(stream.write(b"x"), Written::Part(0)), "{kind:?}");
        let full = stream.write_frames([Bytes::from_static(b"x")].iter());
        let full = full.expect_err("it is full").kind();
        assert_eq!(full, io::ErrorKind::WouldBlock, "{kind:?}");
        {
            let mut waits = pin!(stream.writable());
            let polled = poll_fn(|cx| Poll::Ready(waits.as_mut().poll(cx).is_pending())).await;
            assert!(polled, "{kind:?}: nobody has read, and it is writable");
        }
        let more = bytes(5 * HOLDS);
        sent.extend(&more);
        let mut heard = vec![0; sent.len()];
        let listen = client.read_exact(&mut heard);
        let ((), n) = tokio::join!(write_all(&stream, &more), listen);
        assert_eq!(n.expect("read"), sent.len(), "{kind:?}");
        assert!(heard == sent, "{kind:?}: other bytes");
    });
}

#[test]
fn an_outbox_sends_many_frames_in_order() {
    on_each(|kind| async move {
        let (stream, mut client) = kind.pair().await;
        let mut sent = fill(&stream);
        let mut outbox = Outbox::new(Arc::default());
        let bound = Bound {
            bytes: 1 << 20,
            frames: 1000,
        };
        // more than go in one write
        for n in 0..=u8::MAX {
            assert_eq!(outbox.push(frame(n), false, None, bound), Pushed::Waits);
            sent.extend(&frame(n));
        }
        let write = async {
            while !outbox.write_to(&stream).expect("open").1 {
                stream.writable().await.expect("open");
            }
        };
        let mut heard = vec![0; sent.len()];
        let ((), n) = tokio::join!(write, client.read_exact(&mut heard));
        assert_eq!(n.expect("read"), sent.len(), "{kind:?}");
        assert!(heard == sent, "{kind:?}: other bytes");
    });
}

#[test]
fn who_finishes_still_reads() {
    on_each(|kind| async move {
        let (stream, mut client) = kind.pair().await;
        write_all(&stream, b"the last").await;
        stream.finish();
        assert!(matches!(stream.write(b"more"), Written::Failed), "{kind:?}");
        let mut heard = Vec::new();
        client.read_to_end(&mut heard).await.expect("read");
        assert_eq!(heard, b"the last", "{kind:?}");
        client.write_all(b"heard").await.expect("written");
        assert_eq!(exactly(&stream, 5).await, b"heard", "{kind:?}");
    });
}

#[test]
fn a_client_that_finishes_is_still_told() {
    on_each(|kind| async move {
        let (stream, mut client) = kind.pair().await;
        client.write_all(b"bye").await.expect("written");
        client.shutdown().await.expect("finished");
        assert_eq!(exactly(&stream, 3).await, b"bye", "{kind:?}");
        assert_eq!(next(&stream).await, b"", "{kind:?}");
        assert_eq!(next(&stream).await, b"", "{kind:?}: it stays the end");
        write_all(&stream, b"answer").await;
        let mut heard = [0; 6];
        client.read_exact(&mut heard).await.expect("read");
        assert_eq!(&heard, b"answer", "{kind:?}");
    });
}

#[test]
fn a_client_that_goes_is_noticed() {
    on_each(|kind| async move {
        let (stream, client) = kind.pair().await;
        let go = async {
            tokio::task::yield_now().await;
            drop(client);
        };
        let (heard, ()) = tokio::join!(next(&stream), go);
        assert_eq!(heard, b"", "{kind:?}");
        // the first bytes may go to a system that knows nobody any more
        while !matches!(stream.write(b"x"), Written::Failed) {
            tokio::task::yield_now().await;
        }
    });
}

#[test]
fn a_client_that_goes_wakes_who_waits_to_write() {
    on_each(|kind| async move {
        let (stream, client) = kind.pair().await;
        fill(&stream);
        let write = async {
            loop {
                stream.writable().await.expect("writable");
                match stream.write(&bytes(HOLDS)) {
                    Written::Failed => return,
                    Written::All | Written::Part(_) => {}
                }
            }
        };
        let go = async {
            tokio::task::yield_now().await;
            drop(client);
        };
        tokio::join!(write, go);
    });
}

#[test]
fn a_stream_that_is_given_up_ends_at_both_ends() {
    on_each(|kind| async move {
        let (stream, mut client) = kind.pair().await;
        write_all(&stream, b"so far").await;
        let abort = async {
            tokio::task::yield_now().await;
            stream.abort();
        };
        // whoever waits here is woken with the end of the stream
        let (heard, ()) = tokio::join!(next(&stream), abort);
        assert_eq!(heard, b"", "{kind:?}");
        assert!(matches!(stream.write(b"x"), Written::Failed), "{kind:?}");
        let mut heard = Vec::new();
        client.read_to_end(&mut heard).await.expect("read");
        assert_eq!(heard, b"so far", "{kind:?}");
    });
}

#[test]
fn a_stream_that_is_dropped_has_ended() {
    on_each(|kind| async move {
        let (stream, mut client) = kind.pair().await;
        write_all(&stream, b"so far").await;
        drop(stream);
        let mut heard = Vec::new();
        client.read_to_end(&mut heard).await.expect("read");
        assert_eq!(heard, b"so far", "{kind:?}");
    });
}

#[test]
fn a_stream_moves_to_another_thread() {
    on_each(|kind| async move {
        let (stream, mut client) = kind.pair().await;
        client.write_all(b"before").await.expect("written");
        let detached = stream.detach().expect("detached");
        let served = std::thread::spawn(move || {
            runtime().block_on(async {
                let stream = detached.attach().expect("attached");
                assert_eq!(exactly(&stream, 12).await, b"before after");
                write_all(&stream, b"there").await;
            });
        });
        client.write_all(b" after").await.expect("written");
        let mut heard = Vec::new();
        client.read_to_end(&mut heard).await.expect("read");
        assert_eq!(heard, b"there", "{kind:?}");
        served.join().expect("it serves");
    });
}

/// Both ends on threads of their own, each waiting for the other as often as there is room for: a waker that got lost would leave both waiting.
#[test]
fn no_end_waits_for_ever_for_the_other() {
    const LENGTH: usize = 64 * HOLDS;
    on_each(|kind| async move {
        let (stream, client) = kind.pair().await;
        let detached = stream.detach().expect("detached");
        let echo = std::thread::spawn(move || {
            runtime().block_on(async {
                let stream = detached.attach().expect("attached");
                loop {
                    let heard = next(&stream).await;
                    if heard.is_empty() {
                        return stream.finish();
                    }
                    write_all(&stream, &heard).await;
                }
            });
        });
        let (mut from, mut to) = tokio::io::split(client);
        let say = async {
            to.write_all(&bytes(LENGTH)).await.expect("written");
            to.shutdown().await.expect("finished");
        };
        let mut heard = Vec::new();
        let ((), n) = tokio::join!(say, from.read_to_end(&mut heard));
        assert_eq!(n.expect("read"), LENGTH, "{kind:?}");
        assert!(heard == bytes(LENGTH), "{kind:?}: other bytes");
        echo.join().expect("it echoes");
    });
}

/// Each connection has a place for one.
#[test]
fn a_stream_takes_no_more_than_its_socket() {
    assert!(size_of::<OnceCell<Stream>>() <= size_of::<TcpStream>() + 8);
}
