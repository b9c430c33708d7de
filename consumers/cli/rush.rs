//! The simulated service of `maitred serve --demo --rush`: how it begins and ends with the server.

use super::failure::Failure;
use super::operator::Signals;
use super::output::say;
use crate::rush::{Account, Plan, Service};
use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

/// Begins a service for the dining listener, which this machine must reach.
pub fn begin(
    dining: Option<&SocketAddr>,
    speed: f64,
    seed: Option<u64>,
) -> Result<Service, Failure> {
    let Some(address) = dining else {
        let text = "--rush: the dining listener has no address of this machine";
        return Err(Failure::Config(text.to_owned()));
    };
    let seed = seed.unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        now.map_or(1, |now| u64::from(now.subsec_nanos()) + 1)
    });
    let plan = Plan {
        address: address.to_string(),
        speed,
        seed,
    };
    let service = Service::begin(plan).map_err(|e| Failure::Failed(e.to_string()))?;
    let _ = say(&format!(
        "rush: a dinner service at {speed} times the speed of a real one, seed {seed}; Ctrl-C ends it"
    ));
    Ok(service)
}

/// Ends it, and prints what came of it. A second signal does not wait for that.
pub async fn end(service: Service, signals: &mut Signals) -> Option<Account> {
    let ending = tokio::task::spawn_blocking(move || service.end());
    tokio::select! {
        account = ending => {
            let account = account.ok()?;
            let _ = say(&account.to_string());
            Some(account)
        }
        () = signals.end() => None,
    }
}

/// Whether it was a good evening.
pub fn judge(account: Option<Account>) -> Result<(), Failure> {
    match account {
        Some(account) if !account.is_whole() => {
            let text = "rush: what was heard is not what the log has";
            Err(Failure::Failed(text.to_owned()))
        }
        _ => Ok(()),
    }
}
