//! The code on a table: what it opens, for whom, and that it opens nothing.
//!
//! A code is printed and stays; what a phone gets for it ends with the visit. Of a code that is no table's nobody learns whether it ever was one.

use super::audit::{self, Note};
use super::restaurants::{self, RestaurantFacts};
use super::sessions::{self, SessionFacts};
use super::tables::{self, TableFacts};
use super::{Actor, Denial, Refusal};
use crate::db::{Error, Reader, Transaction, params};
use serde::Deserialize;
use utoipa::ToSchema;

/// What a code opens.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Where it is.
    pub restaurant: RestaurantFacts,
    /// The visit that is going on.
    pub session: SessionFacts,
    /// What the tokens of its guests must not be below.
    pub token_version: i64,
}

/// What a code opens now.
///
/// # Errors
/// [`Denial::QrInvalid`], [`Denial::QrBlocked`], [`Denial::TableFree`].
pub fn open(db: &Reader<'_>, secret: &str) -> Result<Opened, Error> {
    let table: Option<i64> = db.row(
        "SELECT id FROM tables WHERE qr_secret = ?1 AND qr_secret <> '' AND is_active",
        params![secret],
        |row| row.get(0),
    )?;
    let table = match table {
        Some(id) => tables::get(db, id)?,
        None => return Err(Denial::QrInvalid.into()),
    };
    let (table_number, restaurant_name) = (table.number.clone(), table.restaurant.clone());
    if table.qr_blocked {
        return Err(Denial::QrBlocked {
            table_number,
            restaurant_name,
        }
        .into());
    }
    let Some(session) = &table.session else {
        return Err(Denial::TableFree {
            table_number,
            restaurant_name,
        }
        .into());
    };
    let token_version = db.one(
        "SELECT token_version FROM table_sessions WHERE id = ?1",
        params![session.id],
        |row| row.get(0),
    )?;
    Ok(Opened {
        restaurant: restaurants::get(db, table.restaurant_id)?,
        session: sessions::get(db, session.id)?,
        token_version,
    })
}

/// The code of a table: what stands at the end of its address.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn secret(db: &Reader<'_>, table: i64) -> Result<String, Error> {
    let found = db.row(
        "SELECT qr_secret FROM tables WHERE id = ?1",
        params![table],
        |row| row.get(0),
    )?;
    found.ok_or_else(|| Refusal::NotFound { entity: "table" }.into())
}

/// What is to be different about the code of a table.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct QrPatch {
    /// Guests cannot order here by themselves.
    pub blocked: Option<bool>,
    /// The code that is printed is worthless from now on, and so is what phones got for it.
    pub rotate: bool,
}

/// Blocks the code of a table, or gives it another.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn patch(
    tx: &Transaction<'_>,
    actor: &Actor,
    table_id: i64,
    patch: &QrPatch,
) -> Result<TableFacts, Error> {
    sessions::serves(actor)?;
    let table = tables::get(tx, table_id)?;
    let blocked = patch.blocked.unwrap_or(table.qr_blocked);
    if blocked != table.qr_blocked {
        tx.execute(
            "UPDATE tables SET qr_blocked = ?2 WHERE id = ?1",
            params![table_id, blocked],
        )?;
    }
    if patch.rotate {
        tx.execute(
            "UPDATE tables SET qr_secret = ?2 WHERE id = ?1",
            params![table_id, super::pairing::secret()?.get(..32)],
        )?;
        tx.execute(
            "UPDATE table_sessions SET token_version = token_version + 1 WHERE table_id = ?1 AND closed_at IS NULL",
            params![table_id],
        )?;
    }
    if blocked != table.qr_blocked || patch.rotate {
        let note = Note {
            action: if patch.rotate {
                "rotate_qr"
            } else {
                "block_qr"
            },
            entity: "table",
            id: table_id,
            restaurant_id: table.restaurant_id,
            reason: None,
            before: table.qr_blocked,
            after: blocked,
        };
        audit::note(tx, actor, &note)?;
    }
    tables::get(tx, table_id)
}

/// Lets a guest order at a table, unless the staff take its orders.
///
/// # Errors
/// [`Denial::QrBlocked`].
pub(super) fn may_order(actor: &Actor, table: &TableFacts) -> Result<(), Denial> {
    match table.qr_blocked && actor.session_id.is_some() {
        true => Err(Denial::QrBlocked {
            table_number: table.number.clone(),
            restaurant_name: table.restaurant.clone(),
        }),
        false => Ok(()),
    }
}
