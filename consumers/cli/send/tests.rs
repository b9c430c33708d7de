use super::*;
use clap::Parser;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

#[derive(Parser)]
struct Only {
    #[command(flatten)]
    send: Send,
}

/// A server that gives these answers (`None`: hangs up), one connection each. Where it is; its end has what it was asked.
fn server(answers: &'static [Option<(&str, &str)>]) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let thread = std::thread::spawn(move || {
        let answer = |answer: &Option<(&str, &str)>| {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = String::new();
            let mut bytes = [0; 1024];
            while !asked.ends_with('}') {
                let n = stream.read(&mut bytes).unwrap();
                asked += std::str::from_utf8(&bytes[..n]).unwrap();
            }
            if let Some((status, body)) = answer {
                let length = body.len();
                write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}").unwrap();
            }
            asked
        };
        answers.iter().map(answer).collect()
    });
    (address, thread)
}

fn send(address: &str, line: &str) -> Result<(), Failure> {
    let line = format!("send {line} --url {address} --token a.b.c");
    Only::try_parse_from(line.split(' '))
        .expect(&line)
        .send
        .run()
}

fn header<'a>(request: &'a str, name: &str) -> &'a str {
    let line = request.lines().find(|l| l.to_lowercase().starts_with(name));
    line.and_then(|l| l.split_once(": ")).expect(request).1
}

#[test]
fn it_is_sent_again_under_the_same_key() {
    let (address, server) = server(&[
        Some((
            "503 Service Unavailable",
            r#"{"error":"busy","code":"BUSY"}"#,
        )),
        None,
        Some(("201 Created", r#"{"id":1}"#)),
    ]);
    send(&address, "alert --restaurant 2 --waiter 10 bill").unwrap();
    let asked = server.join().unwrap();
    assert_eq!(asked.len(), 3);
    for request in &asked {
        assert!(
            request.starts_with("POST /api/v1/restaurants/2/alerts HTTP/1.1\r\n"),
            "{request}"
        );
        assert!(
            request.ends_with(r#"{"message":"bill","waiter_id":10}"#),
            "{request}"
        );
        assert_eq!(header(request, "authorization"), "Bearer a.b.c");
        assert_eq!(header(request, "idempotency-key").len(), 32);
        assert_eq!(
            header(request, "idempotency-key"),
            header(&asked[0], "idempotency-key")
        );
    }
}

#[test]
fn a_refusal_is_told_and_not_repeated() {
    let (address, server) = server(&[Some((
        "403 Forbidden",
        r#"{"error":"this needs a token with the role manager","code":"FORBIDDEN"}"#,
    ))]);
    let refused = send(&address, "broadcast --restaurant 2 hello");
    let expected = "refused (403 FORBIDDEN): this needs a token with the role manager";
    assert!(
        matches!(&refused, Err(Failure::Failed(why)) if why == expected),
        "{refused:?}"
    );
    assert!(server.join().unwrap()[0].ends_with(r#"{"message":"hello"}"#));
}

#[test]
fn an_id_cannot_change_the_path() {
    let refused = send("127.0.0.1:1", "broadcast --restaurant ../orders hello");
    assert!(matches!(refused, Err(Failure::Usage(_))));
}
