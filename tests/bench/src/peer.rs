//! What most people would write: `warp::ws`, a queue and a writing task for each client.

use futures::{SinkExt, StreamExt};
use std::collections::HashMap;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;
use warp::Filter;
use warp::ws::{Message, WebSocket};

/// As the framework's own bound for a slow client.
const QUEUE: usize = 16_384;

type Groups = Arc<Mutex<HashMap<String, Vec<mpsc::Sender<Message>>>>>;

#[tokio::main(worker_threads = 1)]
pub async fn serve(port: u16) -> io::Result<()> {
    let groups = Groups::default();
    let route = warp::path!("conformance" / "group" / String)
        .and(warp::ws())
        .map(move |name: String, ws: warp::ws::Ws| {
            let groups = groups.clone();
            ws.on_upgrade(move |socket| member(socket, name, groups))
        });
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    println!("listening on {}", listener.local_addr()?);
    warp::serve(route).incoming(listener).run().await;
    Ok(())
}

async fn member(socket: WebSocket, name: String, groups: Groups) {
    let (mut out, mut incoming) = socket.split();
    let (queue, mut waiting) = mpsc::channel(QUEUE);
    let members = |groups: &Groups, f: &mut dyn FnMut(&mut Vec<mpsc::Sender<Message>>)| {
        let mut groups = groups.lock().unwrap_or_else(PoisonError::into_inner);
        f(groups.entry(name.clone()).or_default());
    };
    members(&groups, &mut |all| all.push(queue.clone()));
    let writer = tokio::spawn(async move {
        while let Some(message) = waiting.recv().await {
            if out.feed(message).await.is_err() {
                return;
            }
            while let Ok(message) = waiting.try_recv() {
                if out.feed(message).await.is_err() {
                    return;
                }
            }
            if out.flush().await.is_err() {
                return;
            }
        }
    });
    while let Some(Ok(message)) = incoming.next().await {
        if message.is_text() || message.is_binary() {
            members(&groups, &mut |all| {
                for member in all {
                    let _ = member.try_send(message.clone());
                }
            });
        }
    }
    members(&groups, &mut |all| all.retain(|m| !m.same_channel(&queue)));
    writer.abort();
}
