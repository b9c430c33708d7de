//! `/api-docs`: the contract to look at and to try, without anything from elsewhere.

use super::{Place, collection, openapi};
use crate::rest::Handler::Serve;
use crate::rest::{self, Answer, Method, Methods, Served, Service, Visit};
use crate::restaurant::Restaurant;
use maitred::{Api, Error};
use serde_json::Value;
use std::sync::Arc;
use utoipa_swagger_ui::Config;
use warp::Filter;
use warp::Reply;
use warp::filters::BoxedFilter;
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

const ROUTES: &[(&str, Methods)] = &[
    ("openapi.json", &[(Method::GET, Serve(document))]),
    ("postman.json", &[(Method::GET, Serve(requests))]),
];

const PAGE: &str = include_str!("page.html");

/// What the page needs: the viewer, as its makers built it.
const PARTS: [&str; 2] = ["swagger-ui-bundle.js", "swagger-ui.css"];

/// The routes, for [`Registry::rest`](maitred::Registry::rest).
pub fn routes(api: Api<Restaurant>) -> BoxedFilter<(Response,)> {
    let page = warp::path("api-docs")
        .and(warp::path::end())
        .and(warp::get())
        .map(|| file(PAGE.as_bytes().to_vec(), "text/html; charset=utf-8", false));
    let part = warp::path!("api-docs" / String)
        .and(warp::get())
        .and_then(|name: String| {
            let known = PARTS.contains(&name.as_str());
            std::future::ready(match known.then(|| part(&name)).flatten() {
                Some(found) => Ok(found),
                None => Err(warp::reject::not_found()),
            })
        });
    let rest = SERVICE.routes(api);
    page.or(part).unify().or(rest).unify().boxed()
}

fn part(name: &str) -> Option<Response> {
    let found = utoipa_swagger_ui::serve(name, Arc::new(Config::default()));
    let found = found.ok().flatten()?;
    let bytes = found.bytes.into_owned();
    Some(file(bytes, &found.content_type, found.gzpipped))
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

fn document(visit: Visit) -> Served {
    Box::pin(async move { Answer::ok(&of(&visit)?) })
}

fn requests(visit: Visit) -> Served {
    Box::pin(async move { Answer::ok(&collection(&of(&visit)?)) })
}

/// The document of what this server has mounted, where who asks finds it.
fn of(visit: &Visit) -> Result<Value, Error> {
    let host = visit.caller.headers.get("host");
    let host = host.and_then(|host| host.to_str().ok());
    let host = host.map_or("localhost", without_port);
    let places = visit.api.places().iter();
    let places: Vec<Place> = places.map(|place| Place::seen(place, host)).collect();
    Ok(serde_json::to_value(openapi(&places))?)
}

/// `localhost:8000` is `localhost`, and `[::1]:8000` is `[::1]`.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => host,
    }
}
