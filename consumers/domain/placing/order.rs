//! Placing an order.

use super::NewLine;
use super::pricing::{Terms, insert, placed, price, sum};
use crate::db::{Error, Transaction, params};
use crate::domain::orders::{self, OrderFacts, OrderType, Source};
use crate::domain::restaurants::Approval;
use crate::domain::sessions::SessionFacts;
use crate::domain::{
    Actor, Key, Refusal, Role, Status, ids, note, qr, restaurants, sessions, tables, waiters,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An order that is to be placed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct NewOrder {
    pub restaurant_id: Key,
    #[serde(default)]
    pub table_id: Option<Key>,
    #[serde(default)]
    pub waiter_id: Option<Key>,
    #[serde(default, rename = "type")]
    pub order_type: OrderType,
    /// Where it came from; what the actor is decides when it is not said.
    #[serde(default)]
    pub source: Option<Source>,
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub allergy_note: Option<String>,
    /// Who gets it, where that is not a table: their number in `customers`.
    #[serde(default)]
    pub customer_id: Option<i64>,
    /// The same for somebody who is not known yet.
    #[serde(skip)]
    pub customer: Option<NewCustomer>,
    /// Where it is driven to.
    #[serde(skip)]
    pub address: Option<String>,
    /// How to reach them on the way.
    #[serde(skip)]
    pub phone: Option<String>,
    #[schema(min_items = 1, max_items = 200)]
    pub items: Vec<NewLine>,
}

impl NewOrder {
    /// An order at a restaurant, of nothing yet.
    pub fn at(restaurant_id: Key) -> Self {
        NewOrder {
            restaurant_id,
            table_id: None,
            waiter_id: None,
            order_type: OrderType::default(),
            source: None,
            note: None,
            allergy_note: None,
            customer_id: None,
            address: None,
            phone: None,
            customer: None,
            items: Vec::new(),
        }
    }

    /// What an order has no column for.
    fn attributes(&self) -> Result<Option<String>, Error> {
        #[derive(Serialize)]
        struct Attributes<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            address: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            phone: Option<&'a str>,
        }
        let (address, phone) = (self.address.as_deref(), self.phone.as_deref());
        if address.is_none() && phone.is_none() {
            return Ok(None);
        }
        Ok(Some(serde_json::to_string(&Attributes { address, phone })?))
    }
}

/// Somebody who says who they are.
#[derive(Debug, Clone, Default)]
pub struct NewCustomer {
    /// What to call out when it is ready.
    pub name: String,
    /// How to reach them.
    pub phone: Option<String>,
}

/// The longest name, and the longest telephone number, in bytes.
const CONTACT_MAX: usize = 200;
/// Places an order at the menu's prices. It belongs to the visit that is going on at its table. A guest's waits for approval where the restaurant
/// wants that; others are confirmed at once where it wants that.
///
/// # Errors
/// [`Refusal::Value`], [`Refusal::SoldOut`], [`Refusal::OpenItems`], [`Refusal::OtherRestaurant`], [`Refusal::TableInactive`], [`Refusal::Forbidden`],
/// [`Refusal::NotFound`].
pub fn create(tx: &Transaction<'_>, actor: &Actor, new: &NewOrder) -> Result<OrderFacts, Error> {
    if matches!(actor.role, Role::Display | Role::Driver) {
        return Err(Refusal::Forbidden("this role places no orders".into()).into());
    }
    let restaurant = restaurants::get(tx, ids::restaurant(tx, &new.restaurant_id)?)?;
    for (field, text) in [
        ("note", &new.note),
        ("allergy_note", &new.allergy_note),
        ("deliveryAddress", &new.address),
        ("phone", &new.phone),
    ] {
        note::check(field, text.as_deref())?;
    }
    let table = match &new.table_id {
        Some(key) => Some(tables::in_restaurant(
            tx,
            ids::table(tx, key)?,
            restaurant.id,
        )?),
        None => None,
    };
    if table.as_ref().is_some_and(|table| !table.is_active) {
        return Err(Refusal::TableInactive.into());
    }
    if let Some(table) = &table {
        qr::may_order(actor, table)?;
    }
    let visit = match &table {
        Some(table) => sessions::open_at(tx, table.id)?,
        None => None,
    };
    if let (Role::Customer, Some(own)) = (actor.role, actor.session_id)
        && visit.as_ref().map(|visit| visit.id) != Some(own)
    {
        return Err(Refusal::SessionClosed.into());
    }
    let waiter_id = match &new.waiter_id {
        Some(key) => Some(waiters::in_restaurant(tx, key, restaurant.id)?),
        None => match visit.as_ref().and_then(|visit| visit.waiter_id) {
            Some(waiter) => Some(waiter),
            None => actor.user_id.filter(|_| actor.role == Role::Waiter),
        },
    };
    let customer_id = match (actor.role, actor.user_id) {
        // A guest orders for themselves, whatever the request says.
        (Role::Customer, Some(user)) => Some(customer_of(tx, user)?),
        (Role::Customer, None) => None,
        _ => new
            .customer_id
            .map(|id| ids::customer(tx, id))
            .transpose()?,
    };
    let customer_id = match (customer_id, &new.customer) {
        (None, Some(customer)) => Some(make_customer(tx, customer)?),
        (known, _) => known,
    };
    let source = new.source.unwrap_or(match actor.role {
        Role::Customer => Source::Qr,
        Role::Waiter => Source::Waiter,
        _ => Source::Api,
    });
    let status = match &restaurant.settings {
        s if actor.role == Role::Customer && waits(tx, s.approval, visit.as_ref())? => Status::New,
        s if s.auto_confirm => Status::Confirmed,
        _ => Status::Pending,
    };
    let terms = Terms {
        restaurant_id: restaurant.id,
        currency_exp: restaurant.currency_exp,
        open_items: restaurant.settings.allow_open_items
            || (actor.role.is_staff() && !actor.anonymous),
    };
    let lines = price(tx, &terms, &new.items)?;
    for line in new
        .items
        .iter()
        .zip(&lines)
        .filter(|(new, _)| new.uuid.is_some())
    {
        if placed(tx, &line.1.uuid)?.is_some() {
            return Err(Refusal::LineExists.into());
        }
    }
    let subtotal = sum(&lines)?;
    let now = tx.now_ms();
    let id = ids::next_order(tx)?;
    tx.execute(
        "INSERT INTO orders(id, uuid, public_id, restaurant_id, status, type, source, table_id, session_id, waiter_id, customer_id, subtotal_minor,
           total_minor, note, allergy_note, created_at, updated_at, created_by, confirmed_at, attributes_json)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?13, ?14, ?15, ?15, ?16, ?17, ?18)",
        params![
            id,
            ids::uuid(),
            ids::public_id(tx, restaurant.id, id)?,
            restaurant.id,
            status.name(),
            new.order_type.name(),
            source.name(),
            table.map(|table| table.id),
            visit.map(|visit| visit.id),
            waiter_id,
            customer_id,
            subtotal,
            &new.note,
            &new.allergy_note,
            now,
            actor.user_id,
            Some(now).filter(|_| status == Status::Confirmed),
            new.attributes()?
        ],
    )?;
    insert(tx, id, 1, &lines)?;
    orders::get(tx, id)
}

/// Whether a guest's order waits for a waiter. Who sits at no table has nobody who has looked at them.
fn waits(
    tx: &Transaction<'_>,
    approval: Approval,
    visit: Option<&SessionFacts>,
) -> Result<bool, Error> {
    match (approval, visit) {
        (Approval::Off, _) => Ok(false),
        (Approval::All, _) | (Approval::First, None) => Ok(true),
        (Approval::First, Some(visit)) => {
            let approved = tx.row(
                "SELECT 1 FROM orders WHERE session_id = ?1 AND approved_at IS NOT NULL LIMIT 1",
                params![visit.id],
                |row| row.get::<i64>(0),
            )?;
            Ok(approved.is_none())
        }
    }
}

fn make_customer(tx: &Transaction<'_>, new: &NewCustomer) -> Result<i64, Error> {
    let phone = new.phone.as_deref().unwrap_or_default();
    for (field, text) in [("name", new.name.as_str()), ("phone", phone)] {
        if text.len() > CONTACT_MAX {
            return Err(Refusal::value(field, format!("at most {CONTACT_MAX} bytes")).into());
        }
    }
    tx.one(
        "INSERT INTO customers(name, phone) VALUES (?1, ?2) RETURNING id",
        params![&new.name, &new.phone],
        |row| row.get(0),
    )
}

fn customer_of(tx: &Transaction<'_>, user: i64) -> Result<i64, Error> {
    let found = tx.row(
        "SELECT id FROM customers WHERE user_id = ?1",
        params![user],
        |row| row.get(0),
    )?;
    match found {
        Some(id) => Ok(id),
        None => tx.one(
            "INSERT INTO customers(user_id, name, phone) SELECT id, name, phone FROM users WHERE id = ?1 RETURNING id",
            params![user],
            |row| row.get(0),
        ),
    }
}
