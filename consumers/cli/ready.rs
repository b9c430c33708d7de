//! What a demo prints last: where each of the five systems is to be found, one line each.

use std::fmt::Write;

/// The systems: the listener that serves them, what they are called, and the URL that their documents name, behind the listener's address.
const SYSTEMS: [(&str, &str, &str); 5] = [
    ("dining", "dining room", "/ws/orders/1/"),
    ("delivery", "delivery", "/orders (Socket.IO)"),
    ("delivery", "workshop", " (Socket.IO)"),
    ("kitchen", "kitchen", " (Socket.IO)"),
    ("timing", "timing", "/admin?token="),
];

/// A line for each system that is served. `base` knows a listener's address (`localhost:9000`), if there is such a listener.
pub fn ready(base: impl Fn(&str) -> Option<String>) -> String {
    let mut text = String::new();
    for (listener, system, rest) in SYSTEMS {
        if let Some(base) = base(listener) {
            // `writeln!` to a String cannot fail.
            let _ = writeln!(text, "ready: {system:<12} ws://{base}{rest}");
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
