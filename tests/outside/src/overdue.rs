//! A job beside the consumers: who keeps a bike for more than two hours is overdue.

use maitred::{Command, Error, Store, params};
use std::time::Duration;

const LONGEST: Duration = Duration::from_secs(2 * 3600);

/// Looks every minute, for as long as the store is open.
pub async fn run(store: Store) {
    let mut minutes = tokio::time::interval(Duration::from_secs(60));
    loop {
        minutes.tick().await;
        match mark(&store, LONGEST).await {
            Ok(_) => {}
            Err(Error::Closed) => return,
            Err(error) => eprintln!("overdue bikes: {error}"),
        }
    }
}

/// Marks who has a bike for longer. How many they are.
pub async fn mark(store: &Store, longest: Duration) -> Result<usize, Error> {
    let longest = longest.as_millis() as u64;
    let command = Command::new().by("overdue");
    store
        .write(command, move |tx| {
            let mark =
                "UPDATE bike SET state = 'overdue' WHERE state = 'out' AND since_ms + ?1 <= ?2";
            tx.execute(mark, params![longest, tx.now_ms()])
        })
        .await
}
