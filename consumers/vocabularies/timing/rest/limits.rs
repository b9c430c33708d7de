//! How often strangers may try what this service lets them.

use crate::rest::Attempts;
use std::sync::LazyLock;

/// Logins from one address: a restaurant's devices share one, and are many in the morning.
pub static LOGINS_OF_ADDRESS: LazyLock<Attempts> = LazyLock::new(|| Attempts::new(30, 30));
/// Logins to one account: somebody who mistypes is through long before; who guesses needs years.
pub static LOGINS_OF_ACCOUNT: LazyLock<Attempts> = LazyLock::new(|| Attempts::new(10, 5));
/// Orders without a token from one address: a group at one table, behind one router.
pub static ORDERS_OF_ADDRESS: LazyLock<Attempts> = LazyLock::new(|| Attempts::new(20, 10));
