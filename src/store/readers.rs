//! Connections that read, each with a thread, and the queue before them.

use super::fair::Fair;
use crate::error::Error;
use rusqlite::Connection;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Semaphore, oneshot};
use tokio::task;

/// Reads that wait or run. A connection has one at a time, so this is as many clients that ask for something at once; a read takes a tenth of a millisecond as
/// a rule, so the last of them waits for some tenths of a second. Who asks then waits for room first, in the order of asking.
const READS: usize = 4_096;

type Read = Box<dyn FnOnce(&Connection) + Send>;

/// A pool of them. Its threads end when it is dropped.
pub(super) struct Readers {
    pool: Arc<Pool>,
    room: Arc<Semaphore>,
}

#[derive(Default)]
struct Pool {
    state: Mutex<State>,
    asked: Condvar,
}

#[derive(Default)]
struct State {
    waiting: Waiting,
    closed: bool,
}

/// By the task that asks: each connection is one, of HTTP too. What is asked for outside of a task is of one asker.
struct Waiting(Fair<Option<task::Id>, Read>);

impl Default for Waiting {
    fn default() -> Self {
        Waiting(Fair::new())
    }
}

impl Pool {
    // Nothing panics between two changes of it.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, read: Read) {
        self.state().waiting.0.push(task::try_id(), read);
        self.asked.notify_one();
    }

    /// Waits for the next read. `None`: there will be none.
    fn next(&self) -> Option<Read> {
        let mut state = self.state();
        loop {
            if state.closed {
                return None;
            }
            if let Some(read) = state.waiting.0.pop() {
                return Some(read);
            }
            state = self
                .asked
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Readers {
    /// A thread `name` for each connection.
    ///
    /// # Errors
    /// [`Error::Io`] when there can be no thread.
    pub fn start(name: &str, connections: Vec<Connection>) -> Result<Self, Error> {
        let readers = Readers {
            pool: Arc::default(),
            room: Arc::new(Semaphore::new(READS)),
        };
        for connection in connections {
            let pool = readers.pool.clone();
            std::thread::Builder::new()
                .name(name.to_owned())
                .spawn(move || {
                    while let Some(read) = pool.next() {
                        read(&connection);
                    }
                })?;
        }
        Ok(readers)
    }

    /// Reads that wait or run.
    pub fn asked(&self) -> usize {
        READS - self.room.available_permits()
    }

    /// Runs `f` on one of the connections. Fair to those who ask for little: see [`Fair`].
    ///
    /// Dropping the future before `f` runs cancels it; afterwards it runs to its end.
    ///
    /// # Errors
    /// [`Error::Closed`] when the readers have ended.
    pub async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Connection) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let room = self.room.clone().acquire_owned().await;
        let room = room.map_err(|_| Error::Closed)?;
        let (answer, answered) = oneshot::channel();
        let read = move |c: &Connection| {
            if !answer.is_closed() {
                let _ = answer.send(f(c));
            }
            drop(room);
        };
        self.pool.ask(Box::new(read));
        answered.await.map_err(|_| Error::Closed)
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.pool.state().closed = true;
        self.pool.asked.notify_all();
    }
}

#[cfg(test)]
mod tests;
