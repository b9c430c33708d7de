//! What is done before a command, because it takes long: looking at a PIN, making its hash. The command gets a body without the PIN, and what was found out.

use super::logins::{hashed, knows};
use super::object;
use crate::access::{Action, Bearer, Claims};
use crate::domain::pins::{self, By};
use crate::domain::{Denial, Key, Refusal, ids};
use crate::restaurant::Restaurant;
use bytes::Bytes;
use maitred::{Api, Command, Error, Identity};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::pin::Pin;

/// A request before its command.
pub struct Before {
    /// What it was sent to.
    pub api: Api<Restaurant>,
    /// Who asks.
    pub identity: Identity<Claims>,
    /// What it brings.
    pub body: Bytes,
}

/// What the command gets.
pub struct Prepared {
    /// The body, without what is secret in it.
    pub body: Bytes,
    /// What was found out.
    pub found: Found,
}

/// What was found out before a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Found {
    /// There was nothing to find out.
    #[default]
    Nothing,
    /// Whoever has this row in `users` has allowed it by PIN.
    Approval(i64),
    /// The PIN is to be removed.
    NoPin,
    /// What is kept of a new PIN.
    PinHash(String),
}

/// What is being done before a command.
pub type Preparing = Pin<Box<dyn Future<Output = Result<Prepared, Error>> + Send>>;

/// A manager's PIN: `"approval": {"user_id": 30, "pin": "1234"}`. A wrong one counts, whatever the command would have done.
pub fn approval(before: Before) -> Preparing {
    Box::pin(async move {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Approval {
            user_id: Key,
            pin: String,
        }
        let mut body: Map<String, Value> = object(&before.body)?;
        let Some(asked) = body.get("approval").filter(|asked| !asked.is_null()) else {
            let found = Found::Nothing;
            let body = before.body;
            return Ok(Prepared { body, found });
        };
        let Approval { user_id, pin } =
            Approval::deserialize(asked).map_err(|e| Refusal::value("approval", e.to_string()))?;
        pins::check(&pin)?;
        let identity = before.identity;
        let (by, manager, restaurant) = before
            .api
            .read(move |db| {
                let bearer = Bearer::of(&identity, db)?;
                bearer.may(Action::AskApproval)?;
                let manager = ids::user(db, &user_id)?;
                let restaurant = match bearer.restaurants() {
                    Some([only]) => *only,
                    _ => return Err(Denial::NotAManager.into()),
                };
                pins::approver(db, manager, restaurant)?;
                let by = match (bearer.device, bearer.account) {
                    (Some(device), _) => By::Device(device),
                    (None, Some(account)) => By::Colleague(account),
                    (None, None) => By::Address(bearer.actor().label()),
                };
                Ok((by, manager, restaurant))
            })
            .await?;
        enter(&before.api, by, manager, restaurant, pin).await?;
        body.insert("approval".to_owned(), manager.into());
        Ok(Prepared {
            body: serde_json::to_vec(&body)?.into(),
            found: Found::Approval(manager),
        })
    })
}

/// A PIN that somebody is to have: `"pin": "1234"`, or `null` for none any more.
pub fn new_pin(before: Before) -> Preparing {
    Box::pin(async move {
        let mut body: Map<String, Value> = object(&before.body)?;
        let found = match body.remove("pin") {
            None => Found::Nothing,
            Some(Value::Null) => Found::NoPin,
            Some(Value::String(pin)) => {
                pins::check(&pin)?;
                // Only who may give somebody a PIN has one made.
                let identity = before.identity.clone();
                let may = move |db: &maitred::Reader<'_>| {
                    Bearer::of(&identity, db)?.may(Action::ManageStaff)
                };
                before.api.read(may).await?;
                Found::PinHash(hashed(pin).await?)
            }
            Some(_) => return Err(Refusal::value("pin", "four to six digits, as text").into()),
        };
        // That there was one is in what is kept of the request, so that a repetition without it is another one.
        match found {
            Found::Nothing => {}
            Found::NoPin => drop(body.insert("pin".to_owned(), Value::Null)),
            _ => drop(body.insert("pin".to_owned(), "****".into())),
        }
        Ok(Prepared {
            body: serde_json::to_vec(&body)?.into(),
            found,
        })
    })
}

/// Looks at a PIN and says whose it is: counted before, taken back when it was right.
///
/// # Errors
/// [`Denial::WrongPin`], [`Denial::Locked`].
pub async fn enter(
    api: &Api<Restaurant>,
    by: By,
    account: i64,
    restaurant: i64,
    pin: String,
) -> Result<pins::Holder, Error> {
    let tries = by.clone();
    let tried = api
        .write(Command::new(), move |tx| {
            pins::attempt(tx, &tries, account, restaurant)
        })
        .await?;
    let hash = tried.holder.and_then(|holder| holder.pin_hash);
    let same = hash.clone();
    if !knows(pin, hash).await? {
        let attempts_left = tried.attempts_left;
        return Err(Denial::WrongPin { attempts_left }.into());
    }
    // Whoever has left meanwhile, or has another PIN now, is not let in.
    api.write(Command::new(), move |tx| {
        pins::right(tx, &by, account)?;
        let holder = pins::holder(tx, account, restaurant)?;
        let holder = holder.filter(|holder| holder.pin_hash == same);
        Ok(holder.ok_or(Denial::WrongPin {
            attempts_left: tried.attempts_left,
        })?)
    })
    .await
}
