//! What is printed while a database is copied, and when it is done.

use super::output::note;
use maitred::{Copied, Progress};
use std::path::Path;
use std::time::{Duration, Instant};

/// How often it is said how far a copy is.
const REPORT: Duration = Duration::from_secs(2);

/// Says from time to time how far a copy is.
pub fn progress() -> impl FnMut(Progress) {
    let mut said = Instant::now();
    move |Progress { done, of, .. }| {
        if said.elapsed() >= REPORT {
            said = Instant::now();
            let percent = u64::from(done) * 100 / u64::from(of.max(1));
            note(&format!("{percent} % of {of} pages"));
        }
    }
}

/// What became of a copy: how large it is, and up to which number its history goes.
pub fn summary(path: &Path, copied: &Copied) -> String {
    let path = path.display();
    format!(
        "{path}: {} bytes, up to number {}",
        copied.bytes, copied.head
    )
}
