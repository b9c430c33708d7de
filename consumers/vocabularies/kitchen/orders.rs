//! What the kitchen's sockets and its HTTP ask for alike.

use crate::access::{Action, Bearer};
use crate::domain::orders::{self, Move, Moved};
use crate::domain::{KITCHEN, Refusal, Role, Status};
use maitred::{Error, Transaction};
use schemars::JsonSchema;
use serde::Deserialize;

/// What is on a kitchen's screen when nobody says which: the document's five.
pub const ACTIVE: [Status; 5] = [
    Status::New,
    Status::Pending,
    Status::Confirmed,
    Status::Preparing,
    Status::Ready,
];

/// The statuses that words name: all that look like one of them, or exactly the canonical one.
///
/// # Errors
/// [`Refusal::UnknownStatus`].
pub fn statuses<'w>(words: impl IntoIterator<Item = &'w str>) -> Result<Vec<Status>, Refusal> {
    let mut all = Vec::new();
    for word in words {
        let alike = |status: &Status| KITCHEN.word(*status) == word;
        let before = all.len();
        all.extend(Status::ALL.into_iter().filter(alike));
        if all.len() == before {
            all.push(KITCHEN.parse(word)?);
        }
    }
    Ok(all)
}

/// A status that is asked for.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct StatusRequest {
    pub status: String,
    #[serde(default)]
    pub reason: Option<String>,
    /// Against the workflow, by a manager, with a reason.
    #[serde(default, rename = "override")]
    pub force: bool,
    /// The version the asker saw.
    #[serde(default)]
    pub version: Option<i64>,
}

/// Moves an order on, in the kitchen's words: what a cook has completed is handed over, but whether it is paid is not theirs to say; and who puts
/// something that was ready back on the stove calls it back.
///
/// # Errors
/// As for [`orders::change_status`].
pub fn change_status(
    tx: &Transaction<'_>,
    bearer: &Bearer,
    order: i64,
    wish: &StatusRequest,
) -> Result<Moved, Error> {
    if wish.force {
        bearer.may(Action::OverrideOrder)?;
    }
    let actor = bearer.actor();
    let wanted = Move::word(&KITCHEN, &wish.status)?;
    let from = orders::get(tx, order)?.status;
    let to = match wanted.to {
        Status::Completed if actor.role == Role::Kitchen => Status::Delivered,
        to => to,
    };
    // Handed over and closed look the same: it is done already.
    let to = if KITCHEN.alike(from, to)
        && KITCHEN.alike(to, Status::Completed)
        && actor.role == Role::Kitchen
    {
        from
    } else {
        to
    };
    let wanted = Move {
        to,
        reason: wish.reason.clone(),
        back: (from, to) == (Status::Ready, Status::Preparing),
        force: wish.force,
        expected_version: wish.version,
        ..wanted
    };
    orders::change_status(tx, &actor, order, &wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stands_for_all_that_look_like_it() {
        let named = |words: &[&str]| statuses(words.iter().copied());
        let done = [Status::OutForDelivery, Status::Delivered, Status::Completed];
        assert_eq!(named(&["completed"]).unwrap(), done);
        assert_eq!(
            named(&["new", "ready"]).unwrap(),
            [Status::New, Status::Ready]
        );
        assert_eq!(named(&["delivered"]).unwrap(), [Status::Delivered]);
        assert!(named(&["ready_for_pickup"]).is_err());
    }
}
