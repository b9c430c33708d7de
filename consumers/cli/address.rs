//! Where a server is, for the commands that are its clients.

use clap::Args;
use std::str::FromStr;

#[derive(Debug, Args)]
pub struct ServerArgs {
    /// The address of the server; ws:// and http:// mean the same
    #[arg(
        long,
        value_name = "URL",
        env = "MAITRED_URL",
        default_value = "http://127.0.0.1:9000"
    )]
    pub url: Address,
    /// Your token; see `maitred token`
    // In the environment it is safer: every user of this machine can read a command line.
    #[arg(
        long,
        value_name = "TOKEN",
        env = "MAITRED_TOKEN",
        hide_env_values = true
    )]
    pub token: Option<String>,
}

/// `host:port`, and a prefix of all paths if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(String);

impl Address {
    pub fn http(&self, path: &str) -> String {
        format!("http://{}{path}", self.0)
    }

    pub fn ws(&self, path: &str) -> String {
        format!("ws://{}{path}", self.0)
    }

    /// Splits a whole URL into the server and the rest, which begins with a slash.
    pub fn split(url: &str) -> Result<(Address, String), String> {
        let rest = match url.split_once("://") {
            Some(("ws" | "http", rest)) => rest,
            None => url,
            Some(("wss" | "https", _)) => {
                return Err(
                    "TLS is not spoken by this command: name the server itself, not the proxy in front of it".to_owned(),
                );
            }
            Some((scheme, _)) => return Err(format!("{scheme}:// is not spoken here")),
        };
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (host, path) = rest.split_at(end);
        if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c == '@') {
            return Err("expected something like http://127.0.0.1:9000".to_owned());
        }
        let path = match path.starts_with('?') {
            true => format!("/{path}"),
            false => path.to_owned(),
        };
        Ok((Address(host.to_owned()), path))
    }
}

impl FromStr for Address {
    type Err = String;
    fn from_str(url: &str) -> Result<Self, String> {
        let (Address(host), prefix) = Address::split(url)?;
        Ok(Address(host + prefix.trim_end_matches('/')))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_scheme_and_none() {
        for (given, http) in [
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000/x"),
            ("ws://localhost:9000/", "http://localhost:9000/x"),
            ("[::1]:9000", "http://[::1]:9000/x"),
            ("http://kitchen/maitred/", "http://kitchen/maitred/x"),
        ] {
            assert_eq!(given.parse::<Address>().unwrap().http("/x"), http);
        }
        for wrong in [
            "",
            "http://",
            "https://a",
            "wss://a",
            "ftp://a",
            "http://a b",
            "http://u:p@a",
        ] {
            assert!(wrong.parse::<Address>().is_err(), "{wrong}");
        }
        let (address, path) = Address::split("ws://localhost:9000?since=1").unwrap();
        assert_eq!(address.ws(&path), "ws://localhost:9000/?since=1");
    }
}
