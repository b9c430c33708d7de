//! The loop of the writer's thread.

use super::tidy::TIDY;
use super::transactions::Writer;
use crate::error::Error;
use crate::store::guarded::guarded;
use crate::store::job::Job;
use rusqlite::Connection;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::sync::{Notify, mpsc};

/// Jobs of one transaction.
const BATCH: usize = 512;

/// Takes jobs out of the queue until there is nobody left who could put one in, or `stop` was notified and the queue is empty.
pub(crate) async fn drain(
    writer: Writer,
    connection: &tokio_rusqlite::Connection,
    jobs: mpsc::Receiver<Job>,
    stop: Arc<Notify>,
) {
    // One call for the writer's whole life: to hand each batch over to the connection's thread, and wait for it, costs two wake-ups per commit.
    let ran = connection.call(move |c| serve(writer, c, jobs, &stop));
    if let Err(e) = ran.await {
        tracing::error!(error = %e, "the writer's connection is gone");
    }
}

fn serve(
    mut writer: Writer,
    c: &Connection,
    mut jobs: mpsc::Receiver<Job>,
    stop: &Notify,
) -> Result<(), Error> {
    let runtime = Builder::new_current_thread().enable_time().build()?;
    let clock = writer.clock.clone();
    let (mut more, mut stopping) = (false, false);
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        let pause = if more { Duration::ZERO } else { TIDY };
        let next = async {
            tokio::select! {
                biased;
                () = stop.notified(), if !stopping => Next::Stop,
                taken = jobs.recv_many(&mut batch, BATCH) => match taken {
                    0 => Next::End,
                    _ => Next::Work,
                },
            }
        };
        let next = async { clock.timeout(pause, next).await.unwrap_or(Next::Work) };
        match runtime.block_on(next) {
            Next::Work => {}
            Next::Stop => {
                jobs.close(); // those who come now are told "closed"
                stopping = true;
                continue;
            }
            Next::End => return Ok(()),
        }
        // A panic here is a mistake of ours; it must not end the connection's thread, and all writing with it.
        let end = guarded(|| {
            writer.care(c);
            writer.batch(c, std::mem::take(&mut batch));
            more = writer.tidy(c);
            Ok(())
        });
        if let Err(e) = end {
            tracing::error!(error = %e, "the writer panicked");
            writer.abandon(c);
            more = false;
        }
    }
}

/// What the writer does next.
enum Next {
    /// Jobs came, or it is time to look for what is too old.
    Work,
    Stop,
    End,
}
