//! The capture that was chosen.

use super::blueprint::Blueprint;
use super::buffered::Buffered;
use super::contract::{Capture, Captured};
use super::read_back::ReadBack;
use super::row_change::{Seen, TableColumns};
use crate::error::Error;
use crate::limits::clock::Clock;
use crate::store::config::CaptureMode;
use rusqlite::Connection;
use std::sync::Arc;

/// One of the two: a branch costs a statement less than a call through a table.
pub(crate) enum AnyCapture {
    Buffered(Buffered),
    ReadBack(ReadBack),
}

impl AnyCapture {
    /// # Errors
    /// [`Error::Config`] when a table cannot be watched; [`Error::Store`].
    pub fn install(
        c: &Connection,
        clock: &Clock,
        mode: CaptureMode,
        blueprint: &Blueprint,
    ) -> Result<Self, Error> {
        Ok(match mode {
            CaptureMode::Buffered => AnyCapture::Buffered(Buffered::install(c, clock, blueprint)?),
            CaptureMode::ReadBack => AnyCapture::ReadBack(ReadBack),
        })
    }

    /// The watched tables by their places, where changes are shown with them.
    pub fn tables(&self) -> Arc<[TableColumns]> {
        match self {
            AnyCapture::Buffered(buffered) => buffered.tables().clone(),
            AnyCapture::ReadBack(_) => Arc::default(),
        }
    }
}

impl Capture for AnyCapture {
    fn mark(&self) -> usize {
        match self {
            AnyCapture::Buffered(buffered) => buffered.mark(),
            AnyCapture::ReadBack(read_back) => read_back.mark(),
        }
    }

    fn failed(&self, c: &Connection, mark: usize) {
        match self {
            AnyCapture::Buffered(buffered) => buffered.failed(c, mark),
            AnyCapture::ReadBack(read_back) => read_back.failed(c, mark),
        }
    }

    fn finish(&self, c: &Connection) -> Result<(), Error> {
        match self {
            AnyCapture::Buffered(buffered) => buffered.finish(c),
            AnyCapture::ReadBack(read_back) => read_back.finish(c),
        }
    }

    fn undone(&self) {
        match self {
            AnyCapture::Buffered(buffered) => buffered.undone(),
            AnyCapture::ReadBack(read_back) => read_back.undone(),
        }
    }

    fn unseen(&self, see: impl FnMut(Seen<'_>)) -> bool {
        match self {
            AnyCapture::Buffered(buffered) => buffered.unseen(see),
            AnyCapture::ReadBack(read_back) => read_back.unseen(see),
        }
    }

    fn take<T>(
        &self,
        c: &Connection,
        f: impl FnOnce(Captured<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        match self {
            AnyCapture::Buffered(buffered) => buffered.take(c, f),
            AnyCapture::ReadBack(read_back) => read_back.take(c, f),
        }
    }

    fn remake(&mut self, c: &Connection, blueprint: &Blueprint) -> Result<(), Error> {
        match self {
            AnyCapture::Buffered(buffered) => buffered.remake(c, blueprint),
            AnyCapture::ReadBack(read_back) => read_back.remake(c, blueprint),
        }
    }
}
