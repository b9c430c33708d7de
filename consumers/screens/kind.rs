//! What a file of the screens is to a browser.

/// What is served, by the end of its name. A file that is none of these is not served.
const KINDS: &[(&str, &str)] = &[
    ("html", "text/html; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("json", "application/json"),
    ("webmanifest", "application/manifest+json"),
    ("map", "application/json"),
    ("svg", "image/svg+xml"),
    ("txt", "text/plain; charset=utf-8"),
    ("md", "text/plain; charset=utf-8"),
    ("png", "image/png"),
    ("ico", "image/x-icon"),
    ("webp", "image/webp"),
    ("woff2", "font/woff2"),
];

/// Kinds that are compressed already.
const DENSE: &[&str] = &["png", "ico", "webp", "woff2"];

/// A file's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// As `Content-Type` has it.
    pub content_type: &'static str,
    /// Whether gzip makes it smaller.
    pub compresses: bool,
}

impl Kind {
    /// The kind of the file with this name. `None`: it is not served.
    pub fn of(name: &str) -> Option<Kind> {
        if name.split('/').any(|part| part.starts_with('.')) {
            return None;
        }
        let (_, end) = name.rsplit_once('.')?;
        let (end, content_type) = KINDS.iter().find(|(known, _)| *known == end)?;
        Some(Kind {
            content_type,
            compresses: !DENSE.contains(end),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_browser_knows_has_a_kind() {
        let content_type = |name| Kind::of(name).map(|kind| kind.content_type);
        assert_eq!(
            content_type("home/index.html"),
            Some("text/html; charset=utf-8")
        );
        assert_eq!(content_type("fonts/a.woff2"), Some("font/woff2"));
        for name in [
            "screens/mod.rs",
            "shared/maitred.d.ts",
            "README",
            ".git/config.json",
            "a/.b.js",
        ] {
            assert_eq!(content_type(name), None, "{name}");
        }
    }
}
