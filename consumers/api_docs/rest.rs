//! `/api-docs`: the contract to look at and to try, without anything from elsewhere.

use crate::openapi::{Mounted, collection, openapi};
use crate::rest::Handler::{Serve, Show};
use crate::rest::{self, Answer, Method, Methods, Served, ServerCall, Service};
use crate::restaurant::Restaurant;
use crate::vocabularies;
use maitred::{Error, Registry};
use serde_json::Value;
use std::sync::Arc;
use utoipa_swagger_ui::Config;
use warp::Reply;
use warp::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE};
use warp::http::{HeaderValue, StatusCode};
use warp::reply::Response;

/// As in `routing.toml`.
pub const NAME: &str = "docs";

const SERVICE: Service = Service {
    below: "api-docs",
    table: ROUTES,
    refusal: rest::refusal,
};

/// The page, what it needs (the viewer, as its makers built it), and the documents.
const ROUTES: &[(&str, Methods)] = &[
    ("", &[(Method::GET, Show(page))]),
    (SCRIPT, &[(Method::GET, Show(|_| part(SCRIPT)))]),
    (STYLE, &[(Method::GET, Show(|_| part(STYLE)))]),
    ("openapi.json", &[(Method::GET, Serve(document))]),
    ("postman.json", &[(Method::GET, Serve(requests))]),
];

const SCRIPT: &str = "swagger-ui-bundle.js";
const STYLE: &str = "swagger-ui.css";

const PAGE: &str = include_str!("page.html");

/// Adds the interface to those that `routing.toml` may name.
pub fn register(registry: Registry<Restaurant>) -> Registry<Restaurant> {
    registry.rest(NAME, |api| SERVICE.routes(api))
}

/// With addresses that are relative to its own, because only a proxy in front of us knows what all paths begin with: `/restaurant/api-docs`.
fn page(asked: &str) -> Response {
    let here = match asked.ends_with('/') {
        true => "",
        false => "api-docs/",
    };
    let page = PAGE.replace("{here}", here);
    file(page.into_bytes(), "text/html; charset=utf-8", false)
}

fn part(name: &str) -> Response {
    let found = utoipa_swagger_ui::serve(name, Arc::new(Config::default()));
    let Some(found) = found.ok().flatten() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let bytes = found.bytes.into_owned();
    file(bytes, &found.content_type, found.gzpipped)
}

fn file(bytes: Vec<u8>, kind: &str, gzipped: bool) -> Response {
    let mut response = Response::new(bytes.into());
    let headers = response.headers_mut();
    match HeaderValue::from_str(kind) {
        Ok(kind) => headers.insert(CONTENT_TYPE, kind),
        Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    };
    // seconds: a new version of the server may bring a new one
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("max-age=600"));
    if gzipped {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

fn document(call: ServerCall) -> Served {
    Box::pin(async move { Answer::ok(&of(&call)?) })
}

fn requests(call: ServerCall) -> Served {
    Box::pin(async move { Answer::ok(&collection(&of(&call)?)) })
}

/// The document of everything that this server serves, with the addresses by which the caller reaches it.
fn of(call: &ServerCall) -> Result<Value, Error> {
    let host = call.caller.headers.get("host");
    let host = host.and_then(|host| host.to_str().ok());
    let host = host.map_or("localhost", without_port);
    let places = call.api.places().iter();
    let places: Vec<Mounted> = places.map(|place| Mounted::seen(place, host)).collect();
    Ok(serde_json::to_value(openapi(
        &vocabularies::systems(),
        &places,
    ))?)
}

/// `localhost:8000` is `localhost`, and `[::1]:8000` is `[::1]`.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => host,
    }
}
