//! Whether the store can be used, and if not, why.
//!
//! The process goes on meanwhile: it says what is the matter to whoever asks, in the log and in `/readyz`, and is there when the cause has gone.

use crate::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering::SeqCst};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is the matter. Several may be at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The disk refused what was written. It lasts until a new start: asked again, the system may say that all is well.
    Disk,
    /// There is no room for another commit. Commands are tried nevertheless, and reads are answered; it ends when a commit has worked.
    Full,
    /// A commit failed otherwise. Likewise.
    Write,
    /// The files that were opened are not those under their names any more. It lasts until a new start.
    Files,
    /// Somebody wrote over the database without SQLite. It lasts until a new start.
    Damaged,
    /// A watched table cannot be watched. It ends when that was mended.
    Tables,
}

impl Cause {
    pub const ALL: [Cause; 6] = [
        Cause::Disk,
        Cause::Full,
        Cause::Write,
        Cause::Files,
        Cause::Damaged,
        Cause::Tables,
    ];

    /// The name in the log and in the metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Cause::Disk => "disk",
            Cause::Full => "full",
            Cause::Write => "write",
            Cause::Files => "files",
            Cause::Damaged => "damaged",
            Cause::Tables => "tables",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }

    /// Those with which neither commands nor reads are tried.
    const CLOSING: u8 =
        Cause::Disk.bit() | Cause::Files.bit() | Cause::Damaged.bit() | Cause::Tables.bit();
}

/// What is wrong with one store at the moment, if anything. Shared by everything that uses the store.
#[derive(Debug, Default)]
pub(crate) struct Health {
    /// The bits of the causes that hold: asked before each command and each read.
    causes: AtomicU8,
    /// What clients are told, by cause.
    reasons: Mutex<[String; Cause::ALL.len()]>,
}

impl Health {
    /// From now on `cause` holds. `reason` is told to clients and probes: one sentence without a path. `advice` says in the log what to do about it; it is
    /// logged once, until the cause has gone.
    pub fn close(&self, cause: Cause, reason: impl Into<String>, advice: impl fmt::Display) {
        let reason = reason.into();
        let mut reasons = self.reasons();
        let known = self.causes.fetch_or(cause.bit(), SeqCst) & cause.bit() != 0;
        if !known {
            tracing::error!(
                cause = cause.name(),
                reason,
                "the store is not ready: {advice}"
            );
        }
        reasons[cause as usize] = reason;
    }

    /// `cause` holds no more.
    pub fn open(&self, cause: Cause) {
        let _reasons = self.reasons();
        if self.causes.fetch_and(!cause.bit(), SeqCst) & cause.bit() != 0 {
            tracing::info!(cause = cause.name(), "the store has recovered");
        }
    }

    /// Whether `cause` holds.
    pub fn has(&self, cause: Cause) -> bool {
        self.causes.load(SeqCst) & cause.bit() != 0
    }

    /// Whether commands and reads are tried.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with the reason why not.
    pub fn check(&self) -> Result<(), Error> {
        match self.causes.load(SeqCst) & Cause::CLOSING {
            0 => Ok(()),
            closing => Err(Error::Unavailable(self.reason(closing))),
        }
    }

    /// Whether everything works.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Full`].
    pub fn ready(&self) -> Result<(), Error> {
        self.check()?;
        if self.has(Cause::Full) {
            return Err(Error::Full);
        }
        match self.has(Cause::Write) {
            true => Err(Error::Unavailable(self.reason(Cause::Write.bit()))),
            false => Ok(()),
        }
    }

    fn reason(&self, of: u8) -> String {
        let first = Cause::ALL.into_iter().find(|cause| of & cause.bit() != 0);
        first.map_or_else(String::new, |cause| self.reasons()[cause as usize].clone())
    }

    // Nothing panics between two changes of it.
    fn reasons(&self) -> MutexGuard<'_, [String; Cause::ALL.len()]> {
        self.reasons.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_ready_when_the_last_cause_has_gone() {
        let health = Health::default();
        health.ready().expect("ready");
        health.close(Cause::Tables, "a table is gone", "put it back");
        health.close(Cause::Full, "the disk is full", "make room");
        let told = health.check().expect_err("closed").into_client();
        assert_eq!((&*told.code, told.kind.status()), ("UNAVAILABLE", 503));
        assert!(told.text.contains("a table is gone"), "{}", told.text);
        health.open(Cause::Tables);
        health.check().expect("what is asked is tried");
        let told = health.ready().expect_err("full").into_client();
        assert_eq!((&*told.code, told.kind.status()), ("DISK_FULL", 503));
        health.open(Cause::Full);
        health.ready().expect("ready");
    }
}
