//! One client of the server: a raw WebSocket, or a namespace of Socket.IO.

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::header::AUTHORIZATION;
use tokio_tungstenite::{WebSocketStream, client_async};

/// How long a connection may take to be let in, and to say something, be it a ping.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where a client listens, and as whom.
#[derive(Debug, Clone)]
pub struct Place {
    /// `127.0.0.1:9000`
    pub address: String,
    pub path: String,
    pub token: String,
    /// With Socket.IO: the namespace.
    pub namespace: Option<&'static str>,
}

/// With what a client comes back.
#[derive(Debug, Clone, Default)]
pub struct Since {
    /// The number of the last event that it heard.
    pub number: Option<u64>,
    /// With Socket.IO: what it was called.
    pub pid: Option<Value>,
}

/// What the server said.
#[derive(Debug)]
pub struct Said {
    /// The type of a frame, or the name of an event; empty for an acknowledgement.
    pub name: String,
    /// A raw frame's whole content; an event's first argument; an acknowledgement's first argument.
    pub data: Value,
    /// The number of a durable event.
    pub number: Option<u64>,
    /// Which question is acknowledged.
    pub acks: Option<u64>,
}

/// The connection is gone, or did not come about.
#[derive(Debug)]
pub struct Gone;

/// An open client.
pub struct Client {
    stream: WebSocketStream<TcpStream>,
    namespace: Option<&'static str>,
    /// With Socket.IO: what the client comes back with.
    pub pid: Option<Value>,
    asked: u64,
}

impl Client {
    /// Connects, and waits until it is let in.
    pub async fn open(place: &Place, since: &Since) -> Result<Client, Gone> {
        timeout(PATIENCE, Client::dial(place, since))
            .await
            .map_err(|_| Gone)?
    }

    async fn dial(place: &Place, since: &Since) -> Result<Client, Gone> {
        let mark = if place.path.contains('?') { '&' } else { '?' };
        let query = match (place.namespace, since.number) {
            (Some(_), _) => format!("{mark}EIO=4&transport=websocket"),
            (None, Some(number)) => format!("{mark}since={number}"),
            (None, None) => String::new(),
        };
        let url = format!("ws://{}{}{query}", place.address, place.path);
        let mut request = url.into_client_request().map_err(|_| Gone)?;
        let bearer = format!("Bearer {}", place.token)
            .parse()
            .map_err(|_| Gone)?;
        request.headers_mut().insert(AUTHORIZATION, bearer);
        let tcp = TcpStream::connect(&place.address).await.map_err(|_| Gone)?;
        let _ = tcp.set_nodelay(true);
        let (stream, _) = client_async(request, tcp).await.map_err(|_| Gone)?;
        let mut client = Client {
            stream,
            namespace: place.namespace,
            pid: None,
            asked: 0,
        };
        if let Some(namespace) = place.namespace {
            let mut auth = json!({"token": place.token});
            if let (Some(pid), Some(number)) = (&since.pid, since.number) {
                auth["pid"] = pid.clone();
                auth["offset"] = json!(number.to_string());
            }
            client
                .write(format!("40{}{auth}", prefix(namespace)))
                .await?;
            client.let_in(namespace).await?;
        }
        Ok(client)
    }

    async fn let_in(&mut self, namespace: &str) -> Result<(), Gone> {
        let welcome = format!("40{}", prefix(namespace));
        loop {
            let text = self.read().await?;
            if let Some(data) = text.strip_prefix(&welcome) {
                let data: Value = serde_json::from_str(data).unwrap_or_default();
                self.pid = Some(data["pid"].clone()).filter(Value::is_string);
                return Ok(());
            }
            if text.starts_with("44") {
                return Err(Gone);
            }
        }
    }

    /// Sends a frame of a raw WebSocket.
    pub async fn say(&mut self, frame: &Value) -> Result<(), Gone> {
        self.write(frame.to_string()).await
    }

    /// Emits an event, and returns the number under which it is acknowledged.
    pub async fn emit(&mut self, name: &str, arguments: &[Value]) -> Result<u64, Gone> {
        self.asked += 1;
        let mut all = vec![json!(name)];
        all.extend(arguments.iter().cloned());
        let namespace = prefix(self.namespace.unwrap_or("/"));
        let text = format!("42{namespace}{}{}", self.asked, Value::from(all));
        self.write(text).await?;
        Ok(self.asked)
    }

    /// Asks how far it has been told: the answer is a `pong`, or the acknowledgement of this number.
    pub async fn ping(&mut self) -> Result<u64, Gone> {
        match self.namespace {
            Some(_) => self.emit("ping", &[]).await,
            None => self.say(&json!({"action": "ping"})).await.map(|()| 0),
        }
    }

    /// The next thing that the server says. Cancel safe.
    pub async fn next(&mut self) -> Result<Said, Gone> {
        loop {
            let text = timeout(PATIENCE, self.read()).await.map_err(|_| Gone)??;
            let said = match self.namespace {
                None => raw(&text),
                Some(namespace) => packet(&text, namespace)?,
            };
            if let Some(said) = said {
                return Ok(said);
            }
        }
    }

    async fn read(&mut self) -> Result<String, Gone> {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) if self.namespace.is_some() && text == "2" => {
                    self.write("3".to_owned()).await?;
                }
                Some(Ok(Message::Text(text))) => return Ok(text.as_str().to_owned()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(Gone),
                Some(Ok(_)) => {}
            }
        }
    }

    async fn write(&mut self, text: String) -> Result<(), Gone> {
        let sent = self.stream.send(Message::text(text));
        let sent = timeout(PATIENCE, sent).await.map_err(|_| Gone)?;
        sent.map_err(|_| Gone)
    }
}

fn prefix(namespace: &str) -> String {
    match namespace {
        "/" => String::new(),
        other => format!("{other},"),
    }
}

fn raw(text: &str) -> Option<Said> {
    let data: Value = serde_json::from_str(text).ok()?;
    Some(Said {
        name: data["type"].as_str().unwrap_or("").to_owned(),
        number: data["seq"].as_u64(),
        acks: (data["type"] == "pong").then_some(0),
        data,
    })
}

/// A packet of Socket.IO: `42/orders,["name",{},"offset"]`, `43/orders,7[{}]`. `Err`: the namespace ends.
fn packet(text: &str, namespace: &str) -> Result<Option<Said>, Gone> {
    if text.starts_with("41") {
        return Err(Gone);
    }
    let kind = match text.get(..2) {
        Some("42") => '2',
        Some("43") => '3',
        _ => return Ok(None),
    };
    let Some(rest) = text[2..].strip_prefix(&prefix(namespace)) else {
        return Ok(None);
    };
    let Some(begin) = rest.find('[') else {
        return Ok(None);
    };
    let acks = rest[..begin].parse().ok();
    let Ok(mut all) = serde_json::from_str::<Vec<Value>>(&rest[begin..]) else {
        return Ok(None);
    };
    if kind == '3' {
        let data = all.into_iter().next().unwrap_or_default();
        return Ok(Some(Said {
            name: String::new(),
            data,
            number: None,
            acks,
        }));
    }
    let offset = all.last().filter(|_| all.len() > 1);
    let number = offset
        .and_then(Value::as_str)
        .and_then(|text| text.parse().ok());
    let data = if all.len() > 1 {
        all.swap_remove(1)
    } else {
        Value::Null
    };
    Ok(Some(Said {
        name: all[0].as_str().unwrap_or("").to_owned(),
        data,
        number,
        acks: None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_read() {
        let said = |text, namespace| packet(text, namespace).ok().flatten().expect("something");
        let event = said(r#"42["order:created",{"id":"a"},"812"]"#, "/");
        assert_eq!((&*event.name, event.number), ("order:created", Some(812)));
        assert_eq!(event.data["id"], "a");
        let ack = said(r#"43/orders,7[{"ok":true}]"#, "/orders");
        assert_eq!((ack.acks, &ack.data["ok"]), (Some(7), &json!(true)));
        let bare = said(r#"42/orders,["pong"]"#, "/orders");
        assert_eq!(
            (&*bare.name, bare.number, &bare.data),
            ("pong", None, &Value::Null)
        );
        assert!(packet("41/orders,", "/orders").is_err());
        assert!(matches!(packet("6", "/"), Ok(None)));
    }

    #[test]
    fn frames_are_read() {
        let event = raw(r#"{"type":"order_status","seq":5,"data":{"id":1}}"#).expect("a frame");
        assert_eq!(
            (&*event.name, event.number, event.acks),
            ("order_status", Some(5), None)
        );
        let pong = raw(r#"{"type":"pong","data":{"as_of":7}}"#).expect("a frame");
        assert_eq!(
            (pong.acks, &pong.data["data"]["as_of"]),
            (Some(0), &json!(7))
        );
    }
}
