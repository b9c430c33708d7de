//! Settings whose value is one word of a closed list.

/// A value that the file has as one word.
pub(crate) trait Word: Copy + PartialEq + 'static {
    /// Every word that the file may have, each with what it means.
    const WORDS: &'static [(&'static str, Self)];

    /// The word for this value. A value that no file can have is shown in other words.
    fn word(self) -> &'static str {
        let found = Self::WORDS.iter().find(|(_, value)| *value == self);
        found.map_or("", |(word, _)| word)
    }
}
