//! `POST /reports`: what went wrong in a page, for the server's log. Nothing of it is stored.

use crate::domain::Refusal;
use crate::rest::{Answer, Attempts, Served, ServerCall, address, object};
use serde::{Deserialize, Serialize};
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::LazyLock;
use utoipa::ToSchema;

/// Whose lines these are in the log, and to MAITRED_LOG.
const TARGET: &str = "maitred::screens::reports";

/// Reports from one address, and from one device: a page that fails with each event says so a few times, and not for hours.
static REPORTS: LazyLock<Attempts> = LazyLock::new(|| Attempts::new(10, 10));
/// Devices are counted by a keyed hash, so that nobody can choose one that counts as an address.
static KEYED: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// The longest message, in characters. What is longer is cut.
const MESSAGE: usize = 500;
/// The longest stack.
const STACK: usize = 4_000;
/// The longest of the rest.
const WORD: usize = 100;

/// An exception in a page.
#[derive(Deserialize, ToSchema)]
struct Report {
    /// `kitchen`, `waiter`, ...
    #[schema(min_length = 1, max_length = 32)]
    screen: String,
    /// What it says. Its first 500 characters are logged.
    #[schema(min_length = 1)]
    message: String,
    /// Where in the program. The first 4,000 characters are logged.
    stack: Option<String>,
    /// The part of the screen that shows its place instead.
    r#where: Option<String>,
    /// The page's build, as `/screens/build.json` has it.
    build: Option<String>,
    /// Which device it is, for who repairs it.
    device: Option<String>,
}

/// What becomes of a report.
#[derive(Serialize, ToSchema)]
struct Reported {
    /// Always `true`.
    logged: bool,
}

#[utoipa::path(post, path = "/reports", tag = "screens", security(()), request_body(content = Report, example = json!({"screen": "kitchen", "message": "lines is undefined", "where": "ticket"})), responses((status = 200, description = "An error in a page was written into the log", body = Reported), (status = 429, description = "Too many reports", body = crate::rest::Refused)))]
pub fn report(call: ServerCall) -> Served {
    Box::pin(async move {
        let report: Report = object(&call.body)?;
        if report.screen.is_empty() || report.screen.chars().count() > 32 {
            return Err(Refusal::value("screen", "1 to 32 characters").into());
        }
        if report.message.is_empty() {
            return Err(Refusal::value("message", "say what went wrong").into());
        }
        let peer = call.caller.peer;
        REPORTS.one_more(address(peer))?;
        if let Some(device) = &report.device {
            REPORTS.one_more(u128::from(KEYED.hash_one((address(peer), device))))?;
        }
        log(&report, &call);
        Answer::ok(&Reported { logged: true })
    })
}

/// As text of fields, which the log escapes: what a stranger writes must not look like lines of its own.
fn log(report: &Report, call: &ServerCall) {
    let given =
        |text: &Option<String>, most| text.as_deref().map(|text| cut(text, most).to_owned());
    // A token that is not good any more may be why the page failed.
    let subject = call.api.identify(&call.caller).ok();
    let subject = subject.and_then(|identity| identity.subject);
    let browser = call.caller.headers.get("user-agent");
    let browser = browser.and_then(|browser| browser.to_str().ok());
    tracing::warn!(
        target: TARGET,
        screen = &*report.screen,
        error = cut(&report.message, MESSAGE),
        r#where = given(&report.r#where, WORD),
        build = given(&report.build, WORD),
        device = given(&report.device, WORD),
        subject = subject.as_deref().map(|subject| cut(subject, WORD)),
        browser = browser.map(|browser| cut(browser, 2 * WORD)),
        address = call.caller.peer.map(|peer| peer.ip().to_string()),
        stack = given(&report.stack, STACK),
        "an error in a page"
    );
}

/// The first characters.
fn cut(text: &str, most: usize) -> &str {
    let end = text.char_indices().nth(most);
    end.map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_characters() {
        assert_eq!(cut("äöü", 2), "äö");
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("", 3), "");
    }
}
