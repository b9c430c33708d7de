//! Letting somebody in: to do one thing, or to a connection.

use super::target::Ownership;
use super::{Action, Bearer, Claims, Target, Who};
use crate::domain::{Key, Refusal, ids};
use crate::events::Group;
use crate::restaurant::Restaurant;
use maitred::{Context, Error, Identity, Kind, Reader};

/// Lets pass who may do `action` to `target`, and says who it is.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `SESSION_CLOSED`. A guest cannot tell what is not there from what is not theirs.
pub fn may(
    identity: &Identity<Claims>,
    action: Action,
    target: Target,
    db: &Reader<'_>,
) -> Result<Bearer, Error> {
    let bearer = Bearer::of(identity, db)?;
    bearer.may(action)?;
    let owner = Ownership::of(target, db)?;
    let near = owner.is_some_and(|owner| bearer.reaches(action, target, &owner));
    match owner {
        Some(_) if near => Ok(bearer),
        Some(_) if bearer.who != Who::Guest => Err(Error::client(
            Kind::Forbidden,
            "FORBIDDEN",
            "this belongs to somebody else",
        )),
        _ => Err(target.not_found()),
    }
}

/// Opens a connection to those who may, and joins it to `group`: they are judged now, with each command, and whenever their account or what let them in
/// changes. A guest hears nothing of what was before their visit, whatever number they come back with.
///
/// # Errors
/// As [`may`].
pub async fn enter(
    ctx: &mut Context<Restaurant>,
    action: Action,
    target: Target,
    group: Group,
) -> Result<(), Error> {
    let mut admitted_at = 0;
    if ctx.identity().claims.is_some() {
        let identity = ctx.identity().clone();
        let (bearer, from) = ctx
            .read(move |db| {
                let bearer = Bearer::of(&identity, db)?;
                let from = bearer.admitted_at(db)?;
                Ok((bearer, from))
            })
            .await?;
        admitted_at = from;
        // Joined before they are judged: no change of the account may pass between.
        bearer.own_groups().for_each(|group| ctx.join(group));
    }
    ctx.guard(move |identity, db| may(identity, action, target, db).map(drop))
        .await?;
    ctx.join_after(group, admitted_at);
    Ok(())
}

/// Opens a connection to those who may do this in whole restaurants: in all that they belong to (`None`: in all that there are and will be), or in `wanted` alone.
/// They are judged now, with each command, and whenever their account changes. Which groups they join is the caller's.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`.
pub async fn enter_restaurants(
    ctx: &mut Context<Restaurant>,
    action: Action,
    wanted: Option<Key>,
) -> Result<Option<Vec<i64>>, Error> {
    let identity = ctx.identity().clone();
    let (bearer, own) = ctx
        .read(move |db| {
            let bearer = Bearer::of(&identity, db)?;
            bearer.may(action)?;
            let own = match (&bearer.restaurants, &wanted) {
                (own, Some(wanted)) => {
                    let wanted = ids::restaurant(db, wanted)?;
                    if own.as_ref().is_some_and(|own| !own.contains(&wanted)) {
                        return Err(elsewhere());
                    }
                    Some(vec![wanted])
                }
                (own, None) => own.clone(),
            };
            Ok((bearer, own))
        })
        .await?;
    // Joined before they are judged: no change of the account may pass between.
    bearer.own_groups().for_each(|group| ctx.join(group));
    let heard = own.clone();
    // Whoever lost one of the restaurants comes again, for what is left.
    ctx.guard(move |identity, db| {
        let bearer = Bearer::of(identity, db)?;
        bearer.may(action)?;
        let still = match (&bearer.restaurants, &heard) {
            (None, _) => true,
            (Some(own), Some(heard)) => heard.iter().all(|restaurant| own.contains(restaurant)),
            (Some(_), None) => false,
        };
        match still {
            true => Ok(()),
            false => Err(elsewhere()),
        }
    })
    .await?;
    Ok(own)
}

fn elsewhere() -> Error {
    Refusal::Forbidden("this restaurant is somebody else's".into()).into()
}
