//! One connection to a channel, from the client's side.

use futures::{SinkExt, StreamExt};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::header::AUTHORIZATION;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// After so long without a frame or a ping the server is asked whether it is there, and given as long to say so. TCP alone would not notice for
/// hours that the network is gone.
const SILENCE: Duration = Duration::from_secs(30);

/// Close codes after which the same client would only hear the same again.
const FINAL_CODES: [u16; 5] = [1008, 4401, 4403, 4404, 4408];

pub struct Connection(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// Why a connection ended, or did not come about.
#[derive(Debug)]
pub struct End {
    pub why: String,
    /// Coming back cannot help.
    pub is_final: bool,
}

impl End {
    pub fn lost(why: impl Into<String>) -> Self {
        End {
            why: why.into(),
            is_final: false,
        }
    }

    fn of(error: Error) -> Self {
        match error {
            Error::Http(answer) => {
                let status = answer.status();
                let body = answer.body().as_deref().unwrap_or_default();
                let text = String::from_utf8_lossy(body);
                End {
                    why: format!("refused: {status} {}", text.trim())
                        .trim_end()
                        .to_owned(),
                    is_final: status.is_client_error() && !matches!(status.as_u16(), 408 | 429),
                }
            }
            Error::Url(e) => End {
                why: e.to_string(),
                is_final: true,
            },
            Error::HttpFormat(e) => End {
                why: e.to_string(),
                is_final: true,
            },
            other => End::lost(other.to_string()),
        }
    }
}

impl Connection {
    pub async fn open(url: &str, token: Option<&str>) -> Result<Self, End> {
        let mut request = url.into_client_request().map_err(End::of)?;
        if let Some(token) = token {
            let value = format!("Bearer {token}").parse().map_err(|_| End {
                why: "the token is none: it has characters that no header may have".to_owned(),
                is_final: true,
            })?;
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        let (stream, _) = connect_async(request).await.map_err(End::of)?;
        Ok(Connection(stream))
    }

    /// The next frame.
    pub async fn next(&mut self) -> Result<String, End> {
        let mut asked = false;
        loop {
            let Ok(message) = timeout(SILENCE, self.0.next()).await else {
                if asked {
                    return Err(End::lost("the server is silent"));
                }
                asked = true;
                self.0
                    .send(Message::Ping(Default::default()))
                    .await
                    .map_err(End::of)?;
                continue;
            };
            asked = false;
            match message {
                Some(Ok(Message::Text(text))) => return Ok(text.as_str().to_owned()),
                Some(Ok(Message::Close(frame))) => {
                    let Some(frame) = frame else {
                        return Err(End::lost("closed without a code"));
                    };
                    let code = u16::from(frame.code);
                    return Err(End {
                        why: format!("closed with {code} {}", frame.reason)
                            .trim_end()
                            .to_owned(),
                        is_final: FINAL_CODES.contains(&code),
                    });
                }
                // Pongs are sent by the library; a binary frame is nothing to print.
                Some(Ok(_)) => {}
                Some(Err(e)) => return Err(End::of(e)),
                None => return Err(End::lost("the connection is gone")),
            }
        }
    }
}
