//! The interface `demo` of `routing.toml`: whom a demo's start page can be opened as. Where no demo runs there is nothing at its path.

use crate::demo::{DemoClaims, SignIns};
use crate::restaurant::Restaurant;
use crate::screens::response::{json, refused};
use maitred::{Api, Caller, ClientError, Error, Kind, Registry};
use serde::Serialize;
use std::net::IpAddr;
use std::time::{SystemTime, UNIX_EPOCH};
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::http::header::{AUTHORIZATION, HOST};
use warp::http::{Method, StatusCode};
use warp::reply::Response;

/// As in `routing.toml`.
const NAME: &str = "demo";
/// What stands below it is nobody else's.
const PREFIX: &str = "/api/demo";
/// How long the tokens are good, in seconds: a shift.
const TOKEN_S: u64 = 12 * 3600;

/// A demo that runs.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Demo {
    /// The service that is simulated, if one is.
    pub rush: Option<Rush>,
}

/// A simulated service.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Rush {
    /// How many times as fast as a real one.
    pub speed: f64,
}

/// Adds the interface to those that `routing.toml` may name.
pub fn register(registry: Registry<Restaurant>, demo: Option<Demo>) -> Registry<Restaurant> {
    registry.service(NAME, PREFIX, move |api| warp::service(routes(api, demo)))
}

fn routes(api: Api<Restaurant>, demo: Option<Demo>) -> BoxedFilter<(Response,)> {
    warp::path::full()
        .and(warp::method())
        .and(Api::<Restaurant>::caller())
        .then(move |path: warp::path::FullPath, method, caller| {
            let api = api.clone();
            async move {
                let found = match (path.as_str(), demo) {
                    ("/api/demo/sign-ins", Some(demo)) if method == Method::GET => {
                        answer(&api, demo, caller).await
                    }
                    _ => Ok(None),
                };
                match found {
                    Ok(Some(text)) => json(StatusCode::OK, text),
                    Ok(None) => {
                        let text = "there is nothing at this path";
                        refused(&ClientError::new(Kind::NotFound, "NOT_FOUND", text))
                    }
                    Err(error) => refused(&error.into_client()),
                }
            }
        })
        .boxed()
}

/// `None`: not for this caller.
async fn answer(
    api: &Api<Restaurant>,
    demo: Demo,
    caller: Caller,
) -> Result<Option<String>, Error> {
    if !is_near(api, caller) {
        return Ok(None);
    }
    let mut found = api.read(SignIns::read).await?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_or(0, |now| now.as_secs());
    for one in &mut found.sign_ins {
        if let Some(claims) = &one.claims {
            // where tokens are made elsewhere, people sign in with their PINs
            one.token = sign(api, claims, now);
            one.expires_at_ms = one.token.as_ref().map(|_| (now + TOKEN_S) * 1000);
        }
    }
    #[derive(Serialize)]
    struct Shown {
        #[serde(flatten)]
        demo: Demo,
        #[serde(flatten)]
        found: SignIns,
    }
    Ok(Some(serde_json::to_string(&Shown { demo, found })?))
}

fn sign(api: &Api<Restaurant>, claims: &DemoClaims, now: u64) -> Option<String> {
    #[derive(Serialize)]
    struct Signed<'a> {
        #[serde(flatten)]
        claims: &'a DemoClaims,
        iat: u64,
        exp: u64,
    }
    let exp = now + TOKEN_S;
    let signed = Signed {
        claims,
        iat: now,
        exp,
    };
    api.mint(&signed).ok()
}

/// Whether it is somebody who needs no token in a demo: by what the listener says of callers without one. The server is called by a number or as `localhost`: to a page
/// elsewhere that made its own name lead here, this is no demo.
fn is_near(api: &Api<Restaurant>, mut caller: Caller) -> bool {
    let host = caller.headers.get(HOST).and_then(|host| host.to_str().ok());
    let named = host.is_some_and(|host| is_plain(without_port(host)));
    if !named || !api.allows_origin(&caller) {
        return false;
    }
    caller.headers.remove(AUTHORIZATION);
    caller.query.clear();
    api.identify(&caller).is_ok()
}

fn is_plain(host: &str) -> bool {
    let number = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || number.parse::<IpAddr>().is_ok()
}

/// `localhost:9000` is `localhost`, and `[::1]:9000` is `[::1]`.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_somebody_could_own_is_not_this_machine() {
        for host in [
            "localhost:9000",
            "LOCALHOST",
            "127.0.0.1:9000",
            "[::1]:9000",
            "10.0.0.5",
        ] {
            assert!(is_plain(without_port(host)), "{host}");
        }
        for host in [
            "elsewhere.example:9000",
            "localhost.example",
            "",
            "127.0.0.1.example",
        ] {
            assert!(!is_plain(without_port(host)), "{host}");
        }
    }
}
