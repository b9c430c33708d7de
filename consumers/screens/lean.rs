//! Scripts without their comments: what browsers are sent. The files say why and with which types, and a first visit should not wait for that.

use std::borrow::Cow;

/// The script without lines that are comments and nothing else. Every other line stays as it is, and where it is, so an error's line is the file's. A licence
/// (`/*!`) stays.
///
/// A line of a template's text that looked like such a comment would be lost as well. A test of the screens compares all tokens of all files with those that are
/// served, so there is none.
pub fn without_comments(script: &str) -> Cow<'_, str> {
    let mut lean = String::with_capacity(script.len());
    let mut lines = script.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let text = line.trim();
        if text.starts_with("//") {
            lean.push('\n');
            continue;
        }
        if !text.starts_with("/**") {
            lean.push_str(line);
            continue;
        }
        match text.find("*/") {
            // a comment, or a type in front of an expression
            Some(at) if at + 2 == text.len() => lean.push('\n'),
            Some(_) => lean.push_str(line),
            None => {
                lean.push('\n');
                for line in lines.by_ref() {
                    match line.split_once("*/") {
                        None => lean.push('\n'),
                        Some((_, rest)) => {
                            lean.push_str(if rest.is_empty() { "\n" } else { rest });
                            break;
                        }
                    }
                }
            }
        }
    }
    if lean.len() < script.len() {
        lean.into()
    } else {
        script.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_comments_go_and_all_others_stay_where_they_are() {
        for (script, expected) in [
            ("a;\n// b\nc;\n", "a;\n\nc;\n"),
            ("  // b\n  c;", "\n  c;"),
            ("/** b */\nc;\n", "\nc;\n"),
            ("/**\n * b\n */\nc;\n", "\n\n\nc;\n"),
            ("/**\n * b\n */ c;\n", "\n\n c;\n"),
            ("/** @type {b} */ (c);\n", "/** @type {b} */ (c);\n"),
            (
                "a = /** @type {b} */ (c); // d\n",
                "a = /** @type {b} */ (c); // d\n",
            ),
            ("/*! a licence */\nb;\n", "/*! a licence */\nb;\n"),
            ("`https://a`;\n", "`https://a`;\n"),
            ("/**\n * without an end\n", "\n\n"),
            ("", ""),
        ] {
            assert_eq!(without_comments(script), expected, "{script}");
            let lines = |text: &str| text.matches('\n').count();
            assert_eq!(lines(&without_comments(script)), lines(script), "{script}");
        }
    }
}
