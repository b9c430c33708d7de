//! Who may hear and do what, for sockets and REST alike.
//!
//! Judged on the rows as they are now, never on what a token said when it was issued: the account must be active and still have that role, a guest's
//! visit must not be over, and everybody but an admin without a restaurant stays within their own restaurants. Imports `events` and `domain`.

mod bearer;
mod claims;
mod entry;
mod rules;
mod scopes;
mod target;

pub use bearer::Bearer;
pub use claims::Claims;
pub use entry::{enter, enter_restaurants, may};
pub use rules::{Action, Who};
pub use scopes::Scopes;
pub use target::Target;
