//! Where something was said: at a place in the file, or by a call in a program.

use std::ops::Range;
use std::panic;

/// Where something was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Location {
    /// In the file: its first byte, and the one behind its last, counted from the beginning of the file.
    File { start: usize, end: usize },
    /// In a program that builds its routes: the builder's method, and where it was called.
    Call {
        method: &'static str,
        at: &'static panic::Location<'static>,
    },
}

impl Location {
    /// The first of two words for something that a file says, the second where a program says it.
    pub(super) fn word(self, file: &'static str, program: &'static str) -> &'static str {
        match self {
            Location::File { .. } => file,
            Location::Call { .. } => program,
        }
    }

    /// The call of a builder's method, by whoever called the method. The method itself must be `#[track_caller]` too.
    #[track_caller]
    pub(crate) fn call(method: &'static str) -> Location {
        let at = panic::Location::caller();
        Location::Call { method, at }
    }
}

impl From<Range<usize>> for Location {
    fn from(span: Range<usize>) -> Location {
        let Range { start, end } = span;
        Location::File { start, end }
    }
}
