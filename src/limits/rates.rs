//! How fast one connection may send, and how fast it may ask for one action.

use super::bucket::{Bucket, Rate};
use super::limit::{Limit, Limited};
use smallvec::SmallVec;
use std::cell::{OnceCell, RefCell};

/// How many refusals a client is told before it is closed: a hundred at once, or fifty per second for long. Each costs an answer.
fn patience() -> Rate {
    Rate::per_second(50)
}

/// How often each action may be asked for, on one route. The names are the client's: `action` in a JSON frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actions {
    /// The entries of `action_rates`.
    named: Vec<ActionRate>,
    /// Rates of what the framework itself does, where `action_rates` does not name it.
    usual: [ActionRate; 2],
}

impl<const N: usize> From<[(&str, u32); N]> for Actions {
    /// Frames per second of each action, at least 1; twice as many at once.
    fn from(actions: [(&str, u32); N]) -> Self {
        let rate = |(name, per_second): (&str, u32)| ActionRate {
            name: name.to_owned(),
            frames: Some(Rate::per_second(per_second.into())),
            bytes: None,
        };
        Actions::new(actions.into_iter().map(rate).collect())
    }
}

impl Default for Actions {
    fn default() -> Self {
        Actions::new(Vec::new())
    }
}

impl Actions {
    pub(crate) fn new(named: Vec<ActionRate>) -> Self {
        let usual = |name: &str, per_second| ActionRate {
            name: name.to_owned(),
            frames: Some(Rate::per_second(per_second)),
            bytes: None,
        };
        // Ten per second, twenty at once. A program resumes when it has missed something, and sends a new token once in some minutes. The one has the history
        // read, the other a signature verified and the guard asked, each of which costs as much as fifty ordinary frames.
        let usual = [usual("resume", 10), usual("authenticate", 10)];
        Actions { named, usual }
    }

    /// How many actions have a rate of their own.
    pub fn named(&self) -> usize {
        self.named.len()
    }

    /// The rate of a consumer's action, and its position among all of them.
    fn of(&self, name: &str) -> Option<(usize, &ActionRate)> {
        let mut named = self.named.iter().enumerate();
        named.find(|(_, action)| action.name == name)
    }

    /// The rate of what the framework itself does.
    fn of_framework(&self, name: &str) -> Option<(usize, &ActionRate)> {
        let usual = || {
            let mut usual = self.usual.iter().enumerate();
            let (at, action) = usual.find(|(_, action)| action.name == name)?;
            Some((self.named.len() + at, action))
        };
        self.of(name).or_else(usual)
    }

    /// All rates that are in force.
    fn all(&self) -> impl Iterator<Item = &ActionRate> {
        let unnamed = |usual: &&ActionRate| self.of(&usual.name).is_none();
        self.named.iter().chain(self.usual.iter().filter(unnamed))
    }
}

/// One entry of `action_rates`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ActionRate {
    pub name: String,
    pub frames: Option<Rate>,
    pub bytes: Option<Rate>,
}

impl std::fmt::Display for Actions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let of = |rate: Option<Rate>| rate.map_or("none".to_owned(), |r| r.to_string());
        let all = self.all().map(|a| {
            format!(
                "{} = {{ frames_per_second = {}, bytes_per_second = {} }}",
                a.name,
                of(a.frames),
                of(a.bytes)
            )
        });
        write!(f, "{{ {} }}", all.collect::<Vec<_>>().join(", "))
    }
}

/// Frames and bytes of one action.
#[derive(Debug, Default)]
struct ActionBuckets {
    frames: Bucket,
    bytes: Bucket,
}

/// What one connection has used up, in 32 bytes as long as it asks for no limited action.
#[derive(Debug, Default)]
pub(crate) struct Rates {
    frames: Bucket,
    bytes: Bucket,
    refused: Bucket,
    /// One for each limited action, from the first frame of such an action on.
    actions: OnceCell<Box<RefCell<SmallVec<[ActionBuckets; 2]>>>>,
}

/// A frame that came too fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooFast {
    pub limited: Limited,
    /// The client was told so often that it is to be closed.
    pub persists: bool,
}

impl Rates {
    /// Counts a frame of any kind. `now_ms`: the time by the shard's clock.
    pub fn frame(
        &self,
        frames: Option<Rate>,
        bytes: Option<Rate>,
        len: usize,
        now_ms: u64,
    ) -> Result<(), TooFast> {
        let now = ns(now_ms);
        let both = |frame: &Bucket, byte: &Bucket| take(frame, byte, frames, bytes, len, now);
        both(&self.frames, &self.bytes)
            .map_err(|(limit, wait)| self.refuse(limit.unwrap_or(Limit::Frames), wait, now))
    }

    /// Counts a frame that asks the consumer for an action.
    pub fn action(
        &self,
        actions: &Actions,
        name: &str,
        len: usize,
        now_ms: u64,
    ) -> Result<(), TooFast> {
        self.spend(actions.of(name), len, now_ms)
    }

    /// Counts a frame that asks the framework for something.
    pub fn framework(
        &self,
        actions: &Actions,
        name: &str,
        len: usize,
        now_ms: u64,
    ) -> Result<(), TooFast> {
        self.spend(actions.of_framework(name), len, now_ms)
    }

    fn spend(
        &self,
        action: Option<(usize, &ActionRate)>,
        len: usize,
        now_ms: u64,
    ) -> Result<(), TooFast> {
        let Some((at, rate)) = action else {
            return Ok(());
        };
        let now = ns(now_ms);
        let spent = self.actions.get_or_init(Box::default);
        let mut spent = spent.borrow_mut();
        if spent.len() <= at {
            spent.resize_with(at + 1, ActionBuckets::default);
        }
        let ActionBuckets { frames, bytes } = &spent[at];
        take(frames, bytes, rate.frames, rate.bytes, len, now)
            .map_err(|(_, wait)| self.refuse(Limit::Action, wait, now))
    }

    fn refuse(&self, limit: Limit, retry_after: std::time::Duration, now: u64) -> TooFast {
        TooFast {
            limited: Limited { limit, retry_after },
            persists: self.refused.take(patience(), 1, now).is_err(),
        }
    }
}

fn ns(ms: u64) -> u64 {
    ms.saturating_mul(1_000_000)
}

/// A frame whose bytes are refused has still been counted as a frame.
fn take(
    frame: &Bucket,
    byte: &Bucket,
    frames: Option<Rate>,
    bytes: Option<Rate>,
    len: usize,
    now: u64,
) -> Result<(), (Option<Limit>, std::time::Duration)> {
    if let Some(rate) = frames {
        frame
            .take(rate, 1, now)
            .map_err(|wait| (Some(Limit::Frames), wait))?;
    }
    if let Some(rate) = bytes {
        byte.take(rate, len as u64, now)
            .map_err(|wait| (Some(Limit::Bytes), wait))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_too_fast_is_told_and_then_closed() {
        let r = Rates::default();
        let frames = Some(Rate::per_second(5));
        for _ in 0..10 {
            assert_eq!(r.frame(frames, None, 1, 0), Ok(()));
        }
        for n in 0..100 {
            let e = r.frame(frames, None, 1, 0).expect_err("too fast");
            assert_eq!((e.limited.limit, e.persists), (Limit::Frames, false), "{n}");
        }
        assert!(r.frame(frames, None, 1, 0).expect_err("too fast").persists);
        assert_eq!(r.frame(frames, None, 1, 10_000), Ok(()), "after a pause");
    }

    #[test]
    fn an_action_has_a_rate_of_its_own() {
        let rate = |name: &str, n| ActionRate {
            name: name.into(),
            frames: Some(Rate::per_second(n)),
            bytes: Some(Rate::per_second(1000)),
        };
        let actions = Actions::new(vec![rate("a", 1), rate("b", 2)]);
        let r = Rates::default();
        let mut passed = [0; 3];
        for _ in 0..10 {
            for (n, name) in ["a", "b", "c"].into_iter().enumerate() {
                passed[n] += usize::from(r.action(&actions, name, 10, 0).is_ok());
            }
        }
        assert_eq!(passed, [2, 4, 10]);
        let e = r.action(&actions, "b", 5000, 9_000).expect_err("too large");
        assert_eq!(e.limited.limit, Limit::Action);
    }

    #[test]
    fn what_the_framework_does_has_a_rate_that_can_be_named() {
        let passed = |actions: &Actions| {
            let r = Rates::default();
            ["resume", "authenticate", "ping"].map(|name| {
                let asked = (0..1_000).map(|_| r.framework(actions, name, 10, 0));
                asked.filter(Result::is_ok).count()
            })
        };
        assert_eq!(passed(&Actions::default()), [20, 20, 1_000]);
        let rate = |name: &str, frames| ActionRate {
            name: name.into(),
            frames,
            bytes: None,
        };
        let named = vec![
            rate("ask", Some(Rate::per_second(1))),
            rate("authenticate", None),
            rate("resume", Some(Rate::per_second(1))),
            rate("ping", Some(Rate::per_second(3))),
        ];
        let named = Actions::new(named);
        assert_eq!(passed(&named), [2, 1_000, 6]);
        // An event of a consumer that has the same name is its own affair, unless it is named.
        let r = Rates::default();
        let all = (0..1_000).map(|_| r.action(&Actions::default(), "resume", 10, 0));
        assert_eq!(all.filter(Result::is_ok).count(), 1_000);
        assert_eq!(named.to_string().matches("resume").count(), 1, "{named}");
    }

    #[test]
    fn an_idle_connection_pays_little() {
        assert!(std::mem::size_of::<Rates>() <= 40);
    }
}
