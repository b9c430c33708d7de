//! What one change means to one audience.

use crate::events::{Fact, Group};

/// What one change means to one audience: who they are, what they are told, and whether they are judged again.
pub struct Announcement {
    pub groups: Vec<Group>,
    pub fact: Option<Fact>,
    pub rechecks: bool,
}

impl Announcement {
    /// These groups are told a fact.
    pub fn to(groups: impl Into<Vec<Group>>, fact: Fact) -> Self {
        Announcement {
            groups: groups.into(),
            fact: Some(fact),
            rechecks: false,
        }
    }

    /// Nothing is said, but the members are judged again.
    pub fn recheck(groups: impl Into<Vec<Group>>) -> Self {
        Announcement {
            groups: groups.into(),
            fact: None,
            rechecks: true,
        }
    }
}
