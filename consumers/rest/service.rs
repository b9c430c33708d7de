//! A service: from its table of paths to routes that answer.

use super::before::{Before, Prepared};
use super::table::{Handler, Methods, ServerCall, keys, named};
use super::{Answer, Call, File, cors};
use crate::access::Claims;
use crate::domain::Key;
use crate::restaurant::Restaurant;
use bytes::{Buf, Bytes, BytesMut};
use futures::{Stream, StreamExt};
use maitred::{Api, Caller, ClientError, Command, Error, IdempotencyKey, Identity, Kind, Reader};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HOST, RETRY_AFTER};
use warp::http::{HeaderName, HeaderValue, Method, StatusCode};
use warp::reply::Response;

/// A vocabulary's paths.
#[derive(Clone, Copy)]
pub struct Service {
    /// The path that all of them begin with, and that is nobody else's: `api/v1`. Empty: only what is in the table is this service's.
    pub below: &'static str,
    /// Everything there is. `*` is the key of a thing.
    pub table: &'static [(&'static str, Methods)],
    /// How a refusal is told: JSON.
    pub refusal: fn(&ClientError) -> String,
}

impl Service {
    /// The routes, for [`Registry::rest`](maitred::Registry::rest).
    pub fn routes(self, api: Api<Restaurant>) -> BoxedFilter<(Response,)> {
        warp::path::full()
            .and_then(move |path: warp::path::FullPath| async move {
                let own = self.own(path.as_str()).map(str::to_owned);
                own.map(|own| (path.as_str().to_owned(), own))
                    .ok_or_else(warp::reject::not_found)
            })
            .and(warp::method())
            .and(Api::<Restaurant>::caller())
            .and(warp::query::<BTreeMap<String, String>>())
            .and(warp::body::stream())
            .then(move |(asked, path), method, caller, query, body| {
                let api = api.clone();
                async move {
                    let request = Request {
                        asked,
                        path,
                        method,
                        caller,
                        query,
                    };
                    self.respond(&request, &api, body).await
                }
            })
            .boxed()
    }

    /// The path as the table has it, if it is one of ours.
    fn own(self, path: &str) -> Option<&str> {
        let path = path.trim_matches('/');
        if self.below.is_empty() {
            let known = |(pattern, _): &(&str, Methods)| keys(pattern, path).is_some();
            return self.table.iter().any(known).then_some(path);
        }
        match path.strip_prefix(self.below)? {
            "" => Some(""),
            rest => rest.strip_prefix('/'),
        }
    }

    async fn respond<B: Buf, E>(
        self,
        request: &Request,
        api: &Api<Restaurant>,
        body: impl Stream<Item = Result<B, E>>,
    ) -> Response {
        if !api.allows_origin(&request.caller) {
            let text = "pages from this origin may not ask: see `origins` in routing.toml";
            return self.refused(&ClientError::new(Kind::Forbidden, "FORBIDDEN_ORIGIN", text));
        }
        let mut response = match self.find(&request.path, &request.method) {
            Ok((Handler::Show(f), _)) => f(&request.asked),
            Ok((Handler::File(f), keys)) => match request.file(f, keys, api).await {
                Ok(file) => file.response(),
                Err(error) => self.refused(&error),
            },
            Ok((handler, keys)) => match request.answer(handler, keys, api, body).await {
                Ok(answer) => answered(&answer),
                Err(error) => self.refused(&error),
            },
            Err(Miss::Method(methods)) if cors::asks(&request.method, &request.caller) => {
                cors::preflight(methods)
            }
            Err(miss) => self.missed(&miss, request),
        };
        cors::allow(&request.caller, &mut response);
        response
    }

    /// What a path and a method mean, and the keys in it.
    fn find<'p>(self, path: &'p str, method: &Method) -> Result<(Handler, Vec<&'p str>), Miss> {
        let mut found = self.table.iter();
        let found = found.find_map(|(pattern, methods)| Some((*methods, keys(pattern, path)?)));
        let (methods, keys) = found.ok_or(Miss::Path)?;
        match methods.iter().find(|(known, _)| known == method) {
            Some((_, handler)) => Ok((*handler, keys)),
            None => Err(Miss::Method(methods)),
        }
    }

    /// Clients are told what would have a meaning.
    fn missed(self, miss: &Miss, request: &Request) -> Response {
        let Miss::Method(methods) = miss else {
            let text = "there is nothing at this path";
            return self.refused(&ClientError::new(Kind::NotFound, "NOT_FOUND", text));
        };
        let reads = methods.iter().any(|(method, _)| *method == Method::GET);
        let allowed = match reads {
            true => format!("{}, HEAD", named(methods)),
            false => named(methods),
        };
        let text = format!("{} means nothing here: {allowed} do", request.method);
        let error = ClientError::new(Kind::MethodNotAllowed, "METHOD_NOT_ALLOWED", text);
        let mut answer = self.refused(&error);
        if let Ok(allowed) = HeaderValue::from_str(&allowed) {
            answer.headers_mut().insert(ALLOW, allowed);
        }
        answer
    }

    fn refused(self, error: &ClientError) -> Response {
        let mut response = response(error.kind.status(), (self.refusal)(error));
        if let Some(seconds) = patience(error) {
            let wait = HeaderValue::from(seconds);
            response.headers_mut().insert(RETRY_AFTER, wait);
        }
        response
    }
}

/// The seconds after which it is worth asking again, where the refusal says that: `Retry-After` is never another number than the body's.
fn patience(error: &ClientError) -> Option<u64> {
    #[derive(Deserialize)]
    struct Later {
        retry_after_s: Option<u64>,
        retry_after_ms: Option<u64>,
    }
    let details = error.details.as_deref()?;
    let later: Later = serde_json::from_str(details.get()).ok()?;
    let rounded = later.retry_after_ms.map(|ms| ms.div_ceil(1000));
    later.retry_after_s.or(rounded)
}

/// Why a path and a method mean nothing.
enum Miss {
    Path,
    Method(Methods),
}

struct Request {
    /// As it was sent.
    asked: String,
    /// As the table has it.
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
        let identity = match handler {
            Handler::Read(_) | Handler::Write(_) | Handler::Prepared(..) | Handler::File(_) => {
                api.identify(&self.caller)?
            }
            Handler::Serve(_) | Handler::Show(_) => Identity::anonymous(),
        };
        let body = all(body, api.max_body_bytes()).await?;
        let peer = self.caller.peer;
        let done = match handler {
            Handler::Read(f) => {
                let call = Call::new(identity, keys, self.query.clone(), body).from(peer);
                api.read(move |db| f(&call, db)).await
            }
            Handler::Write(f) => {
                let command = self.command(&identity, &body)?;
                let call = Call::new(identity, keys, self.query.clone(), body).from(peer);
                let done = api.write_as_of(command, move |tx| f(&call, tx)).await;
                done.map(|(answer, as_of)| answer.done_as_of(as_of))
            }
            Handler::Prepared(prepare, f) => {
                let before = Before {
                    api: api.clone(),
                    identity: identity.clone(),
                    body,
                };
                // What is repeated under a key is what is left of the body: no PIN is ever in what is kept of it.
                let Prepared { body, found } = prepare(before).await.map_err(Error::into_client)?;
                let command = self.command(&identity, &body)?;
                let call = Call::new(identity, keys, self.query.clone(), body).from(peer);
                let call = call.knowing(found);
                let done = api.write_as_of(command, move |tx| f(&call, tx)).await;
                done.map(|(answer, as_of)| answer.done_as_of(as_of))
            }
            Handler::Serve(f) => {
                f(ServerCall {
                    api: api.clone(),
                    caller: self.caller.clone(),
                    body,
                    keys: keys.into_iter().map(Key::from).collect(),
                })
                .await
            }
            // answered already: they need no body
            Handler::Show(_) | Handler::File(_) => Err(Error::Closed),
        };
        done.map_err(Error::into_client)
    }

    async fn file(
        &self,
        f: fn(&Call, &Reader<'_>) -> Result<File, Error>,
        keys: Vec<&str>,
        api: &Api<Restaurant>,
    ) -> Result<File, ClientError> {
        let identity = api.identify(&self.caller)?;
        let host = self.caller.headers.get(HOST);
        let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
        let scheme = if api.tls() { "https" } else { "http" };
        let call = Call::new(identity, keys, self.query.clone(), Bytes::new())
            .from(self.caller.peer)
            .at(format!("{scheme}://{host}"));
        let made = api.read(move |db| f(&call, db)).await;
        made.map_err(Error::into_client)
    }

    fn command(&self, identity: &Identity<Claims>, body: &[u8]) -> Result<Command, ClientError> {
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
        let address = || self.caller.peer.map(|peer| peer.ip().to_string());
        // Requests of one client come by many connections, so an address is the nearest that there is to one; others may come from it later.
        let (scope, former) = match &identity.subject {
            Some(subject) => (subject.clone(), subject.as_str()),
            None => (
                format!("nobody {}", address().unwrap_or_default()),
                "anonymous",
            ),
        };
        let former_content = [self.line("").as_bytes(), body].concat();
        let id = IdempotencyKey::new(scope, key, &[self.target()?.as_bytes(), body].concat());
        let id = id.formerly(former, &former_content);
        Ok(command.with_id(match &identity.subject {
            Some(_) => id,
            None => id.for_at_most(STRANGERS_KEYS),
        }))
    }

    fn line(&self, query: &str) -> String {
        format!("{} {}{query}\n", self.method, self.path)
    }

    /// What is asked for, except for the body. A `?token=` is left out, because it says who asks.
    fn target(&self) -> Result<String, ClientError> {
        let mut query = self.query.clone();
        query.remove("token");
        let query = serde_json::to_string(&query).map_err(|e| Error::from(e).into_client())?;
        Ok(self.line(&query))
    }
}

/// A UUID is 36.
const KEY_BYTES: usize = 128;

/// How long a key without a token counts: those who try again do so within minutes, and an address is soon somebody else's.
const STRANGERS_KEYS: Duration = Duration::from_secs(600);

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

/// The number of the newest event when a command was done: a page whose stream has passed it has heard all that the command caused.
const AS_OF: HeaderName = HeaderName::from_static("as-of");

fn answered(answer: &Answer) -> Response {
    let mut response = response(answer.status(), answer.body().to_owned());
    if let Some(as_of) = answer.as_of() {
        let headers = response.headers_mut();
        headers.insert(AS_OF, HeaderValue::from(as_of));
    }
    response
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
    use crate::rest::refusal;

    fn nothing(_: &Call, _: &Reader<'_>) -> Result<Answer, Error> {
        Answer::ok(&())
    }

    const SOME: Methods = &[(Method::GET, Handler::Read(nothing))];

    const fn service(below: &'static str) -> Service {
        Service {
            below,
            table: &[("orders", SOME), ("orders/*/items/*", SOME)],
            refusal,
        }
    }

    #[test]
    fn paths_have_meanings() {
        let api = service("api/v1");
        let (_, keys) = api
            .find("orders/order-7/items/12", &Method::GET)
            .ok()
            .unwrap();
        assert_eq!(keys, ["order-7", "12"]);
        for path in ["orders//items", "orders/1/items/2/3", ""] {
            let found = api.find(path, &Method::GET);
            assert!(matches!(found, Err(Miss::Path)), "{path}");
        }
        let miss = api.find("orders", &Method::DELETE);
        assert!(matches!(miss, Err(Miss::Method([(Method::GET, _)]))));
    }

    #[test]
    fn a_path_belongs_to_one_service() {
        let (below, alone) = (service("api/v1"), service(""));
        for (path, of_below, of_alone) in [
            ("/api/v1/orders/", Some("orders"), None),
            ("/api/v1/nothing", Some("nothing"), None),
            ("/api/v1", Some(""), None),
            ("/api/v11", None, None),
            ("/orders", None, Some("orders")),
            ("/orders/1", None, None),
            ("/healthz", None, None),
        ] {
            assert_eq!(below.own(path), of_below, "{path}");
            assert_eq!(alone.own(path), of_alone, "{path}");
        }
    }
}
