//! Who changes rows.

/// Who made a change, as its announcement has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Author {
    pub actor: Option<String>,
    pub command_id: Option<String>,
}
