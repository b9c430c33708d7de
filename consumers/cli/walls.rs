//! Looking for walls that say nothing. One look for all of them, because a timer for each would cost something each time that one says that it is there.

use super::house;
use maitred::Store;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::{MissedTickBehavior, interval};

/// Whose lines these are in the log, and to MAITRED_LOG.
const TARGET: &str = "maitred::cli::walls";
/// How often. A house says in tens of seconds how long a wall may be silent.
const LOOK: Duration = Duration::from_secs(5);

/// Never ends.
pub async fn watch(store: &Store) {
    let since_ms = now_ms();
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut said = false;
    loop {
        looks.tick().await;
        match house::look_for_walls(store, since_ms, now_ms()).await {
            Ok(()) => said = false,
            // Once, and not every five seconds for as long as a disk is full.
            Err(error) if !said => {
                tracing::warn!(target: TARGET, %error, "nobody looks for silent screens");
                said = true;
            }
            Err(_) => {}
        }
    }
}

fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| i64::try_from(now.as_millis()).unwrap_or(i64::MAX))
}
