//! How often strangers may try what this service lets them.

use crate::rest::Attempts;
use std::sync::LazyLock;

/// Orders without a token from one address: a group at one table, behind one router.
pub static ORDERS_OF_ADDRESS: LazyLock<Attempts> = LazyLock::new(|| Attempts::new(20, 10));
