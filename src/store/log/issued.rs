//! Numbers never recur, whatever becomes of the database and the clock: the highest that may have been given is kept in a file beside it.
//!
//! In the database it would be restored along with the rest. The clock alone does not do either: it may be put back. The file is written and on the disk
//! before a number above it is given, a million numbers ahead, so that it costs nothing.

use crate::error::Error;
use crate::store::paths::{beside, named, sync_folder};
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Numbers that are reserved at once: a second's worth, as numbers follow the clock.
const AHEAD: u64 = 1_000_000;
/// Numbers are integers that JavaScript can tell apart.
const END: u64 = 1 << 53;
const TEXT: &str = "the highest number that may have been given, twice:";

/// The file `<database>-seq`.
#[derive(Debug)]
pub(crate) struct Issued {
    path: PathBuf,
    file: File,
    upto: u64,
}

impl Issued {
    /// Of a database that is locked. A file that is missing or makes no sense is made anew: then the database and the clock have to do.
    ///
    /// # Errors
    /// [`Error::Config`] when it cannot be read or made; [`Error::Full`], [`Error::Io`].
    pub fn open(database: &Path) -> Result<Self, Error> {
        let path = beside(database, "-seq");
        let failed = |e: io::Error| Error::Config(format!("{}: {e}", path.display()));
        let is_new = !path.exists();
        let options = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path);
        let mut file = options.map_err(failed)?;
        let mut text = Vec::new();
        (&mut file)
            .take(4_096)
            .read_to_end(&mut text)
            .map_err(failed)?;
        let upto = parse(&text);
        if upto.is_none() && !is_new {
            tracing::warn!(
                path = %path.display(),
                "makes no sense and is made anew: should the clock have been put back, numbers may recur"
            );
        }
        if is_new {
            sync_folder(&path)?;
        }
        Ok(Issued {
            path,
            file,
            upto: upto.unwrap_or(0),
        })
    }

    /// No number above this one was ever given.
    pub fn upto(&self) -> u64 {
        self.upto
    }

    /// Before a number is given.
    ///
    /// # Errors
    /// [`Error::Full`], [`Error::Io`]: then it must not be.
    #[inline]
    pub fn reach(&mut self, seq: u64) -> Result<(), Error> {
        match seq <= self.upto {
            true => Ok(()),
            false => self.reserve(seq + AHEAD),
        }
    }

    #[cold]
    fn reserve(&mut self, upto: u64) -> Result<(), Error> {
        // One write of the same length each time: shorter than a sector, and no new room on the disk is needed for it.
        let text = format!("{TEXT} {upto:020} {upto:020}\n");
        let written = self.file.write_all_at(text.as_bytes(), 0);
        let written = written.and_then(|()| self.file.sync_data());
        written.map_err(|e| named(&self.path, e))?;
        self.upto = upto;
        Ok(())
    }
}

fn parse(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    let numbers = text.strip_prefix(TEXT)?.strip_suffix('\n')?;
    let (first, second) = numbers.trim().split_once(' ')?;
    let number = first.parse().ok()?;
    (first == second && number < END).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_may_have_been_given_is_known_after_a_kill() {
        let place = tempfile::tempdir().expect("a directory");
        let database = place.path().join("x.db");
        let mut issued = Issued::open(&database).expect("made");
        assert_eq!(issued.upto(), 0);
        issued.reach(7).expect("written");
        let reserved = issued.upto();
        assert!(reserved >= 7);
        for seq in [7, 8, reserved] {
            issued.reach(seq).expect("known");
            assert_eq!(issued.upto(), reserved, "one write for many numbers");
        }
        issued.reach(reserved + 1).expect("written");
        std::mem::forget(issued);
        let again = Issued::open(&database).expect("read");
        assert_eq!(again.upto(), reserved + 1 + AHEAD);
    }

    #[test]
    fn a_file_that_makes_no_sense_is_made_anew() {
        let place = tempfile::tempdir().expect("a directory");
        let (database, path) = (place.path().join("x.db"), place.path().join("x.db-seq"));
        let whole = format!("{TEXT} {:020} {:020}\n", 5, 5);
        let torn = format!("{TEXT} {:020} {:020}\n", 5, 1_000_005);
        let huge = format!("{TEXT} {:020} {:020}\n", END, END);
        for (text, upto) in [(&*whole, 5), ("", 0), (&*torn, 0), (&*huge, 0), ("5 5", 0)] {
            std::fs::write(&path, text).expect("written");
            let mut issued = Issued::open(&database).expect("opened");
            assert_eq!(issued.upto(), upto, "{text}");
            issued.reach(9).expect("made anew");
            let again = Issued::open(&database).expect("read");
            assert_eq!(again.upto(), 9 + AHEAD, "{text}");
        }
    }

    #[test]
    fn a_place_where_it_cannot_be_is_named() {
        let place = tempfile::tempdir().expect("a directory");
        std::fs::create_dir(place.path().join("x.db-seq")).expect("in its way");
        let refused = Issued::open(&place.path().join("x.db")).expect_err("a directory");
        assert!(refused.to_string().contains("x.db-seq"), "{refused}");
    }

    proptest! {
        #[test]
        fn whatever_lies_there_is_read_or_refused(text: Vec<u8>, upto in 0..END) {
            let _ = parse(&text);
            let whole = format!("{TEXT} {upto:020} {upto:020}\n");
            prop_assert_eq!(parse(whole.as_bytes()), Some(upto));
            for cut in 0..whole.len() {
                prop_assert_eq!(parse(&whole.as_bytes()[..cut]), None);
            }
        }
    }
}
