//! Path patterns: `/ws/orders/<int:order_id>/items/`. Pure: text in, values out.
//!
//! | in the pattern | what fits it |
//! |---|---|
//! | `orders` | this segment |
//! | `<int:name>` | decimal digits, at most 19 of them and at most `i64::MAX`; no sign |
//! | `<id:name>` | what a thing may be called: digits as `<int:name>`, or up to 64 letters, digits, `-` and `_` (a uuid, `order-123`), no sign first |
//! | `<name>`, `<str:name>` | any one segment that is not empty |
//!
//! Segments are compared after percent-decoding, so `%2F` is a character of a segment and never a separator. A path fits with and without its trailing
//! slash. Empty segments, malformed escapes and bytes that are not UTF-8 fit nothing.

mod params;
#[cfg(test)]
mod tests;

pub(crate) use params::{deserialize, query_pairs};

use smallvec::SmallVec;
use std::{borrow::Cow, fmt, sync::Arc};

/// What the `<name>` parts of a pattern matched, in the order of the path.
pub(crate) type Params = SmallVec<[(Arc<str>, Param); 2]>;

/// What one `<name>` part matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Param {
    /// `<int:name>`, or `<id:name>` that is one; never negative.
    Int(i64),
    /// `<id:name>`, `<name>` or `<str:name>`, percent-decoded; never empty. It comes from a stranger and may hold any character, `/` and NUL included.
    Text(String),
}

/// The most segments of a path. A longer path fits no pattern, so a hostile one costs no more than this.
const MAX_SEGMENTS: usize = 32;

/// A path pattern.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    text: Box<str>,
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    Literal(Box<str>),
    Int(Arc<str>),
    Id(Arc<str>),
    Text(Arc<str>),
}

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PatternError {
    /// Where it is wrong, in bytes from the beginning of the text; always between two characters.
    pub(crate) offset: usize,
    /// What is wrong, and what would be right.
    pub(crate) message: String,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// The first mistake in the text.
    pub(crate) fn parse(text: &str) -> Result<Pattern, PatternError> {
        let fail = |offset: usize, message: String| Err(PatternError { offset, message });
        let Some(rest) = text.strip_prefix('/') else {
            return fail(0, r#"a path begins with "/""#.into());
        };
        let mut parts: Vec<Part> = Vec::new();
        if !rest.is_empty() {
            let mut offset = 1;
            for segment in rest.strip_suffix('/').unwrap_or(rest).split('/') {
                let part = Part::parse(segment).map_err(|e| PatternError {
                    offset: offset + e.offset,
                    ..e
                })?;
                if let Some(name) = part.name()
                    && parts.iter().any(|p| p.name() == Some(name))
                {
                    return fail(offset, format!("a second parameter named {name:?}"));
                }
                if parts.len() == MAX_SEGMENTS {
                    return fail(offset, format!("more than {MAX_SEGMENTS} segments"));
                }
                parts.push(part);
                offset += segment.len() + 1;
            }
        }
        Ok(Pattern {
            text: text.into(),
            parts,
        })
    }

    /// Whether it has a parameter of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.parts.iter().any(|part| part.name() == Some(name))
    }

    /// The text of the pattern. It is fit for logs and counters, because it has nothing in it that a client sent.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// What the parameters are if the path fits. `path` is as the client sent it: escaped, and without the query.
    #[cfg(test)]
    pub(crate) fn matches(&self, path: &str) -> Option<Params> {
        self.matches_segments(&Segments::of(path)?)
    }

    /// What the parameters are if the path fits. The path is split once, for all patterns against which it is tried.
    pub(crate) fn matches_segments(&self, path: &Segments<'_>) -> Option<Params> {
        if self.parts.len() != path.0.len() {
            return None;
        }
        let pairs = || self.parts.iter().zip(&path.0);
        // Most patterns fail at a literal; nothing is allocated for those.
        if !pairs().all(|(part, segment)| part.fits(segment)) {
            return None;
        }
        pairs()
            .filter_map(|(part, segment)| match part {
                Part::Literal(_) => None,
                Part::Int(name) => Some(int(segment).map(|n| (name.clone(), Param::Int(n)))),
                Part::Id(name) => Some(id(segment).map(|id| (name.clone(), id))),
                Part::Text(name) => Some(Some((name.clone(), Param::Text(segment.to_string())))),
            })
            .collect()
    }

    /// Whether every path that fits `later` fits this one too: a route with `later` that comes after this one is never reached.
    ///
    /// It is enough to compare two patterns at a time. Several patterns that take all paths of another only together would have to share those paths in which a
    /// parameter is a number or a text that no pattern spells out; but the one pattern that takes these takes all.
    pub(crate) fn shadows(&self, later: &Pattern) -> bool {
        self.parts.len() == later.parts.len()
            && self
                .parts
                .iter()
                .zip(&later.parts)
                .all(|(earlier, later)| match (earlier, later) {
                    (Part::Text(_), _)
                    | (Part::Id(_), Part::Id(_) | Part::Int(_))
                    | (Part::Int(_), Part::Int(_)) => true,
                    (Part::Id(_) | Part::Int(_) | Part::Literal(_), Part::Literal(l)) => {
                        earlier.fits(l)
                    }
                    (Part::Id(_), Part::Text(_))
                    | (Part::Int(_), Part::Id(_) | Part::Text(_))
                    | (Part::Literal(_), Part::Id(_) | Part::Int(_) | Part::Text(_)) => false,
                })
    }

    /// Whether exactly the same paths fit both; names of parameters do not matter.
    pub(crate) fn same_paths(&self, other: &Pattern) -> bool {
        self.shadows(other) && other.shadows(self)
    }
}

impl fmt::Display for Param {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Param::Int(n) => n.fmt(f),
            Param::Text(text) => text.fmt(f),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Part {
    /// Reads one segment of a pattern. Offsets of a mistake count from the beginning of the segment.
    fn parse(segment: &str) -> Result<Part, PatternError> {
        let fail = |offset: usize, message: String| Err(PatternError { offset, message });
        if segment.is_empty() {
            return fail(0, "an empty segment".into());
        }
        let Some(inner) = segment.strip_prefix('<') else {
            let odd = |c: char| c.is_whitespace() || c.is_control() || "<>?#%\\".contains(c);
            return match segment.find(odd) {
                Some(at) if segment[at..].starts_with('<') => {
                    fail(at, "a parameter fills a whole segment".into())
                }
                Some(at) if segment[at..].starts_with('%') => {
                    fail(at, r#"no "%": write the characters themselves"#.into())
                }
                Some(at) => {
                    let c: String = segment[at..].chars().take(1).collect();
                    fail(at, format!("{c:?} cannot stand in a path"))
                }
                None if segment == "." || segment == ".." => {
                    fail(0, format!("{segment:?} never arrives: clients resolve it"))
                }
                None => Ok(Part::Literal(segment.into())),
            };
        };
        let inner = match inner.find('>') {
            Some(end) if end + 1 == inner.len() => &inner[..end],
            Some(end) => return fail(end + 2, "a parameter fills a whole segment".into()),
            None => return fail(0, r#""<" without ">""#.into()),
        };
        let (kind, name, name_at) = match inner.split_once(':') {
            Some((kind, name)) => (kind, name, kind.len() + 2),
            None => ("str", inner, 1),
        };
        let is_name = !name.is_empty()
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        match kind {
            "int" | "id" | "str" if !is_name => fail(
                name_at,
                format!("{name:?} is not a name: letters, digits and \"_\", no digit first"),
            ),
            "int" => Ok(Part::Int(name.into())),
            "id" => Ok(Part::Id(name.into())),
            "str" => Ok(Part::Text(name.into())),
            _ => fail(
                1,
                format!("unknown kind {kind:?}: <int:name>, <id:name>, <str:name> or <name>"),
            ),
        }
    }

    fn name(&self) -> Option<&str> {
        match self {
            Part::Literal(_) => None,
            Part::Int(name) | Part::Id(name) | Part::Text(name) => Some(name),
        }
    }

    /// Whether a segment of a path fits. `segment` is decoded and not empty.
    fn fits(&self, segment: &str) -> bool {
        match self {
            Part::Literal(literal) => **literal == *segment,
            Part::Int(_) => int(segment).is_some(),
            Part::Id(_) => id(segment).is_some(),
            Part::Text(_) => true,
        }
    }
}

/// The number that a segment is. `str::parse` alone would take `+5`, and any number of zeros.
fn int(segment: &str) -> Option<i64> {
    let digits = segment.len() <= 19 && segment.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| segment.parse().ok()).flatten()
}

/// What a segment that may be called a name is. Digits alone are a number and nothing else: a number that is too large is no name either.
fn id(segment: &str) -> Option<Param> {
    if segment.bytes().all(|b| b.is_ascii_digit()) {
        return int(segment).map(Param::Int);
    }
    let is_name = segment.len() <= 64
        && segment
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        && !segment.starts_with(['-', '_']);
    is_name.then(|| Param::Text(segment.to_owned()))
}

/// A path, split and decoded once for all patterns it is tried against.
pub(crate) struct Segments<'p>(SmallVec<[Cow<'p, str>; 8]>);

impl<'p> Segments<'p> {
    /// `None` if no pattern can fit.
    pub(crate) fn of(path: &'p str) -> Option<Segments<'p>> {
        let rest = path.strip_prefix('/')?;
        if rest.is_empty() {
            return Some(Segments(SmallVec::new()));
        }
        rest.strip_suffix('/')
            .unwrap_or(rest)
            .split('/')
            .enumerate()
            .map(|(i, s)| (i < MAX_SEGMENTS && !s.is_empty()).then_some(s))
            .map(|s| s.and_then(params::decode_segment))
            .collect::<Option<_>>()
            .map(Segments)
    }
}
