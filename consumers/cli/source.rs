//! A routing file that was read.

/// A routing file: its name, for messages, and what it says.
pub struct Source {
    pub name: String,
    pub text: String,
    /// There is no file: it is the one in the program.
    pub embedded: bool,
}
