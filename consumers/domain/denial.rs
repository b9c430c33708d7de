//! Why somebody is not let in: by a PIN, by a device of the house, by the code on a table.
//!
//! | code | HTTP | when | should the client try again? |
//! |---|---|---|---|
//! | `WRONG_PIN` | 401 | another PIN, or nobody here has one; `attempts_left` until this waits | with the right one |
//! | `LOCKED` | 429 | too many wrong ones: the right one is not looked at either | after `retry_after_ms` |
//! | `INVALID_CREDENTIALS` | 401 | no such account, or another password | with the right ones |
//! | `NOT_A_MANAGER` | 403 | this person may not allow it | with a manager's |
//! | `LAST_MANAGER` | 409 | nobody could run the restaurant any more | after making another manager |
//! | `DEVICE_UNPAIRED` | 401 | this needs the token of a device of the house | after pairing |
//! | `DEVICE_REVOKED` | 401 | a manager has taken this device away | after pairing anew |
//! | `DEVICE_UNKNOWN` | 401 | there is no such device (any more) | after pairing anew |
//! | `PAIRING_UNKNOWN` | 404 | no screen shows this code | with the code that it shows |
//! | `PAIRING_EXPIRED` | 410 | the code was shown too long ago | with a new code |
//! | `QR_INVALID` | 410 | the code is no table's, or not any more | no: ask a waiter |
//! | `TABLE_FREE` | 410 | nobody has opened the table | after a waiter has |
//! | `QR_BLOCKED` | 403 | the staff take the orders of this table | no: order with a waiter |

use crate::db::{ClientError, Error, Kind};
use serde::Serialize;
use std::borrow::Cow;

/// Why somebody is not let in. Serialized, it is the `details` of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Denial {
    /// Another PIN.
    WrongPin {
        /// So many more until it waits.
        attempts_left: i64,
    },
    /// Too many wrong ones.
    Locked {
        /// As long as this nobody is let in there.
        retry_after_ms: i64,
    },
    /// Another password, or no such account.
    Credentials,
    /// This person may not allow it.
    NotAManager,
    /// Nobody could run the restaurant any more.
    LastManager,
    /// The token of a device of the house is needed.
    DeviceUnpaired,
    /// A manager has taken the device away.
    DeviceRevoked,
    /// There is no such device.
    DeviceUnknown,
    /// No screen shows this code.
    PairingUnknown,
    /// The code was shown too long ago.
    PairingExpired,
    /// The code is no table's.
    QrInvalid,
    /// Nobody has opened the table.
    TableFree {
        /// What is on it.
        table_number: String,
        /// Where it stands.
        restaurant_name: String,
    },
    /// The staff take the orders of this table.
    QrBlocked {
        /// What is on it.
        table_number: String,
        /// Where it stands.
        restaurant_name: String,
    },
}

impl Denial {
    /// Its stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Denial::WrongPin { .. } => "WRONG_PIN",
            Denial::Locked { .. } => "LOCKED",
            Denial::Credentials => "INVALID_CREDENTIALS",
            Denial::NotAManager => "NOT_A_MANAGER",
            Denial::LastManager => "LAST_MANAGER",
            Denial::DeviceUnpaired => "DEVICE_UNPAIRED",
            Denial::DeviceRevoked => "DEVICE_REVOKED",
            Denial::DeviceUnknown => "DEVICE_UNKNOWN",
            Denial::PairingUnknown => "PAIRING_UNKNOWN",
            Denial::PairingExpired => "PAIRING_EXPIRED",
            Denial::QrInvalid => "QR_INVALID",
            Denial::TableFree { .. } => "TABLE_FREE",
            Denial::QrBlocked { .. } => "QR_BLOCKED",
        }
    }

    const fn kind(&self) -> Kind {
        match self {
            Denial::WrongPin { .. }
            | Denial::Credentials
            | Denial::DeviceUnpaired
            | Denial::DeviceRevoked
            | Denial::DeviceUnknown => Kind::Unauthenticated,
            Denial::Locked { .. } => Kind::RateLimited,
            Denial::NotAManager | Denial::QrBlocked { .. } => Kind::Forbidden,
            Denial::LastManager => Kind::Conflict,
            Denial::PairingUnknown => Kind::NotFound,
            Denial::PairingExpired | Denial::QrInvalid | Denial::TableFree { .. } => Kind::Gone,
        }
    }

    /// For people.
    pub fn text(&self) -> Cow<'static, str> {
        match self {
            Denial::WrongPin { attempts_left: 1 } => "this is not the PIN: one more attempt".into(),
            Denial::WrongPin { attempts_left } => {
                format!("this is not the PIN: {attempts_left} more attempts").into()
            }
            Denial::Locked { retry_after_ms } => {
                let seconds = retry_after_ms.saturating_add(999) / 1000;
                format!("too many wrong PINs: try again in {seconds} s").into()
            }
            Denial::Credentials => {
                "there is no such account, or the password is another one".into()
            }
            Denial::NotAManager => "only a manager's PIN allows this".into(),
            Denial::LastManager => "there would be no manager left".into(),
            Denial::DeviceUnpaired => "pair this device first".into(),
            Denial::DeviceRevoked => "this device was taken away: pair it anew".into(),
            Denial::DeviceUnknown => "this device is not known here: pair it".into(),
            Denial::PairingUnknown => "no screen shows this code".into(),
            Denial::PairingExpired => "this code is too old: get a new one".into(),
            Denial::QrInvalid => "this code is not valid any more".into(),
            Denial::TableFree { .. } => {
                "nobody has opened this table: ask a waiter, then scan again".into()
            }
            Denial::QrBlocked { .. } => "please order with your waiter".into(),
        }
    }

    const fn has_details(&self) -> bool {
        matches!(
            self,
            Denial::WrongPin { .. }
                | Denial::Locked { .. }
                | Denial::TableFree { .. }
                | Denial::QrBlocked { .. }
        )
    }
}

impl From<Denial> for ClientError {
    fn from(denial: Denial) -> Self {
        let error = ClientError::new(denial.kind(), denial.code(), denial.text());
        if denial.has_details() {
            error.with_details(&denial)
        } else {
            error
        }
    }
}

impl From<Denial> for Error {
    fn from(denial: Denial) -> Self {
        Error::Client(denial.into())
    }
}
