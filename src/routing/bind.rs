//! Addresses to listen on.

use super::location::Location;
use super::mistakes::Mistakes;
use super::parts::Located;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

/// The addresses of one listener.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bind {
    /// Never empty once checked. With port 0 the system chooses a port, and all addresses of the listener with port 0 should share it: `localhost` is one name
    /// for two addresses, so it can name one port only.
    pub(crate) addresses: Vec<Address>,
}

/// One address to listen on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) address: SocketAddr,
    /// Whether the server starts without it: the `::1` of `localhost`, because a machine may have no IPv6.
    pub(crate) optional: bool,
}

/// The addresses that listeners have taken so far, each with the location that names it.
#[derive(Default)]
pub(super) struct Taken(Vec<(SocketAddr, Location)>);

/// The addresses that these texts mean. Mistakes are noted, and so are addresses that are taken.
pub(super) fn resolve(
    texts: Vec<Located<String>>,
    taken: &mut Taken,
    mistakes: &mut Mistakes<'_>,
) -> Bind {
    let mut addresses: Vec<Address> = Vec::new();
    for Located { value: text, at } in texts {
        let Some(parsed) = parse(&text) else {
            let message = format!(
                r#"{text:?} is not an address: write "localhost:9000", "127.0.0.1:9000" or "[::1]:9000""#,
            );
            mistakes.add(at, message);
            continue;
        };
        for new in &parsed {
            let clash = taken.0.iter().find(|(old, _)| collide(*old, new.address));
            if let Some((old, earlier)) = clash {
                let there = mistakes.reference(*earlier);
                let message = format!("{} is taken by {old} in {there}", new.address);
                mistakes.add(at, message);
            }
        }
        taken.0.extend(parsed.iter().map(|a| (a.address, at)));
        addresses.extend(parsed);
    }
    Bind { addresses }
}

/// The addresses that a text names. Names other than `localhost` are not looked up: what they mean may change while the server runs.
fn parse(text: &str) -> Option<Vec<Address>> {
    if let Ok(address) = text.parse() {
        let optional = false;
        return Some(vec![Address { address, optional }]);
    }
    let port = text.strip_prefix("localhost:")?;
    let port: u16 = match port.bytes().all(|b| b.is_ascii_digit()) {
        true => port.parse().ok()?,
        false => return None,
    };
    let both = [
        (SocketAddr::from((Ipv4Addr::LOCALHOST, port)), false),
        (SocketAddr::from((Ipv6Addr::LOCALHOST, port)), true),
    ];
    let address = |(address, optional)| Address { address, optional };
    Some(both.map(address).into())
}

/// Whether the second cannot be bound beside the first, or would take clients away from it.
fn collide(a: SocketAddr, b: SocketAddr) -> bool {
    let same_ip = a.ip() == b.ip()
        || (a.is_ipv4() == b.is_ipv4() && (a.ip().is_unspecified() || b.ip().is_unspecified()));
    a.port() == b.port() && a.port() != 0 && same_ip
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, expected) in [
            ("127.0.0.1:9000", "127.0.0.1:9000"),
            ("[::1]:9000", "[::1]:9000"),
            ("localhost:9000", "127.0.0.1:9000 [::1]:9000?"),
            ("localhost:0", "127.0.0.1:0 [::1]:0?"),
            ("0.0.0.0:80", "0.0.0.0:80"),
            ("localhost", "-"),
            ("localhost:", "-"),
            ("localhost:+1", "-"),
            ("localhost:65536", "-"),
            ("127.0.0.1", "-"),
            ("::1:9000", "-"),
            ("example.com:80", "-"),
            (":9000", "-"),
            ("", "-"),
        ] {
            let show = |a: &Address| format!("{}{}", a.address, if a.optional { "?" } else { "" });
            let found = parse(text).map(|list| list.iter().map(show).collect::<Vec<_>>());
            assert_eq!(
                found.map_or("-".into(), |l| l.join(" ")),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn collisions() {
        for (a, b, expected) in [
            ("127.0.0.1:80", "127.0.0.1:80", true),
            ("127.0.0.1:80", "127.0.0.1:81", false),
            ("127.0.0.1:80", "127.0.0.2:80", false),
            ("0.0.0.0:80", "127.0.0.2:80", true),
            ("[::1]:80", "[::]:80", true),
            ("[::1]:80", "0.0.0.0:80", false),
            ("127.0.0.1:0", "127.0.0.1:0", false),
        ] {
            let found = collide(a.parse().unwrap(), b.parse().unwrap());
            assert_eq!(found, expected, "{a} {b}");
        }
    }
}
