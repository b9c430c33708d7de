//! The settings as the shipped `routing.toml` and the README explain them.

use super::entry::{Entry, Settings};
use super::keys::{KEYS, Key};
use crate::limits::Limits;
use crate::routing::edge::Edge;
use crate::routing::level::Level;
use crate::routing::listeners::Routing;
use crate::routing::policy::Policy;

/// Columns of a comment.
const WIDTH: usize = 120;
/// Written out although it is the default, so that whoever reads the file sees that it is closed.
const WRITTEN_OUT: &str = "auth";

impl Routing {
    /// The beginning of a routing file that explains all keys: every setting as a comment, with what it does, which values are allowed, and its default.
    pub fn explanation() -> String {
        let mut text = String::new();
        for level in [Level::File, Level::Listener, Level::Route, Level::Namespace] {
            comment(&mut text, "", &format!("{}:", level.header()));
            for Key {
                key, value, doc, ..
            } in KEYS.iter().filter(|key| key.level == level)
            {
                comment(&mut text, "  ", &format!("{key} ({value}): {doc}"));
            }
            text.push_str("#\n");
        }
        comment(
            &mut text,
            "",
            "All other keys are settings. A setting counts for all that its table serves, and a nearer table counts first: a namespace before its route, a route \
             before its listener, a listener before [defaults]. What is commented out shows the default.",
        );
        text.push_str("[defaults]\n\n");
        entries::<Policy>(&mut text);
        comment(
            &mut text,
            "",
            "The following settings count before the route of a request is known. They may also stand in a [[listener]], but not in a route.",
        );
        text.push('\n');
        entries::<Edge>(&mut text);
        comment(&mut text, "", "What the whole process may hold.");
        text.push_str("[limits]\n\n");
        entries::<Limits>(&mut text);
        text
    }
}

/// Each setting of `S`, explained, with its default.
fn entries<S: Settings>(text: &mut String) {
    let defaults = S::default();
    for entry in S::ENTRIES {
        comment(text, "", &explained(entry));
        if let Some(example) = entry.example {
            // in one line, whatever its length: it is there to be copied
            text.push_str(&format!("# For example: {} = {example}\n", entry.key));
        }
        let (key, default) = (entry.key, (entry.write)(&defaults));
        let mark = if key == WRITTEN_OUT { "" } else { "# " };
        text.push_str(&format!("{mark}{key} = {default}\n\n"));
    }
}

/// What a setting does, where it counts, and its values.
fn explained<S: Settings>(entry: &Entry<S>) -> String {
    let (doc, counts, allowed) = (entry.doc, entry.protocols.doc(), (entry.allowed)());
    let table = match entry.down_to {
        Level::Namespace => " May stand in a namespace.",
        _ => "",
    };
    format!("{doc}{counts}{table} Allowed: {allowed}.")
}

/// Adds lines of a comment.
fn comment(text: &mut String, indent: &str, words: &str) {
    let start = format!("# {indent}");
    let mut line = start.clone();
    for word in words.split(' ') {
        if line.len() > start.len() && line.chars().count() + word.chars().count() > WIDTH {
            text.push_str(line.trim_end());
            text.push('\n');
            line = format!("{start}{indent}");
        }
        line.push_str(word);
        line.push(' ');
    }
    text.push_str(line.trim_end());
    text.push('\n');
}

#[cfg(test)]
mod tests;
