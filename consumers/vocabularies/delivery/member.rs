//! Who somebody is on the platform, by the rows as they are now.

use crate::access::Claims;
use crate::access::{self, Action, Bearer, Target, Who};
use crate::domain::{Refusal, Role, accounts};
use maitred::{Error, Identity, Kind, Reader, Transaction};

/// Somebody on the platform.
pub struct Member {
    pub bearer: Bearer,
    pub part: Part,
    /// The token, as this vocabulary reads it.
    identity: Identity<Claims>,
}

/// What they are there for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Ordering: their account.
    User(i64),
    /// Cooking: their restaurants; `None`: all.
    Restaurant(Option<Vec<i64>>),
    /// Driving: their account, and the restaurants they drive for; `None`: all.
    Driver(i64, Option<Vec<i64>>),
}

impl Member {
    /// Who an identity is here. Somebody whose account is not there yet is nobody: see [`enroll`].
    ///
    /// # Errors
    /// `UNAUTHENTICATED`, `FORBIDDEN`.
    pub fn of(identity: &Identity<Claims>, db: &Reader<'_>) -> Result<Member, Error> {
        let mut identity = identity.clone();
        let mut bearer = Bearer::of(&identity, db)?;
        if let Some(claims) = &mut identity.claims
            && claims.role == Role::Manager
            && bearer.account.is_none()
            && !claims.names_restaurant()
        {
            // This vocabulary's issuers have no other number for a restaurant than its owner's: the subject.
            claims.restaurant_id.clone_from(&claims.sub);
            bearer = Bearer::of(&identity, db)?;
        }
        let Some(claims) = &identity.claims else {
            return Err(unknown("a token is needed"));
        };
        bearer.may(Action::JoinPlatform)?;
        let named = bearer.restaurants().map(<[i64]>::to_vec);
        let part = match (bearer.who, bearer.account) {
            (Who::Guest, _) if claims.session_id.is_some() || claims.table_id.is_some() => {
                return Err(Refusal::Forbidden("this token is for a table".into()).into());
            }
            (Who::Guest, Some(account)) => Part::User(account),
            (Who::Driver, Some(account)) => {
                let bound =
                    claims.names_restaurant() || named.as_ref().is_some_and(|n| !n.is_empty());
                Part::Driver(account, named.filter(|_| bound))
            }
            (Who::Guest | Who::Driver, None) => {
                return Err(unknown("nobody here has this account"));
            }
            _ if named.as_ref().is_some_and(Vec::is_empty) => {
                return Err(Refusal::Forbidden("the token names no restaurant".into()).into());
            }
            _ => Part::Restaurant(named),
        };
        Ok(Member {
            bearer,
            part,
            identity,
        })
    }

    /// Lets pass who may do this to an order.
    ///
    /// # Errors
    /// As [`access::may`].
    pub fn may(&self, action: Action, order: i64, db: &Reader<'_>) -> Result<(), Error> {
        access::may(&self.identity, action, Target::Order(order), db).map(drop)
    }

    /// Whether what a restaurant has on offer is for them.
    pub fn drives_for(&self, restaurant: i64) -> bool {
        match &self.part {
            Part::Driver(_, own) => own.as_ref().is_none_or(|own| own.contains(&restaurant)),
            _ => false,
        }
    }
}

/// Makes the account that a valid token names, if there is none. Those who come again are not written again.
///
/// # Errors
/// As [`accounts::ensure`].
pub fn enroll(identity: &Identity<Claims>, tx: &Transaction<'_>) -> Result<(), Error> {
    if let Some(claims) = &identity.claims
        && matches!(claims.role, Role::Customer | Role::Driver)
        && claims.session_id.is_none()
        && claims.table_id.is_none()
    {
        let key = claims.account();
        let key = key.ok_or_else(|| unknown("the token does not say who it is"))?;
        accounts::ensure(tx, key, claims.role)?;
    }
    Ok(())
}

/// Whether [`enroll`] has something to do.
///
/// # Errors
/// [`Error::Store`].
pub fn is_new(identity: &Identity<Claims>, db: &Reader<'_>) -> Result<bool, Error> {
    let Some(claims) = &identity.claims else {
        return Ok(false);
    };
    match claims
        .account()
        .map(|key| crate::domain::ids::user(db, key))
    {
        Some(Err(Error::Client(refusal))) if refusal.kind == Kind::NotFound => {
            Ok(matches!(claims.role, Role::Customer | Role::Driver))
        }
        Some(Err(error)) => Err(error),
        Some(Ok(_)) | None => Ok(false),
    }
}

fn unknown(text: &'static str) -> Error {
    Error::client(Kind::Unauthenticated, "UNAUTHENTICATED", text)
}
