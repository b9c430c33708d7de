//! The interface `screens` of `routing.toml`.

use super::embedded::{self, File};
use super::place::Place;
use super::response::{self, json, refused};
use crate::rest::allow_origin;
use crate::restaurant::Restaurant;
use maitred::{Api, Caller, ClientError, Kind, Registry};
use serde::Serialize;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::http::header::ALLOW;
use warp::http::{HeaderValue, Method, StatusCode};
use warp::reply::Response;

/// As in `routing.toml`.
const NAME: &str = "screens";

/// Adds the interface to those that `routing.toml` may name.
pub fn register(registry: Registry<Restaurant>) -> Registry<Restaurant> {
    registry.rest(NAME, routes)
}

fn routes(api: Api<Restaurant>) -> BoxedFilter<(Response,)> {
    warp::path::full()
        .and_then(|path: warp::path::FullPath| async move {
            Place::at(path.as_str()).ok_or_else(warp::reject::not_found)
        })
        .and(warp::method())
        .and(Api::<Restaurant>::caller())
        .map(move |place, method, caller| {
            let mut response = answer(&place, &method, &caller);
            // everybody may read what is public; pages elsewhere that the listener knows may use it
            if api.allows_origin(&caller) {
                allow_origin(&caller, &mut response);
            }
            response
        })
        .boxed()
}

fn answer(place: &Place, method: &Method, caller: &Caller) -> Response {
    // a HEAD arrives as GET
    if *method != Method::GET {
        let text = format!("{method} means nothing here: GET, HEAD do");
        let kind = Kind::MethodNotAllowed;
        let mut answer = refused(&ClientError::new(kind, "METHOD_NOT_ALLOWED", text));
        let allowed = HeaderValue::from_static("GET, HEAD");
        answer.headers_mut().insert(ALLOW, allowed);
        return answer;
    }
    match place {
        Place::Build => build(),
        Place::File(name) => match File::find(name) {
            Some(file) => response::file(name, &file, &caller.headers),
            None => {
                let text = "there is nothing at this path";
                refused(&ClientError::new(Kind::NotFound, "NOT_FOUND", text))
            }
        },
    }
}

/// For a page that wants to know whether it is of today's build.
fn build() -> Response {
    #[derive(Serialize)]
    struct Build {
        build: String,
    }
    let build = embedded::build();
    let text = serde_json::to_string(&Build { build }).unwrap_or_default();
    json(StatusCode::OK, text)
}
