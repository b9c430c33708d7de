//! socketioxide: rooms, as `tests/echo_server.rs` has them, on one thread.

use serde::Deserialize;
use serde_json::Value;
use socketioxide::SocketIo;
use socketioxide::extract::{Data, SocketRef};

#[derive(Deserialize)]
struct Auth {
    group: String,
}

async fn member(socket: SocketRef, Data(auth): Data<Auth>) {
    socket.join(auth.group.clone());
    socket.on("message", async move |socket: SocketRef, Data::<Value>(said)| {
        let _ = socket.within(auth.group.clone()).emit("message", &said).await;
    });
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let (layer, io) = SocketIo::builder()
            .req_path("/conformance/socket.io/")
            .build_layer();
        io.ns("/group", member);
        let app = axum::Router::new().layer(layer);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("listening on {}", listener.local_addr()?);
        axum::serve(listener, app).await?;
        Ok(())
    })
}
