//! What a demo prints last: where each of the five systems is to be found, one line each.

use crate::vocabularies::endpoints;
use std::fmt::Write;

/// A line for each system that is served. `base` knows a listener's address (`localhost:9000`), if there is such a listener.
pub fn ready(base: impl Fn(&str) -> Option<String>) -> String {
    let mut text = String::new();
    for endpoint in endpoints() {
        if let Some(base) = base(endpoint.listener) {
            let (name, path) = (endpoint.name, endpoint.path);
            // `writeln!` to a String cannot fail.
            let _ = writeln!(text, "ready: {name:<12} ws://{base}{path}");
        }
    }
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_the_five_systems_has_a_line_where_its_listener_is() {
        let text = ready(|listener| Some(format!("{listener}:1")));
        assert_eq!(text.lines().count(), 5, "{text}");
        assert!(text.contains("ready: workshop     ws://delivery:1 (Socket.IO)\n"));
        let one = ready(|listener| (listener == "timing").then(|| "localhost:8000".to_owned()));
        assert_eq!(one, "ready: timing       ws://localhost:8000/admin?token=");
    }
}
