//! `maitred send`

use super::address::ServerArgs;
use super::backoff::Backoff;
use super::failure::Failure;
use super::identifier::Identifier;
use super::output::{note, say};
use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(10);
/// How often it is tried while the server does not answer, or is busy.
const ATTEMPTS: usize = 4;

/// Sends a broadcast or an alert to a restaurant, through the server's REST interface.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  export MAITRED_TOKEN=$(maitred token --role manager --restaurant 2)\n  maitred send broadcast --restaurant 2 \"The kitchen closes in 30 minutes\"\n  maitred send alert --restaurant 2 --waiter 10 \"Table 5 waits for its bill\""
)]
pub struct Send {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// A message for all screens of a restaurant
    Broadcast {
        #[command(flatten)]
        to: To,
    },
    /// An alert for the waiters of a restaurant, or for one of them
    Alert {
        #[command(flatten)]
        to: To,
        /// Only for this waiter
        #[arg(long, value_name = "ID")]
        waiter: Option<Identifier>,
    },
}

#[derive(Debug, Args)]
struct To {
    /// Which restaurant
    #[arg(long, value_name = "ID")]
    restaurant: Identifier,
    /// The text
    message: String,
    /// The idempotency key: a command that is sent twice with the same key is done once [default: random]
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Serialize)]
struct Body<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    waiter_id: Option<&'a Identifier>,
}

/// How the server refuses.
#[derive(Debug, Deserialize)]
struct Refusal {
    error: String,
    code: String,
}

/// An answer: its status and text.
type Answer = (u16, String);

impl Send {
    pub fn run(self) -> Result<(), Failure> {
        let (to, resource, waiter) = match &self.what {
            What::Broadcast { to } => (to, "broadcast", None),
            What::Alert { to, waiter } => (to, "alerts", waiter.as_ref()),
        };
        let path = format!(
            "/api/v1/restaurants/{}/{resource}",
            segment(&to.restaurant)?
        );
        let body = Body {
            message: &to.message,
            waiter_id: waiter,
        };
        let body = serde_json::to_string(&body).map_err(|e| Failure::Failed(e.to_string()))?;
        let key = match &to.idempotency_key {
            Some(key) => key.clone(),
            None => random_key()?,
        };
        let mut backoff = Backoff::default();
        let mut attempt = 1;
        loop {
            let answer = post(&to.server, &path, &key, &body);
            let again = match &answer {
                Ok((503, _)) => "the server is busy".to_owned(),
                Err(e) if is_fleeting(e) => e.to_string(),
                _ => return outcome(answer, &to.server.url.http(&path)),
            };
            if attempt == ATTEMPTS {
                return outcome(answer, &to.server.url.http(&path));
            }
            attempt += 1;
            // With the same key: if it was done and only the answer was lost, it is not done again.
            let wait = backoff.next();
            note(&format!("{again}; again in {:.1} s", wait.as_secs_f64()));
            std::thread::sleep(wait);
        }
    }
}

fn post(server: &ServerArgs, path: &str, key: &str, body: &str) -> Result<Answer, ureq::Error> {
    let agent = ureq::Agent::new_with_config(
        ureq::Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            .proxy(None)
            .build(),
    );
    let mut request = agent
        .post(server.url.http(path))
        .header("Idempotency-Key", key);
    if let Some(token) = &server.token {
        request = request.header("Authorization", format!("Bearer {token}"));
    }
    let mut response = request.content_type("application/json").send(body)?;
    let text = response.body_mut().read_to_string()?;
    Ok((response.status().as_u16(), text))
}

/// Whether the same request may work a moment later.
fn is_fleeting(error: &ureq::Error) -> bool {
    matches!(
        error,
        ureq::Error::Io(_) | ureq::Error::Timeout(_) | ureq::Error::ConnectionFailed
    )
}

fn outcome(answer: Result<Answer, ureq::Error>, url: &str) -> Result<(), Failure> {
    let (status, text) = answer.map_err(|e| Failure::Failed(format!("{url}: {e}")))?;
    if (200..300).contains(&status) {
        return say(text.trim_end());
    }
    Err(Failure::Failed(match serde_json::from_str(&text) {
        Ok(Refusal { error, code }) => format!("refused ({status} {code}): {error}"),
        Err(_) => format!("refused ({status}): {}", text.trim()),
    }))
}

/// A path's segment: what an id may consist of needs no escaping.
fn segment(id: &Identifier) -> Result<String, Failure> {
    let text = id.to_string();
    match text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    {
        true if !text.is_empty() => Ok(text),
        _ => Err(Failure::Usage(format!("{text:?} is no id"))),
    }
}

fn random_key() -> Result<String, Failure> {
    let mut key = [0; 16];
    getrandom::fill(&mut key).map_err(|e| Failure::Failed(format!("no random numbers: {e}")))?;
    Ok(format!("{:032x}", u128::from_be_bytes(key)))
}

#[cfg(test)]
mod tests;
