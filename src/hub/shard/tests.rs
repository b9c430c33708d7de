//! What a shard does when its clock says so, for clients in this process.

use super::Shard;
use crate::hub::batching::Batching;
use crate::hub::fixture::{FORMAT, Numbers, shard};
use crate::hub::publication::Publication;
use crate::hub::shard::Registered;
use crate::hub::socket::{Compression, Socket};
use crate::hub::stream::{Memory, Stream, pair};
use crate::limits::clock::Clock;
use crate::routing::Policy;
use std::io::ErrorKind;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};
use tokio::task::{LocalSet, spawn_local, yield_now};

const NOTHING: [u8; 0] = [];
const SECOND: Duration = Duration::from_secs(1);

struct Client {
    socket: Rc<Socket<Numbers>>,
    far_end: Memory,
    _registered: Registered<Numbers>,
}

impl Client {
    fn new(shard: &Rc<Shard<Numbers>>) -> Self {
        let (near_end, far_end) = pair(1 << 16);
        let policy = Policy {
            ping_interval: 10 * SECOND,
            idle_timeout: 25 * SECOND,
            ..Policy::default()
        };
        let socket = Rc::new(Socket::new(
            1,
            Stream::Memory(near_end),
            Arc::new(policy),
            Compression::NONE,
            shard.counts.clone(),
            shard.now_ms(),
        ));
        Client {
            _registered: shard.register(&socket),
            socket,
            far_end,
        }
    }

    /// Everything that has come since this was asked last.
    fn reads(&self) -> Vec<u8> {
        let mut buffer = [0; 4_096];
        match self.far_end.try_read(&mut buffer) {
            Ok(n) => buffer[..n].to_vec(),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::WouldBlock);
                Vec::new()
            }
        }
    }
}

/// Text frames of the server.
fn texts(all: &[&str]) -> Vec<u8> {
    let frame = |text: &&str| [&[0x81, text.len() as u8], text.as_bytes()].concat();
    all.iter().flat_map(frame).collect()
}

fn swept(shard: &Shard<Numbers>) {
    shard.sweep();
    shard.flush();
}

#[test]
fn a_quiet_client_is_asked_and_then_given_up_when_the_clock_says_so() {
    const PING: [u8; 2] = [0x89, 0];
    let clock = Clock::held();
    let shard = shard(clock.clone());
    let client = Client::new(&shard);
    clock.advance(10 * SECOND - Duration::from_millis(1));
    swept(&shard);
    assert_eq!(client.reads(), NOTHING, "it is not quiet for long");
    clock.advance(Duration::from_millis(1));
    swept(&shard);
    assert_eq!(client.reads(), PING);
    swept(&shard);
    assert_eq!(client.reads(), NOTHING, "it was asked just now");
    clock.advance(10 * SECOND);
    client.socket.liveness.heard(shard.now_ms());
    swept(&shard);
    assert_eq!(client.reads(), NOTHING, "it was heard just now");
    clock.advance(24 * SECOND);
    swept(&shard);
    assert_eq!(client.reads(), PING);
    assert!(!client.socket.is_leaving());
    clock.advance(SECOND);
    swept(&shard);
    let ending = client.socket.take_ending().expect("it is given up");
    assert_eq!(ending.code, 1001);
}

#[test]
fn a_client_is_warned_once_a_minute_before_its_token_ends() {
    let clock = Clock::held();
    let shard = shard(clock.clone());
    let client = Client::new(&shard);
    let hears = |client: &Client| client.socket.liveness.heard(shard.now_ms());
    let now = clock.wall().duration_since(UNIX_EPOCH).expect("after 1970");
    let ends = now + 61 * SECOND;
    client.socket.liveness.set_expiry(ends.as_millis() as i64);
    swept(&shard);
    assert!(!client.socket.take_expiring(), "there is time");
    clock.advance(SECOND);
    swept(&shard);
    assert!(client.socket.take_expiring());
    clock.advance(59 * SECOND);
    hears(&client);
    swept(&shard);
    assert!(!client.socket.take_expiring(), "it was warned");
    assert!(!client.socket.is_leaving());
    clock.advance(SECOND);
    swept(&shard);
    let ending = client.socket.take_ending().expect("the token has ended");
    let error = ending.error.expect("it is told why");
    assert_eq!(error.code, "TOKEN_EXPIRED");
}

/// Lets all other tasks of this thread run until nothing is left to do.
async fn settled() {
    for _ in 0..100 {
        yield_now().await;
    }
}

#[tokio::test]
async fn a_batch_is_told_when_its_time_is_over_and_to_who_heard_it() {
    let tasks = LocalSet::new();
    tasks
        .run_until(async {
            let clock = Clock::held();
            let shard = shard(clock.clone());
            spawn_local(shard.clone().close_batches());
            spawn_local(shard.clone().flush_ticks());
            let (besides, instead, plain) = (
                Client::new(&shard),
                Client::new(&shard),
                Client::new(&shard),
            );
            besides.socket.batched.set(Batching::Besides);
            instead.socket.batched.set(Batching::Instead);
            let own = shard.formats.batching(FORMAT).expect("a format");
            shard.join(1, FORMAT, &besides.socket);
            shard.join(1, own, &instead.socket);
            shard.join(1, FORMAT, &plain.socket);
            for seq in 1..=2 {
                shard.deliver(&Publication::new(seq, seq * 10, [1]));
            }
            settled().await;
            let each = texts(&[
                r#"{"type":"n","seq":1,"data":10}"#,
                r#"{"type":"n","seq":2,"data":20}"#,
            ]);
            assert_eq!(plain.reads(), each);
            assert_eq!(besides.reads(), each);
            assert_eq!(instead.reads(), NOTHING, "the batch is open");
            clock.advance(Duration::from_millis(99));
            settled().await;
            assert_eq!(instead.reads(), NOTHING, "the batch is still open");
            clock.advance(Duration::from_millis(1));
            settled().await;
            assert_eq!(plain.reads(), NOTHING);
            assert_eq!(besides.reads(), texts(&[r#"{"type":"batch","data":2}"#]));
            assert_eq!(
                instead.reads(),
                texts(&[r#"{"type":"batch","seq":2,"data":2}"#])
            );
        })
        .await;
}
