//! Those who work in a restaurant, as whoever runs it sees them: what they are, whether they have a PIN, that they have left.

use super::audit::{self, Note};
use super::version::same_version;
use super::{Actor, Denial, Key, Refusal, Role, ids, pins, tables};
use crate::db::{Error, Reader, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody who works there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct StaffFacts {
    pub id: i64,
    pub uuid: String,
    pub restaurant_id: i64,
    pub name: String,
    pub role: Role,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub is_active: bool,
    pub has_pin: bool,
    pub has_password: bool,
    /// Too many wrong PINs: until when, in milliseconds.
    pub locked_until: Option<i64>,
    /// Their section: attribution, not a lock.
    pub tables: Vec<i64>,
    pub version: i64,
}

const FACTS: &str = "SELECT u.id, u.uuid, u.restaurant_id, u.name, u.role, u.phone, u.email, u.is_active, u.pin_hash IS NOT NULL, u.password_hash IS NOT NULL,
  a.locked_until, (SELECT json_group_array(table_id) FROM (SELECT table_id FROM waiter_tables WHERE user_id = u.id ORDER BY table_id)), u.version
  FROM users u LEFT JOIN attempts a ON a.subject = 'user:'||u.id WHERE u.role IN ('waiter', 'kitchen', 'driver', 'manager') AND u.restaurant_id IS NOT NULL";

fn read(row: &Row<'_>) -> Result<StaffFacts, Error> {
    let role = row.text(4)?;
    Ok(StaffFacts {
        id: row.get(0)?,
        uuid: row.get(1)?,
        restaurant_id: row.get(2)?,
        name: row.get(3)?,
        role: role
            .parse()
            .map_err(|_| Error::Store(format!("role {role:?}")))?,
        phone: row.get(5)?,
        email: row.get(6)?,
        is_active: row.get(7)?,
        has_pin: row.get(8)?,
        has_password: row.get(9)?,
        locked_until: row.get(10)?,
        tables: row.json(11)?,
        version: row.get(12)?,
    })
}

/// Somebody who must be there.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn get(db: &Reader<'_>, id: i64) -> Result<StaffFacts, Error> {
    db.row(&format!("{FACTS} AND u.id = ?1"), params![id], read)?
        .ok_or_else(|| Refusal::NotFound { entity: "user" }.into())
}

/// All who work or have worked in a restaurant, by name.
///
/// # Errors
/// [`Error::Store`].
pub fn list(db: &Reader<'_>, restaurant_id: i64) -> Result<Vec<StaffFacts>, Error> {
    let all = db.rows(
        &format!("{FACTS} AND u.restaurant_id = ?1 ORDER BY u.is_active DESC, u.name COLLATE NOCASE, u.id"),
        params![restaurant_id],
        |row| db.legible("users", row.get(0)?, read(row)),
    )?;
    Ok(all.into_iter().flatten().collect())
}

/// What somebody can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Part {
    Waiter,
    Kitchen,
    Driver,
    Manager,
}

impl Part {
    const fn role(self) -> Role {
        match self {
            Part::Waiter => Role::Waiter,
            Part::Kitchen => Role::Kitchen,
            Part::Driver => Role::Driver,
            Part::Manager => Role::Manager,
        }
    }
}

/// What becomes of a PIN. What is known of it here is its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pin {
    /// It stays.
    Kept,
    /// There is none any more: nobody signs in with it.
    None,
    /// It is another one.
    New(String),
}

/// Somebody new.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct NewStaff {
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    pub role: Part,
    #[serde(default)]
    #[schema(max_length = 100)]
    pub phone: Option<String>,
    #[serde(default)]
    #[schema(max_length = 100)]
    pub email: Option<String>,
    /// Their section.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub tables: Vec<Key>,
    /// Four to six digits. It never reaches this: only its hash does.
    #[serde(default)]
    #[schema(min_length = 4, max_length = 6)]
    pub pin: Option<String>,
    /// Where, for those who run several.
    #[serde(default)]
    pub restaurant_id: Option<Key>,
}

/// What is to be different about somebody. What is not named stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct StaffPatch {
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    pub role: Option<Part>,
    #[schema(max_length = 100)]
    pub phone: Option<String>,
    #[schema(max_length = 100)]
    pub email: Option<String>,
    /// `false`: they have left, and all their tokens are worthless.
    pub is_active: Option<bool>,
    /// Their section.
    #[schema(max_items = 500)]
    pub tables: Option<Vec<Key>>,
    /// Four to six digits; `null`: none any more. It never reaches this: only its hash does.
    #[schema(min_length = 4, max_length = 6)]
    pub pin: Option<String>,
    /// They may try their PIN again at once.
    pub unlock: bool,
    #[serde(rename = "version")]
    pub expected_version: Option<i64>,
}

/// The longest name, telephone number and address, in bytes.
const TEXT_MAX: usize = 100;

fn name(name: &str) -> Result<&str, Refusal> {
    let name = name.trim();
    match name.len() {
        1..=TEXT_MAX => Ok(name),
        _ => Err(Refusal::value("name", format!("1 to {TEXT_MAX} bytes"))),
    }
}

/// Nothing is the same as none.
fn contact<'t>(field: &'static str, text: Option<&'t str>) -> Result<Option<&'t str>, Refusal> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    match text {
        Some(text) if text.len() > TEXT_MAX => {
            Err(Refusal::value(field, format!("at most {TEXT_MAX} bytes")))
        }
        text => Ok(text),
    }
}

/// An address that nobody else logs in with.
fn free_email(tx: &Transaction<'_>, email: Option<&str>, but: Option<i64>) -> Result<(), Error> {
    let taken = tx.row(
        "SELECT 1 FROM users WHERE email = ?1 AND id IS NOT ?2",
        params![email, but],
        |row| row.get::<i64>(0),
    )?;
    match taken {
        Some(_) => Err(Refusal::NameTaken { field: "email" }.into()),
        None => Ok(()),
    }
}

/// Somebody new works here.
///
/// # Errors
/// [`Refusal::Value`], [`Refusal::NameTaken`], [`Refusal::OtherRestaurant`], [`Refusal::NotFound`].
pub fn create(
    tx: &Transaction<'_>,
    actor: &Actor,
    restaurant_id: i64,
    new: &NewStaff,
    pin: &Pin,
) -> Result<StaffFacts, Error> {
    let email = contact("email", new.email.as_deref())?;
    free_email(tx, email, None)?;
    let hash = match pin {
        Pin::New(hash) => Some(hash),
        Pin::Kept | Pin::None => None,
    };
    let id: i64 = tx.one(
        "INSERT INTO users(uuid, restaurant_id, role, name, phone, email, pin_hash, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8) RETURNING id",
        params![
            ids::uuid(),
            restaurant_id,
            new.role.role().name(),
            name(&new.name)?,
            contact("phone", new.phone.as_deref())?,
            email,
            hash,
            tx.now_ms()
        ],
        |row| row.get(0),
    )?;
    drives(tx, id, new.role.role())?;
    section(tx, id, restaurant_id, &new.tables)?;
    let after = get(tx, id)?;
    noted(tx, actor, None, &after)?;
    Ok(after)
}

/// Changes somebody. Whoever has left, is something else now or has another PIN is signed out everywhere.
///
/// # Errors
/// [`Denial::LastManager`], [`Refusal::Value`], [`Refusal::NameTaken`], [`Refusal::OtherRestaurant`], [`Refusal::Version`], [`Refusal::NotFound`].
pub fn patch(
    tx: &Transaction<'_>,
    actor: &Actor,
    id: i64,
    patch: &StaffPatch,
    pin: &Pin,
) -> Result<StaffFacts, Error> {
    let before = get(tx, id)?;
    same_version(patch.expected_version, before.version)?;
    let role = patch.role.map_or(before.role, Part::role);
    let active = patch.is_active.unwrap_or(before.is_active);
    let managed = before.is_active && before.role == Role::Manager;
    if managed && !(active && role == Role::Manager) {
        another_manager(tx, &before)?;
    }
    let name = match &patch.name {
        Some(new) => name(new)?,
        None => &before.name,
    };
    let phone = match &patch.phone {
        Some(new) => contact("phone", Some(new))?,
        None => before.phone.as_deref(),
    };
    let email = match &patch.email {
        Some(new) => contact("email", Some(new))?,
        None => before.email.as_deref(),
    };
    if email != before.email.as_deref() {
        free_email(tx, email, Some(id))?;
    }
    let out = role != before.role || (before.is_active && !active) || *pin != Pin::Kept;
    let told = out
        || active != before.is_active
        || name != before.name
        || phone != before.phone.as_deref()
        || email != before.email.as_deref();
    if told {
        tx.execute(
            "UPDATE users SET name = ?2, role = ?3, phone = ?4, email = ?5, is_active = ?6, token_version = token_version + ?7 WHERE id = ?1",
            params![id, name, role.name(), phone, email, active, out],
        )?;
    }
    match pin {
        Pin::Kept => {}
        Pin::None => set_pin(tx, id, None)?,
        Pin::New(hash) => set_pin(tx, id, Some(hash))?,
    }
    if patch.unlock || *pin != Pin::Kept {
        pins::forget(tx, id)?;
    }
    drives(tx, id, role)?;
    if let Some(tables) = &patch.tables {
        tx.execute("DELETE FROM waiter_tables WHERE user_id = ?1", params![id])?;
        section(tx, id, before.restaurant_id, tables)?;
    }
    let after = get(tx, id)?;
    noted(tx, actor, Some(&before), &after)?;
    Ok(after)
}

fn set_pin(tx: &Transaction<'_>, id: i64, hash: Option<&str>) -> Result<(), Error> {
    tx.execute(
        "UPDATE users SET pin_hash = ?2 WHERE id = ?1",
        params![id, hash],
    )?;
    Ok(())
}

/// Somebody can run the restaurant still.
fn another_manager(tx: &Transaction<'_>, but: &StaffFacts) -> Result<(), Error> {
    let other = tx.row(
        "SELECT 1 FROM users WHERE restaurant_id = ?1 AND role = 'manager' AND is_active AND id <> ?2 LIMIT 1",
        params![but.restaurant_id, but.id],
        |row| row.get::<i64>(0),
    )?;
    match other {
        Some(_) => Ok(()),
        None => Err(Denial::LastManager.into()),
    }
}

/// A driver has a row that says whether they are out.
fn drives(tx: &Transaction<'_>, id: i64, role: Role) -> Result<(), Error> {
    if role == Role::Driver {
        tx.execute(
            "INSERT INTO drivers(user_id, status) VALUES (?1, 'offline') ON CONFLICT(user_id) DO NOTHING",
            params![id],
        )?;
    }
    Ok(())
}

fn section(tx: &Transaction<'_>, id: i64, restaurant_id: i64, wanted: &[Key]) -> Result<(), Error> {
    for key in wanted {
        let table = tables::in_restaurant(tx, ids::table(tx, key)?, restaurant_id)?;
        tx.execute(
            "INSERT INTO waiter_tables(user_id, table_id) VALUES (?1, ?2) ON CONFLICT(user_id, table_id) DO NOTHING",
            params![id, table.id],
        )?;
    }
    Ok(())
}

fn noted(
    tx: &Transaction<'_>,
    actor: &Actor,
    before: Option<&StaffFacts>,
    after: &StaffFacts,
) -> Result<(), Error> {
    let note = Note {
        action: "staff",
        entity: "user",
        id: after.id,
        restaurant_id: after.restaurant_id,
        reason: None,
        before,
        after,
    };
    audit::note(tx, actor, &note)
}

/// Ends all tokens that somebody has got until now.
///
/// # Errors
/// [`Error::Store`].
pub fn sign_out(tx: &Transaction<'_>, id: i64) -> Result<(), Error> {
    tx.execute(
        "UPDATE users SET token_version = token_version + 1 WHERE id = ?1",
        params![id],
    )?;
    tx.execute(
        "UPDATE device_signs SET user_id = NULL WHERE user_id = ?1",
        params![id],
    )?;
    Ok(())
}

/// Somebody who can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = StaffName)]
pub struct Name {
    /// Who.
    pub id: i64,
    /// What they are called.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// Without one they cannot.
    pub has_pin: bool,
}

/// Those who can sign in at a restaurant, by name.
///
/// # Errors
/// [`Error::Store`].
pub fn names(db: &Reader<'_>, restaurant_id: i64) -> Result<Vec<Name>, Error> {
    let all = list(db, restaurant_id)?.into_iter();
    let active = all.filter(|one| one.is_active);
    Ok(active
        .map(|one| Name {
            id: one.id,
            name: one.name,
            role: one.role,
            has_pin: one.has_pin,
        })
        .collect())
}
