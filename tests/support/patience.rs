//! How long tests wait, and how long the servers that they start wait for them. On a machine that builds something at the same time any thread may stand still
//! for seconds. That makes a test slow, and must not make it fail.

use std::time::Duration;

/// How long a test waits for what must happen. Long, because a loaded machine is slow; nothing waits this long when all is well.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A server's limits of time, longer than any test takes.
const LIMITS: [(&str, &str); 9] = [
    ("idle_timeout", "10m"),
    ("ping_timeout", "10m"),
    ("connect_timeout", "10m"),
    ("auth_timeout", "5m"), // the most there is
    ("first_byte_timeout", "10m"),
    ("head_timeout", "10m"),
    ("body_timeout", "10m"),
    ("write_timeout", "10m"),
    ("tls_timeout", "10m"),
];

/// Lines of `[defaults]` for a server of a test whose point they are not: after the test's `own`, which count instead.
pub fn patient(own: &str) -> String {
    let is_own = |key: &str| own.lines().any(|line| line.trim().starts_with(key));
    let lines = LIMITS.iter().filter(|(key, _)| !is_own(key));
    let lines = lines.map(|(key, time)| format!("{key} = \"{time}\"\n"));
    std::iter::once(format!("{own}\n")).chain(lines).collect()
}

#[test]
fn a_tests_own_limit_counts() {
    let lines = patient("head_timeout = \"1s\"");
    assert!(lines.contains("\nidle_timeout = \"10m\"\n"), "{lines}");
    assert!(lines.starts_with("head_timeout = \"1s\"\n"), "{lines}");
    assert_eq!(lines.matches("head_timeout").count(), 1, "{lines}");
}
