//! `maitred tail`

mod connection;

use super::address::{Address, ServerArgs};
use super::backoff::Backoff;
use super::failure::Failure;
use super::output::{note, say};
use clap::Args;
use connection::{Connection, End};
use serde::Deserialize;
use std::time::Duration;
use tokio::time::timeout;

/// How long a connection may take to open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Prints what a channel says, a line for each frame. When the connection is lost, however that happens, it comes back with the last number it printed
/// and misses nothing.
#[derive(Debug, Args)]
#[command(
    after_help = "Notes about the connection go to stderr. It ends, with exit code 1, when coming back cannot help: with the close codes 1008 and 4401,\n4403, 4404, 4408, or when the server knows no such path.\n\nExamples:\n  maitred tail /ws/orders/1/\n  maitred tail \"/ws/changes/?entity=order\" --since 0 --token \"$(maitred token --role admin)\" | jq .status"
)]
pub struct Tail {
    /// The channel: /ws/orders/1/, or a whole URL
    #[arg(value_name = "URL-PATH")]
    channel: String,
    /// Begin after this number instead of now
    #[arg(long, value_name = "N")]
    since: Option<u64>,
    #[command(flatten)]
    server: ServerArgs,
}

impl Tail {
    pub fn run(self) -> Result<(), Failure> {
        let mut channel = Channel::new(self)?;
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| Failure::Failed(e.to_string()))?
            .block_on(channel.follow(say))
    }
}

/// A channel, and how far it was heard.
struct Channel {
    server: Address,
    path: String,
    /// The query without `since`.
    query: String,
    token: Option<String>,
    /// The number of the last frame that was printed.
    since: Option<u64>,
}

/// What a frame of the stream has, whatever else it says.
#[derive(Deserialize)]
struct Numbered {
    seq: Option<u64>,
}

impl Channel {
    fn new(tail: Tail) -> Result<Self, Failure> {
        let (server, rest) = match tail.channel.starts_with('/') {
            true => (tail.server.url, tail.channel),
            false => Address::split(&tail.channel)
                .map_err(|e| Failure::Usage(format!("{}: {e}", tail.channel)))?,
        };
        let (path, query) = rest.split_once('?').unwrap_or((&rest, ""));
        let (since, others): (Vec<&str>, Vec<&str>) = query
            .split('&')
            .filter(|part| !part.is_empty())
            .partition(|part| part.starts_with("since="));
        let in_query = since
            .iter()
            .find_map(|part| part["since=".len()..].parse().ok());
        Ok(Channel {
            server,
            path: path.to_owned(),
            query: others.join("&"),
            token: tail.server.token,
            since: tail.since.or(in_query),
        })
    }

    fn url(&self) -> String {
        let since = self.since.map(|n| format!("since={n}"));
        let parts: Vec<&str> = [since.as_deref(), Some(self.query.as_str())]
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .collect();
        let query = if parts.is_empty() {
            String::new()
        } else {
            format!("?{}", parts.join("&"))
        };
        self.server.ws(&format!("{}{query}", self.path))
    }

    /// Ends only when coming back cannot help, or when `print` fails.
    async fn follow(
        &mut self,
        mut print: impl FnMut(&str) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut backoff = Backoff::default();
        let mut was_open = false;
        loop {
            let url = self.url();
            let opening = Connection::open(&url, self.token.as_deref());
            let end = match timeout(CONNECT_TIMEOUT, opening).await {
                Ok(Ok(mut connection)) => {
                    match (was_open, self.since) {
                        (false, _) => note(&format!("listening to {}", self.path)),
                        (true, Some(since)) => note(&format!("back, after {since}")),
                        (true, None) => note(
                            "back; no number was heard before, so what was said meanwhile is lost",
                        ),
                    }
                    was_open = true;
                    self.listen(&mut connection, &mut backoff, &mut print)
                        .await?
                }
                Ok(Err(end)) => end,
                Err(_) => End::lost("no connection in time"),
            };
            if end.is_final {
                return Err(Failure::Failed(end.why));
            }
            let wait = backoff.next();
            note(&format!(
                "{}; again in {:.1} s",
                end.why,
                wait.as_secs_f64()
            ));
            tokio::time::sleep(wait).await;
        }
    }

    async fn listen(
        &mut self,
        connection: &mut Connection,
        backoff: &mut Backoff,
        print: &mut impl FnMut(&str) -> Result<(), Failure>,
    ) -> Result<End, Failure> {
        loop {
            match connection.next().await {
                Ok(frame) => {
                    print(&frame)?;
                    // Only after it was printed: a frame that was lost on the way out is asked for again.
                    if let Ok(Numbered { seq: Some(seq) }) = serde_json::from_str(&frame) {
                        self.since = Some(seq);
                    }
                    backoff.reset();
                }
                Err(end) => return Ok(end),
            }
        }
    }
}

#[cfg(test)]
mod tests;
