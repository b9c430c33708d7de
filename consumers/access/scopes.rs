//! What a token may be limited to, whatever its bearer may.

use super::Action;
use crate::restaurant::Scopes;
use maitred::{Error, Kind};
use serde::Serialize;

const READ: &str = "orders:read";
const WRITE: &str = "orders:write";
const KITCHEN: &str = "kitchen";

/// One of these is enough. A screen in the kitchen reads the orders that it shows.
const fn wanted(action: Action) -> &'static [&'static str] {
    match action {
        Action::HearKitchen => &[READ, KITCHEN],
        Action::HearOrder
        | Action::HearTable
        | Action::HearSession
        | Action::HearWaiter
        | Action::HearFloor
        | Action::HearRestaurant
        | Action::HearChanges
        | Action::ReadLists
        | Action::ReadMenu
        | Action::RunDashboard
        | Action::TrackOrder
        | Action::JoinPlatform
        | Action::ReadDeliveries
        | Action::HearWorkshop
        | Action::ReadJobs => &[READ],
        Action::Alert => &[KITCHEN],
        _ => &[WRITE],
    }
}

/// Lets pass a token whose scope covers the action, or that has none.
pub(super) fn allow(scopes: Option<&Scopes>, action: Action) -> Result<(), Error> {
    let wanted = wanted(action);
    match scopes.filter(|scopes| scopes.limit()) {
        Some(scopes) if !wanted.iter().any(|scope| scopes.has(scope)) => {
            let text = format!("this needs a token with the scope {}", wanted.join(" or "));
            Err(missing(text, wanted))
        }
        _ => Ok(()),
    }
}

fn missing(text: String, wanted: &[&str]) -> Error {
    #[derive(Serialize)]
    struct Missing<'a> {
        scopes: &'a [&'a str],
    }
    let error = maitred::ClientError::new(Kind::Forbidden, "FORBIDDEN", text);
    Error::Client(error.with_details(&Missing { scopes: wanted }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(scope: &str, action: Action) -> bool {
        let scopes = serde_json::from_value(scope.into()).unwrap();
        allow(Some(&scopes), action).is_ok()
    }

    #[test]
    fn a_scope_limits_what_a_role_may() {
        for (scope, hears, alerts, moves) in [
            ("orders:read", true, false, false),
            ("kitchen", true, true, false),
            ("orders:write kitchen", true, true, true),
            ("orders:write", false, false, true),
            ("openid profile", true, true, true),
            ("menu:read", false, false, false),
            ("", false, false, false),
        ] {
            assert_eq!(allowed(scope, Action::HearKitchen), hears, "{scope}");
            assert_eq!(allowed(scope, Action::Alert), alerts, "{scope}");
            assert_eq!(allowed(scope, Action::MoveOrder), moves, "{scope}");
        }
        assert!(allow(None, Action::MoveOrder).is_ok());
        for (action, reads) in [
            (Action::RunDashboard, true),
            (Action::JoinPlatform, true),
            (Action::ReadDeliveries, true),
            (Action::HearWorkshop, true),
            (Action::ReadJobs, true),
            (Action::EditJobs, false),
            (Action::TakeOffer, false),
            (Action::OrderDelivery, false),
            (Action::OrderOnline, false),
        ] {
            assert_eq!(allowed("orders:read", action), reads, "{action:?}");
        }
    }
}
