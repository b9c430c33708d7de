//! Writing down that money came, and who may say so.

use super::PaymentState;
use super::facts::{Method, Share};
use crate::db::{Error, Transaction, params};
use crate::domain::{Actor, Refusal, Role, ids, progress};

/// Money that came, or is being asked for.
#[derive(Debug, Clone)]
pub(in crate::domain) struct Booking<'b> {
    /// The order that it is for.
    pub order_id: i64,
    /// The visit that it was taken for.
    pub session_id: Option<i64>,
    pub amount_minor: i64,
    pub tip_minor: i64,
    pub method: Method,
    /// A terminal is asking for it.
    pub pending: bool,
    pub provider_ref: Option<&'b str>,
    /// Whose key it is, and the key: a second payment of it is none.
    pub key: Option<(&'b str, &'b str)>,
    /// What makes several rows one payment.
    pub group_uuid: Option<&'b str>,
    pub share: Option<Share>,
}

impl Booking<'_> {
    /// Cash for an order, and nothing else known.
    pub fn of(order_id: i64, amount_minor: i64) -> Self {
        Booking {
            order_id,
            session_id: None,
            amount_minor,
            tip_minor: 0,
            method: Method::Cash,
            pending: false,
            provider_ref: None,
            key: None,
            group_uuid: None,
            share: None,
        }
    }
}

/// Those who take money in the house. Guests pay through a provider, whose word it is that the money came; drivers at the door: see
/// [`deliveries`](crate::domain::deliveries).
///
/// # Errors
/// [`Refusal::Forbidden`].
pub(in crate::domain) fn takes(actor: &Actor) -> Result<(), Refusal> {
    match actor.role {
        Role::Waiter | Role::Manager | Role::Admin | Role::System if !actor.anonymous => Ok(()),
        _ => Err(Refusal::Forbidden(
            "only waiter, manager, admin may do this".into(),
        )),
    }
}

/// Writes a payment down and says its id. An order that is served and now paid is completed.
///
/// # Errors
/// [`Error::Store`].
pub(in crate::domain) fn book(
    tx: &Transaction<'_>,
    actor: &Actor,
    booking: &Booking<'_>,
) -> Result<i64, Error> {
    let (state, captured_at) = match booking.pending {
        true => (PaymentState::Pending, None),
        false => (PaymentState::Captured, Some(tx.now_ms())),
    };
    let label = actor.label();
    let (scope, key) = match booking.key {
        Some((scope, key)) => (scope, Some(key)),
        None => (&*label, None),
    };
    let id = tx.one(
        "INSERT INTO payments(uuid, order_id, session_id, amount_minor, tip_minor, method, status, provider_ref, idempotency_key, scope, taken_by,
           created_at, updated_at, captured_at, group_uuid, share_n, share_of)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?13, ?14, ?15, ?16) RETURNING id",
        params![
            ids::uuid(),
            booking.order_id,
            booking.session_id,
            booking.amount_minor,
            booking.tip_minor,
            booking.method.name(),
            state.name(),
            booking.provider_ref,
            key,
            scope,
            actor.user_id,
            tx.now_ms(),
            captured_at,
            booking.group_uuid,
            booking.share.map(|share| share.n),
            booking.share.map(|share| share.of)
        ],
        |row| row.get(0),
    )?;
    progress::settle(tx, booking.order_id)?;
    Ok(id)
}
