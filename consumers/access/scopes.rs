//! What a token may be limited to, whatever its bearer may.

use super::Action;
use maitred::{Error, Kind};
use serde::{Deserialize, Serialize};

/// What a token is limited to: words between spaces, or a list of them (RFC 8693, section 4.2). `orders:read`, `orders:write` and `kitchen` mean something here, others
/// allow nothing. OpenID's own words say what is told about a person and limit nothing.
///
/// ```
/// use restaurant::access::Scopes;
/// let scopes: Scopes = serde_json::from_str(r#""openid orders:read""#)?;
/// assert!(scopes.limit() && scopes.has("orders:read") && !scopes.has("orders:write"));
/// let scopes: Scopes = serde_json::from_str(r#"["openid", "profile"]"#)?;
/// assert!(!scopes.limit());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(from = "Spelled")]
pub struct Scopes(Vec<String>);

#[derive(Deserialize)]
#[serde(untagged)]
enum Spelled {
    Words(String),
    List(Vec<String>),
}

impl From<Spelled> for Scopes {
    fn from(spelled: Spelled) -> Self {
        Scopes(match spelled {
            Spelled::Words(words) => words.split_whitespace().map(str::to_owned).collect(),
            Spelled::List(list) => list,
        })
    }
}

impl Scopes {
    /// Whether there is more than OpenID's own words. An empty scope allows nothing.
    pub fn limit(&self) -> bool {
        const OPENID: [&str; 6] = [
            "openid",
            "profile",
            "email",
            "address",
            "phone",
            "offline_access",
        ];
        self.0.is_empty() || self.0.iter().any(|word| !OPENID.contains(&word.as_str()))
    }

    /// Whether this one is among them.
    pub fn has(&self, scope: &str) -> bool {
        self.0.iter().any(|word| word == scope)
    }
}

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
        | Action::ReadPayments
        | Action::ReadHistory
        | Action::ReadNumbers
        | Action::RunDashboard
        | Action::TrackOrder
        | Action::JoinPlatform
        | Action::ReadDeliveries
        | Action::ReadNames
        | Action::ReadHouse
        | Action::ReportDevice
        | Action::ReadOwnOrders
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
