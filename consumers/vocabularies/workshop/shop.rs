//! Which shop somebody belongs to.

use crate::access::{Bearer, Claims};
use crate::domain::jobs;
use maitred::{Error, Identity, Reader};

/// Whose orders somebody sees: their own shop's; who belongs to none, or to all, sees the default one's.
pub fn own_shop(identity: &Identity<Claims>, db: &Reader<'_>) -> Result<i64, Error> {
    let bearer = Bearer::of(identity, db)?;
    match bearer.restaurants() {
        Some([first, ..]) => Ok(*first),
        _ => jobs::default_shop(db),
    }
}
