//! The dining room over HTTP, under `/api/v1`: because somebody must create things.
//!
//! Statuses have their canonical names here, among which the sockets' five words are; nothing is passed through, because everything can be named. Amounts
//! are decimal text. Unknown fields are refused. A request that changes something may carry an `Idempotency-Key`: sent again with the same content, it gets the same answer and nothing happens twice.
//! Whoever listens on a socket hears of every change made here; that is the change log's doing, and nothing is sent from this module.

mod call;
mod orders;
mod shown;
mod staff;
mod tables;

use self::call::{Answer, Call};
use crate::restaurant::Restaurant;
use bytes::{Buf, Bytes, BytesMut};
use futures::{Stream, StreamExt};
use maitred::{
    Api, Caller, ClientError, Command, CommandId, Error, Identity, Kind, Message, Reader,
    Transaction,
};
use std::collections::BTreeMap;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE};
use warp::http::{HeaderValue, Method, StatusCode};
use warp::reply::Response;

/// As in `routing.toml`.
pub const NAME: &str = "dining.api";

/// What a route does: it reads, or it writes.
#[derive(Clone, Copy)]
enum Handler {
    Read(fn(&Call, &Reader<'_>) -> Result<Answer, Error>),
    Write(fn(&Call, &Transaction<'_>) -> Result<Answer, Error>),
}

use Handler::{Read, Write};

/// Everything there is, below `/api/v1/`. `*` is the key of a thing.
const ROUTES: &[(&str, &[(Method, Handler)])] = &[
    (
        "orders",
        &[
            (Method::GET, Read(orders::list)),
            (Method::POST, Write(orders::place)),
        ],
    ),
    (
        "orders/*",
        &[
            (Method::GET, Read(orders::show)),
            (Method::PATCH, Write(orders::change)),
            (Method::DELETE, Write(orders::delete)),
        ],
    ),
    (
        "orders/*/items",
        &[
            (Method::GET, Read(orders::items)),
            (Method::POST, Write(orders::add_items)),
        ],
    ),
    (
        "orders/*/items/*",
        &[
            (Method::PATCH, Write(orders::change_item)),
            (Method::DELETE, Write(orders::void_item)),
        ],
    ),
    (
        "orders/*/payments",
        &[
            (Method::GET, Read(orders::payments)),
            (Method::POST, Write(orders::pay)),
        ],
    ),
    ("tables", &[(Method::GET, Read(tables::list))]),
    ("tables/*", &[(Method::GET, Read(tables::show))]),
    ("tables/*/occupy", &[(Method::POST, Write(tables::occupy))]),
    (
        "tables/*/release",
        &[(Method::POST, Write(tables::release))],
    ),
    ("sessions", &[(Method::GET, Read(tables::sessions))]),
    (
        "sessions/*",
        &[
            (Method::GET, Read(tables::session)),
            (Method::PATCH, Write(tables::change_session)),
        ],
    ),
    ("menu", &[(Method::GET, Read(staff::menu))]),
    ("waiters", &[(Method::GET, Read(staff::waiters))]),
    (
        "waiters/*/tasks",
        &[
            (Method::GET, Read(staff::tasks_of)),
            (Method::POST, Write(staff::assign)),
        ],
    ),
    ("tasks", &[(Method::GET, Read(staff::tasks))]),
    (
        "notifications",
        &[(Method::GET, Read(staff::notifications))],
    ),
    (
        "notifications/*/acknowledge",
        &[(Method::POST, Write(staff::acknowledge))],
    ),
    (
        "restaurants/*/alerts",
        &[(Method::POST, Write(staff::alert))],
    ),
    (
        "restaurants/*/broadcast",
        &[(Method::POST, Write(staff::broadcast))],
    ),
];

/// The routes, for [`Registry::rest`](maitred::Registry::rest).
pub fn routes(api: Api<Restaurant>) -> BoxedFilter<(Response,)> {
    warp::path!("api" / "v1" / ..)
        .and(warp::path::tail())
        .and(warp::method())
        .and(Api::<Restaurant>::caller())
        .and(warp::query::<BTreeMap<String, String>>())
        .and(warp::body::stream())
        .then(move |tail: warp::path::Tail, method, caller, query, body| {
            let api = api.clone();
            async move {
                let request = Request {
                    path: tail.as_str().trim_end_matches('/').to_owned(),
                    method,
                    caller,
                    query,
                };
                let (handler, keys) = match find(&request.path, &request.method) {
                    Ok(found) => found,
                    Err(miss) => return missed(&miss, &request),
                };
                match request.answer(handler, keys, &api, body).await {
                    Ok(answer) => response(answer.status(), answer.body().to_owned()),
                    Err(error) => refusal(&error),
                }
            }
        })
        .boxed()
}

struct Request {
    path: String,
    method: Method,
    caller: Caller,
    query: BTreeMap<String, String>,
}

impl Request {
    async fn answer<B: Buf, E>(
        &self,
        handler: Handler,
        keys: Vec<&str>,
        api: &Api<Restaurant>,
        body: impl Stream<Item = Result<B, E>>,
    ) -> Result<Answer, ClientError> {
        let origin = self.caller.headers.get("origin");
        let origin = origin.map(|origin| origin.to_str().unwrap_or("?"));
        if !api.allows_origin(origin) {
            let text = "pages from this origin may not ask";
            return Err(ClientError::new(Kind::Forbidden, "FORBIDDEN_ORIGIN", text));
        }
        let identity = api.identify(&self.caller)?;
        let body = all(body, api.max_body_bytes()).await?;
        let done = match handler {
            Read(f) => {
                let call = Call::new(identity, keys, self.query.clone(), body);
                api.read(move |db| f(&call, db)).await
            }
            Write(f) => {
                let command = self.command(&identity, &body)?;
                let call = Call::new(identity, keys, self.query.clone(), body);
                api.write(command, move |tx| f(&call, tx)).await
            }
        };
        done.map_err(Error::into_client)
    }

    fn command(
        &self,
        identity: &Identity<crate::restaurant::Claims>,
        body: &[u8],
    ) -> Result<Command, ClientError> {
        let command = match &identity.subject {
            Some(subject) => Command::new().by(subject),
            None => Command::new(),
        };
        let Some(key) = self.caller.headers.get("idempotency-key") else {
            return Ok(command);
        };
        let key = key.to_str().ok();
        let Some(key) = key.filter(|key| (1..=KEY_BYTES).contains(&key.len())) else {
            let text = "an Idempotency-Key is plain text of at most 128 bytes";
            return Err(ClientError::new(Kind::Invalid, "INVALID_KEY", text));
        };
        let scope = identity.subject.as_deref().unwrap_or("anonymous");
        let mut content = format!("{} {}\n", self.method, self.path).into_bytes();
        content.extend_from_slice(body);
        Ok(command.with_id(CommandId::new(scope, key, &content)))
    }
}

/// A UUID is 36.
const KEY_BYTES: usize = 128;

type Methods = &'static [(Method, Handler)];

/// Why a path and a method mean nothing.
enum Miss {
    Path,
    Method(Methods),
}

/// What a path and a method mean, and the keys in it.
fn find<'p>(path: &'p str, method: &Method) -> Result<(Handler, Vec<&'p str>), Miss> {
    let matching = |pattern: &str| {
        let mut keys = Vec::new();
        let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return Some(keys),
                (Some("*"), Some(key)) if !key.is_empty() => keys.push(key),
                (Some(word), Some(part)) if word == part => {}
                _ => return None,
            }
        }
    };
    let found = ROUTES
        .iter()
        .find_map(|(pattern, methods)| Some((*methods, matching(pattern)?)));
    let (methods, keys) = found.ok_or(Miss::Path)?;
    match methods.iter().find(|(known, _)| known == method) {
        Some((_, handler)) => Ok((*handler, keys)),
        None => Err(Miss::Method(methods)),
    }
}

/// Clients are told what would have a meaning.
fn missed(miss: &Miss, request: &Request) -> Response {
    let Miss::Method(methods) = miss else {
        let text = "there is nothing at this path";
        return refusal(&ClientError::new(Kind::NotFound, "NOT_FOUND", text));
    };
    let allowed: Vec<_> = methods.iter().map(|(method, _)| method.as_str()).collect();
    let allowed = allowed.join(", ");
    let text = format!("{} means nothing here: {allowed} do", request.method);
    let error = ClientError::new(Kind::Invalid, "METHOD_NOT_ALLOWED", text);
    let mut answer = refusal(&error);
    *answer.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    if let Ok(allowed) = HeaderValue::from_str(&allowed) {
        answer.headers_mut().insert(ALLOW, allowed);
    }
    answer
}

/// The whole body, unless it is over the limit.
async fn all<B: Buf, E>(
    body: impl Stream<Item = Result<B, E>>,
    limit: usize,
) -> Result<Bytes, ClientError> {
    let mut whole = BytesMut::new();
    let mut body = std::pin::pin!(body);
    while let Some(part) = body.next().await {
        let Ok(mut part) = part else {
            let text = "the body ended too early";
            return Err(ClientError::new(Kind::Invalid, "INVALID_BODY", text));
        };
        if whole.len() + part.remaining() > limit {
            let text = format!("the body is over {limit} bytes");
            return Err(ClientError::new(Kind::TooLarge, "TOO_LARGE", text));
        }
        whole.extend_from_slice(&part.copy_to_bytes(part.remaining()));
    }
    Ok(whole.freeze())
}

fn refusal(error: &ClientError) -> Response {
    response(error.kind.status(), Message::error(error).data().to_owned())
}

fn response(status: u16, body: String) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    let json = HeaderValue::from_static("application/json");
    headers.insert(CONTENT_TYPE, json);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_meanings() {
        let (_, keys) = find("orders/order-7/items/12", &Method::PATCH)
            .ok()
            .unwrap();
        assert_eq!(keys, ["order-7", "12"]);
        for path in ["orders//items", "orders/1/items/2/3", ""] {
            assert!(
                matches!(find(path, &Method::GET), Err(Miss::Path)),
                "{path}"
            );
        }
        let miss = find("tables/5", &Method::DELETE);
        assert!(matches!(miss, Err(Miss::Method([(Method::GET, _)]))));
    }
}
