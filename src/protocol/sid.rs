//! Ids that cannot be guessed: whoever knows a session's id can read what its client is told.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// 120 bits.
const RANDOM_BYTES: usize = 15;
/// The length of the random part, in characters.
const RANDOM_CHARS: usize = 20;

/// 20 characters that nobody can guess.
///
/// # Panics
/// When the operating system has no random numbers: nothing is safe then.
pub(crate) fn unguessable() -> String {
    let mut bytes = [0; RANDOM_BYTES];
    getrandom::fill(&mut bytes).expect("the operating system has random numbers");
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A session's id. It says on which shard the session lives: long-polling requests arrive anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Sid(String);

impl Sid {
    pub fn new(shard: usize) -> Self {
        Sid(format!("{}{shard:x}", unguessable()))
    }

    /// What a client calls its session; `None`: it is the id of none.
    pub fn of(text: &str) -> Option<Self> {
        let known = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        let fits = (RANDOM_CHARS + 1..=RANDOM_CHARS + 4).contains(&text.len());
        (fits && text.bytes().all(known)).then(|| Sid(text.to_owned()))
    }

    /// The shard where it lives, if there is one of that number.
    pub fn shard(&self) -> usize {
        usize::from_str_radix(&self.0[RANDOM_CHARS..], 16).unwrap_or(usize::MAX)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_knows_its_shard() {
        let sid = Sid::new(27);
        let again = Sid::of(sid.as_str()).expect("an id");
        assert_eq!((&again, again.shard()), (&sid, 27));
        assert_ne!(Sid::new(27), sid);
        for text in [
            "",
            "abc",
            "ä",
            &"a".repeat(200),
            "aaaaaaaaaaaaaaaaaaaa",
            "aaaaaaaaaaaaaaaaaaaa/",
        ] {
            assert_eq!(Sid::of(text), None, "{text}");
        }
        assert_eq!(
            Sid::of("aaaaaaaaaaaaaaaaaaaazz").map(|s| s.shard()),
            Some(usize::MAX)
        );
    }
}
