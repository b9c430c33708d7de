//! Accounts of people whom another system knows: guests who order from home, and drivers. Their tokens name them, and their rows are made when they first come.

use super::{Key, Refusal, Role, ids};
use crate::db::{Error, Kind, Transaction, params};

/// Above what any system has handed out, and far below where ids end and where JavaScript cannot count any more.
const LARGEST_ID: i64 = 1 << 50;
/// The longest name of somebody, in bytes: a uuid has 36.
const NAME_MAX: usize = 128;

/// The account that a valid token names, made if there is none. Whether an account that is there still is what the token says is not judged here.
///
/// # Errors
/// [`Refusal::Forbidden`] for roles whose accounts the house makes itself, and for names that do not say who it is.
pub fn ensure(tx: &Transaction<'_>, key: &Key, role: Role) -> Result<i64, Error> {
    match ids::user(tx, key) {
        Err(Error::Client(refusal)) if refusal.kind == Kind::NotFound => {}
        found => return found,
    }
    if !matches!(role, Role::Customer | Role::Driver) {
        return Err(Refusal::Forbidden("nobody here has this account".into()).into());
    }
    let nobody = || Refusal::Forbidden("the token does not say who it is".into());
    let id: i64 = match key {
        Key::Id(id) if (1..=LARGEST_ID).contains(id) => tx.one(
            "INSERT INTO users(id, role) VALUES (?1, ?2) RETURNING id",
            params![id, role.name()],
            |row| row.get(0),
        )?,
        // A token that was made for no one in particular has its role for a name.
        Key::Text(name) if name.len() <= NAME_MAX && name.parse::<Role>().is_err() => tx.one(
            "INSERT INTO users(uuid, role) VALUES (?1, ?2) RETURNING id",
            params![name, role.name()],
            |row| row.get(0),
        )?,
        _ => return Err(nobody().into()),
    };
    if role == Role::Driver {
        tx.execute(
            "INSERT INTO drivers(user_id, status) VALUES (?1, 'available')",
            params![id],
        )?;
    }
    Ok(id)
}
