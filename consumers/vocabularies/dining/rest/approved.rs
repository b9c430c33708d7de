//! What a manager has allowed by PIN, so that somebody else could do it.

use crate::domain::pins::Approver;
use crate::rest::Answer;
use maitred::Error;
use serde::Serialize;
use utoipa::ToSchema;

/// A manager allows something by PIN.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "only its schema is used: it is looked at before the command, and taken out of the body"
)]
pub struct Approval {
    user_id: i64,
    #[schema(min_length = 4, max_length = 6)]
    pin: String,
}

/// Something, and who has allowed it by PIN, where somebody had to.
#[derive(Serialize, ToSchema)]
pub struct Approved<T> {
    #[serde(flatten)]
    done: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_by: Option<ApprovedBy>,
}

/// Who has allowed it.
#[derive(Serialize, ToSchema)]
struct ApprovedBy {
    id: i64,
    name: String,
}

impl<T: Serialize> Approved<T> {
    pub fn answer(done: T, approver: Option<Approver>) -> Result<Answer, Error> {
        let approved_by = approver.map(|Approver { id, name }| ApprovedBy { id, name });
        Answer::ok(&Approved { done, approved_by })
    }
}
