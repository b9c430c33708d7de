//! How each vocabulary names an order's nine statuses.

use super::{Refusal, Status};

/// A document's words for the statuses. Most have fewer than nine, so several statuses look alike through them.
#[derive(Debug)]
pub struct StatusWords {
    /// What it is called in reasons and the audit.
    pub name: &'static str,
    /// The word for each status, in the order of [`Status::ALL`].
    words: [&'static str; 9],
}

/// All nine words.
pub const CANONICAL: StatusWords = StatusWords {
    name: "maitred",
    words: [
        "new",
        "pending",
        "confirmed",
        "preparing",
        "ready",
        "out_for_delivery",
        "delivered",
        "completed",
        "cancelled",
    ],
};

/// The dining room's five words.
pub const DINING: StatusWords = StatusWords {
    name: "dining",
    words: [
        "pending",
        "pending",
        "confirmed",
        "confirmed",
        "ready",
        "ready",
        "delivered",
        "delivered",
        "cancelled",
    ],
};

/// The delivery platform's words.
pub const DELIVERY: StatusWords = StatusWords {
    name: "delivery",
    words: [
        "pending",
        "pending",
        "confirmed",
        "preparing",
        "ready_for_pickup",
        "out_for_delivery",
        "delivered",
        "delivered",
        "cancelled",
    ],
};

/// The kitchen display's words. For it an order that left the building is done.
pub const KITCHEN: StatusWords = StatusWords {
    name: "kitchen",
    words: [
        "new",
        "pending",
        "confirmed",
        "preparing",
        "ready",
        "completed",
        "completed",
        "completed",
        "cancelled",
    ],
};

/// The dashboard's words.
pub const TIMING: StatusWords = StatusWords {
    name: "timing",
    words: [
        "pending",
        "pending",
        "pending",
        "preparing",
        "ready",
        "ready",
        "completed",
        "completed",
        "cancelled",
    ],
};

impl StatusWords {
    /// The word for a status.
    pub const fn word(&self, status: Status) -> &'static str {
        self.words[status as usize]
    }

    /// All words, each once.
    pub fn words(&self) -> Vec<&'static str> {
        let mut words = self.words.to_vec();
        words.dedup();
        words
    }

    /// The status a word asks for: the one it names everywhere, else the first that it shows.
    fn meaning(&self, word: &str) -> Option<Status> {
        if !self.words.contains(&word) {
            return None;
        }
        let own = Status::ALL.into_iter().find(|s| self.word(*s) == word);
        word.parse().ok().or(own)
    }

    /// Reads a client's word: one of this vocabulary or a canonical one. Nobody asks for `new`: it is where an order may begin.
    ///
    /// # Errors
    /// [`Refusal::UnknownStatus`] with the words of this vocabulary.
    pub fn parse(&self, word: &str) -> Result<Status, Refusal> {
        let status = self.meaning(word).or_else(|| word.parse().ok());
        status
            .filter(|status| *status != Status::New)
            .ok_or_else(|| {
                let mut allowed: Vec<_> = self.words.to_vec();
                allowed.dedup();
                allowed.retain(|word| *word != Status::New.name());
                Refusal::UnknownStatus { allowed }
            })
    }

    /// Whether some word asks for this status. Those that none asks for may be skipped on the way to another.
    pub fn can_name(&self, status: Status) -> bool {
        self.meaning(self.word(status)) == Some(status)
    }

    /// Whether two statuses look alike: then a change between them is not told as a change of status.
    pub fn alike(&self, a: Status, b: Status) -> bool {
        self.word(a) == self.word(b)
    }

    /// For people: the label of the status whose name the word is (`preparing` is shown as "Confirmed" in the dining room).
    pub fn label(&self, status: Status) -> &'static str {
        self.meaning(self.word(status)).unwrap_or(status).label()
    }
}
