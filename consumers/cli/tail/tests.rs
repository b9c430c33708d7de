use super::*;
use futures::{SinkExt, StreamExt};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

/// What a server does with one client: says this, and ends with this code (`None`: hangs up).
type Visit = (&'static [&'static str], Option<u16>);

fn channel(channel: &str, since: Option<u64>, url: &str) -> Channel {
    Channel::new(Tail {
        channel: channel.to_owned(),
        since,
        server: ServerArgs {
            url: url.parse().unwrap(),
            token: Some("a.b.c".to_owned()),
        },
    })
    .unwrap()
}

/// A server for these visits, one after the other. Where it is, and what it was asked for.
async fn server(visits: &'static [Visit]) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = asked.clone();
    tokio::spawn(async move {
        for (frames, code) in visits {
            let (stream, _) = listener.accept().await.unwrap();
            #[allow(clippy::result_large_err)] // the library's signature
            let heard =
                |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
                    let token = request.headers()["authorization"].to_str().unwrap();
                    log.lock()
                        .unwrap()
                        .push(format!("{} {token}", request.uri()));
                    Ok(response)
                };
            let mut client = accept_hdr_async(stream, heard).await.unwrap();
            for frame in *frames {
                client.send(Message::text(*frame)).await.unwrap();
            }
            if let Some(code) = *code {
                let frame = CloseFrame {
                    code: code.into(),
                    reason: "because".into(),
                };
                client.close(Some(frame)).await.unwrap();
                while client.next().await.is_some_and(|m| m.is_ok()) {}
            }
        }
    });
    (address, asked)
}

#[tokio::test]
async fn it_comes_back_with_the_last_number_until_that_is_pointless() {
    let (address, asked) = server(&[
        (
            &[
                r#"{"type":"a","seq":7}"#,
                r#"{"type":"pong"}"#,
                r#"{"seq":9}"#,
            ],
            None,
        ),
        (&[], Some(1012)),
        (
            &[r#"{"type":"b","seq":3,"reset":true}"#, "no JSON"],
            Some(4010),
        ),
        (&[r#"{"error":"no","code":"TOKEN_EXPIRED"}"#], Some(4401)),
    ])
    .await;
    let mut printed = Vec::new();
    let mut channel = channel("/ws/x/?entity=order", Some(5), &format!("http://{address}"));
    let end = channel
        .follow(|line| {
            printed.push(line.to_owned());
            Ok(())
        })
        .await;
    assert!(
        matches!(&end, Err(Failure::Failed(why)) if why == "closed with 4401 because"),
        "{end:?}"
    );
    assert_eq!(
        printed,
        [
            r#"{"type":"a","seq":7}"#,
            r#"{"type":"pong"}"#,
            r#"{"seq":9}"#,
            r#"{"type":"b","seq":3,"reset":true}"#,
            "no JSON",
            r#"{"error":"no","code":"TOKEN_EXPIRED"}"#,
        ]
    );
    let expected =
        [5, 9, 9, 3].map(|since| format!("/ws/x/?since={since}&entity=order Bearer a.b.c"));
    assert_eq!(*asked.lock().unwrap(), expected);
}

#[tokio::test]
async fn it_ends_when_nobody_reads() {
    let (address, _) = server(&[(&[r#"{"seq":1}"#, r#"{"seq":2}"#], None)]).await;
    let mut channel = channel("/x", None, &address.to_string());
    let end = channel.follow(|_| Err(Failure::Unheard)).await;
    assert!(matches!(end, Err(Failure::Unheard)));
    assert_eq!(channel.since, None, "what was not printed was not heard");
}

#[test]
fn a_channel_is_a_path_or_a_whole_url() {
    let base = "http://127.0.0.1:9000";
    for (given, since, url) in [
        ("/ws/orders/1/", None, "ws://127.0.0.1:9000/ws/orders/1/"),
        (
            "/ws/orders/1/",
            Some(3),
            "ws://127.0.0.1:9000/ws/orders/1/?since=3",
        ),
        (
            "/x?a=1&since=4&b=2",
            None,
            "ws://127.0.0.1:9000/x?since=4&a=1&b=2",
        ),
        ("/x?since=4", Some(5), "ws://127.0.0.1:9000/x?since=5"),
        ("/x?since=now", None, "ws://127.0.0.1:9000/x"),
        ("ws://[::1]:80/x?token=t", None, "ws://[::1]:80/x?token=t"),
    ] {
        assert_eq!(channel(given, since, base).url(), url);
    }
}
