//! Who asks.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use utoipa::ToSchema;

/// What somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Eats: acts on own orders.
    #[serde(alias = "user", alias = "guest")]
    Customer,
    /// Serves.
    #[serde(alias = "staff")]
    Waiter,
    /// Cooks, or runs the pass.
    Kitchen,
    /// Delivers.
    Driver,
    /// Runs a restaurant.
    #[serde(alias = "restaurant", alias = "owner")]
    Manager,
    /// Runs all of them.
    Admin,
    /// A screen: hears only.
    Display,
    /// The house itself: what follows from something else. No token says so.
    #[serde(skip_deserializing)]
    System,
}

impl Role {
    /// As `users.role` and the workflows' rows spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Role::Customer => "customer",
            Role::Waiter => "waiter",
            Role::Kitchen => "kitchen",
            Role::Driver => "driver",
            Role::Manager => "manager",
            Role::Admin => "admin",
            Role::Display => "display",
            Role::System => "system",
        }
    }

    /// Manager or admin: may override, force and void.
    pub const fn manages(self) -> bool {
        matches!(self, Role::Manager | Role::Admin | Role::System)
    }

    /// Works here: may write free text on a bill.
    pub const fn is_staff(self) -> bool {
        matches!(
            self,
            Role::Waiter | Role::Kitchen | Role::Manager | Role::Admin | Role::System
        )
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotARole;

impl FromStr for Role {
    type Err = NotARole;
    /// Understands the synonyms that tokens use. Nobody is told that they are the house itself.
    fn from_str(text: &str) -> Result<Self, NotARole> {
        Ok(match text {
            "customer" | "user" | "guest" => Role::Customer,
            "waiter" | "staff" => Role::Waiter,
            "kitchen" => Role::Kitchen,
            "driver" => Role::Driver,
            "manager" | "restaurant" | "owner" => Role::Manager,
            "admin" => Role::Admin,
            "display" => Role::Display,
            _ => return Err(NotARole),
        })
    }
}

/// Who asks for something. What may be heard was judged before; here it is about what may be done.
#[derive(Debug, Clone)]
pub struct Actor {
    /// What they are.
    pub role: Role,
    /// Their row in `users`, if there is one: it is written into the rows they make, so it must exist.
    pub user_id: Option<i64>,
    /// The visit a guest takes part in.
    pub session_id: Option<i64>,
    /// What people call them.
    pub name: Option<String>,
    /// The device of the house that they use.
    pub device: Option<i64>,
    /// The manager who allowed this by PIN, where the role alone may not: their row in `users`.
    pub approved_by: Option<i64>,
    /// No token says so: a demo's visitor who plays the role.
    pub anonymous: bool,
}

impl Actor {
    /// Somebody with an account.
    pub fn user(role: Role, user_id: i64) -> Self {
        Actor {
            user_id: Some(user_id),
            ..Actor::nobody(role)
        }
    }

    /// Somebody with a role and nothing else.
    pub fn nobody(role: Role) -> Self {
        Actor {
            role,
            user_id: None,
            session_id: None,
            name: None,
            device: None,
            approved_by: None,
            anonymous: false,
        }
    }

    /// A guest at a table.
    pub fn guest(session_id: i64) -> Self {
        Actor {
            session_id: Some(session_id),
            ..Actor::nobody(Role::Customer)
        }
    }

    /// The house itself.
    pub fn system() -> Self {
        Actor::nobody(Role::System)
    }

    /// Whether a manager does this, or has allowed it.
    pub const fn may_override(&self) -> bool {
        self.role.manages() || self.approved_by.is_some()
    }

    /// For the audit and the change log: `waiter:10`, `customer@session:1`, `kitchen@device:3`, `waiter:anonymous`.
    pub fn label(&self) -> String {
        match (self.user_id, self.session_id) {
            (Some(id), _) => format!("{}:{id}", self.role),
            (None, Some(session)) => format!("{}@session:{session}", self.role),
            (None, None) if self.anonymous => format!("{}:anonymous", self.role),
            (None, None) => match self.device {
                Some(device) => format!("{}@device:{device}", self.role),
                None => self.role.to_string(),
            },
        }
    }
}
