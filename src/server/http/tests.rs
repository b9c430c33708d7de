//! What a listener answers, at the wire: an interface that is a tower service, and a drain by a clock that stands still.

use crate::consumer::announcer::fixture::{Cafe, SCHEMA};
use crate::consumer::registry::Registry;
use crate::consumer::rest::{Api, Caller, RequestBody};
use crate::limits::clock::Clock;
use crate::patience::{PATIENCE, patient};
use crate::server::{Server, Started};
use crate::store::{Command, StoreConfig};
use http::{Method, Request, Response, StatusCode};
use std::convert::Infallible;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;
use tempfile::TempDir;
use tower::service_fn;

/// Names of dishes, one a line. A POST adds one.
async fn dishes(
    api: Api<Cafe>,
    request: Request<RequestBody>,
) -> Result<Response<String>, Infallible> {
    let peer = Caller::of(&request).peer.expect("an address");
    if *request.method() == Method::POST {
        let name = request.into_body().bytes().await;
        let Ok(name) = name.map(|name| String::from_utf8_lossy(&name).into_owned()) else {
            return Ok(Response::new("half a dish".to_owned()));
        };
        let insert = "INSERT INTO dish(menu, name) VALUES (1, ?)";
        let added = api.write(Command::new(), move |tx| {
            tx.execute(insert, crate::params![name])
        });
        added.await.expect("written");
        return Ok(Response::new(format!("added by {}\n", peer.ip())));
    }
    let names = "SELECT name FROM dish ORDER BY id";
    let all = api.read(move |db| db.rows(names, &[], |row| row.get::<String>(0)));
    Ok(Response::new(all.await.expect("read").join("\n")))
}

/// Serves `dishes`, a service that fails, and one that says where it was asked.
fn serve(clock: Clock) -> (Started, SocketAddr, TempDir) {
    let dir = tempfile::tempdir().expect("a directory");
    let registry = Registry::<Cafe>::new()
        .service("dishes", "/dishes", |api| {
            service_fn(move |request| dishes(api.clone(), request))
        })
        .service("broken", "/dishes/broken", |_| {
            service_fn(|_: Request<RequestBody>| async {
                Err::<Response<String>, _>(io::Error::other("the oven is cold"))
            })
        })
        .service("where", "/", |_| {
            service_fn(|request: Request<RequestBody>| {
                let mut answer = Response::new(request.uri().path().to_owned());
                *answer.status_mut() = StatusCode::IM_A_TEAPOT;
                std::future::ready(Ok::<_, Infallible>(answer))
            })
        });
    let file = format!(
        "[defaults]\n{}\n[[listener]]\nname = 'a'\nbind = '127.0.0.1:0'\norigins = '*'\nmax_message_bytes = 1024\nrest = ['broken', 'dishes', 'where']",
        patient("")
    );
    let routing = registry.routing("routing.toml", &file).expect("a routing");
    let store = StoreConfig::new(dir.path().join("cafe.db"));
    let server = Server::new(routing, registry).shards(1).clock(clock);
    let started = server.store(store, SCHEMA).start().expect("started");
    let address = started.addresses()[0].1;
    (started, address, dir)
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("connected");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    stream
}

/// The answer to the only request of a connection.
fn ask(address: SocketAddr, method: &str, path: &str, body: &str) -> (u16, String, String) {
    let mut stream = connect(address);
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(head.as_bytes()).expect("asked");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let status = head[9..12].parse().expect("a status");
    (status, head.to_owned(), body.to_owned())
}

#[test]
fn a_tower_service_answers_below_its_prefix() {
    let (started, address, _dir) = serve(Clock::system());
    let (status, _, body) = ask(address, "POST", "/dishes", "soup");
    assert_eq!((status, &*body), (200, "added by 127.0.0.1\n"));
    assert_eq!(ask(address, "GET", "/dishes/", "").2, "soup");
    let (status, head, body) = ask(address, "HEAD", "/dishes", "");
    assert_eq!((status, &*body), (200, ""));
    assert!(head.contains("content-length: 4"), "{head}");
    let (status, _, body) = ask(address, "GET", "/dishes/broken", "");
    assert_eq!(status, 500);
    assert_eq!(body, r#"{"error":"internal error","code":"INTERNAL"}"#);
    // of whole segments, and whatever is nobody's
    let (status, _, body) = ask(address, "GET", "/dishesandmore?a=b", "");
    assert_eq!((status, &*body), (418, "/dishesandmore"));
    assert_eq!(
        ask(address, "GET", "/readyz", "").2,
        r#"{"status":"ready"}"#
    );
    started.stop();
}

#[test]
fn a_body_that_is_too_long_is_refused_whatever_the_service_answers() {
    let (started, address, _dir) = serve(Clock::system());
    let (status, _, body) = ask(address, "POST", "/dishes", &"a".repeat(1025));
    assert_eq!(status, 413, "{body}");
    let mut stream = connect(address);
    let chunked = "POST /dishes HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunk = format!("{:x}\r\n{}\r\n0\r\n\r\n", 1025, "a".repeat(1025));
    stream.write_all(chunked.as_bytes()).expect("asked");
    stream.write_all(chunk.as_bytes()).expect("asked");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered");
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert_eq!(
        ask(address, "GET", "/dishes", "").2,
        "",
        "nothing was added"
    );
    started.stop();
}

#[test]
fn a_drain_lasts_as_long_as_the_clock_says() {
    let clock = Clock::held();
    let (started, address, _dir) = serve(clock.clone());
    let mut stream = connect(address);
    let probe = |stream: &mut TcpStream| {
        let request = b"GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n";
        stream.write_all(request).expect("asked");
        let mut answer = Vec::new();
        while !answer.ends_with(b"}") {
            let mut byte = [0];
            stream.read_exact(&mut byte).expect("answered");
            answer.extend_from_slice(&byte);
        }
        String::from_utf8_lossy(&answer[..12]).into_owned()
    };
    assert_eq!(probe(&mut stream), "HTTP/1.1 200");
    started.drain(Duration::from_secs(20));
    // not a moment has passed: whoever watches over the server is told, and listeners are still open
    assert_eq!(probe(&mut connect(address)), "HTTP/1.1 503");
    clock.advance(Duration::from_secs(20));
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().expect("a runtime");
    let drained = async { tokio::time::timeout(PATIENCE, started.drained()).await };
    runtime.block_on(drained).expect("drained");
    assert_eq!(stream.read(&mut [0; 64]).expect("the end"), 0);
    started.stop();
}
