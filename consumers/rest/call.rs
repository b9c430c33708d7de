//! A request as its handler sees it, and what it answers.

use super::before::Found;
use crate::access::{self, Action, Bearer, Claims, Target};
use crate::domain::page::{PAGE_MAX, Page};
use crate::domain::pins::{self, Approver};
use crate::domain::{Actor, Key, Refusal, ids};
use bytes::Bytes;
use maitred::{Error, Identity, Kind, Reader};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// A request that was understood as far as its path.
pub struct Call {
    identity: Identity<Claims>,
    keys: Vec<Key>,
    query: BTreeMap<String, String>,
    body: Bytes,
    /// The address it came from.
    pub peer: Option<SocketAddr>,
    base: String,
    found: Found,
}

/// What a page of a list holds when nobody says how much.
const PAGE: u32 = 50;

impl Call {
    pub fn new(
        identity: Identity<Claims>,
        keys: Vec<&str>,
        query: BTreeMap<String, String>,
        body: Bytes,
    ) -> Self {
        let keys = keys.into_iter().map(Key::from).collect();
        Call {
            identity,
            keys,
            query,
            body,
            peer: None,
            base: String::new(),
            found: Found::Nothing,
        }
    }

    /// This request, sent from the address `peer`.
    pub fn from(self, peer: Option<SocketAddr>) -> Self {
        Call { peer, ..self }
    }

    /// This request, sent to a server that is reached at `base`: `http://localhost:9000`.
    pub fn at(self, base: String) -> Self {
        Call { base, ..self }
    }

    /// This request, of which something was found out before.
    pub fn knowing(self, found: Found) -> Self {
        Call { found, ..self }
    }

    /// Where whoever asks reaches this server.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// What was found out before.
    pub fn found(&self) -> &Found {
        &self.found
    }

    /// Who it is for the domain, with the manager who has allowed it.
    pub fn actor(
        &self,
        bearer: &Bearer,
        restaurant: i64,
        db: &Reader<'_>,
    ) -> Result<(Actor, Option<Approver>), Error> {
        let approver = match &self.found {
            Found::Approval(id) => Some(pins::approver(db, *id, restaurant)?),
            _ => None,
        };
        let actor = Actor {
            approved_by: approver.as_ref().map(|approver| approver.id),
            ..bearer.actor()
        };
        Ok((actor, approver))
    }

    /// Whoever asks, by the rows as they are now.
    pub fn bearer(&self, db: &Reader<'_>) -> Result<Bearer, Error> {
        Bearer::of(&self.identity, db)
    }

    /// The nth key in the path.
    pub fn key(&self, nth: usize) -> &Key {
        &self.keys[nth]
    }

    /// Who asks.
    pub fn identity(&self) -> &Identity<Claims> {
        &self.identity
    }

    /// A query parameter.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// Lets pass who may; see [`access::may`].
    pub fn may(&self, action: Action, target: Target, db: &Reader<'_>) -> Result<Bearer, Error> {
        access::may(&self.identity, action, target, db)
    }

    /// The thing that the nth key names, if the caller may do this to it. A guest who may not gets the answer for a thing that does not exist.
    pub fn target(
        &self,
        nth: usize,
        find: impl Fn(&Reader<'_>, &Key) -> Result<i64, Error>,
        target: impl Fn(i64) -> Target,
        action: Action,
        db: &Reader<'_>,
    ) -> Result<(i64, Bearer), Error> {
        let id = find(db, self.key(nth))?;
        Ok((id, self.may(action, target(id), db)?))
    }

    /// The restaurant that a request names, or the only one of the caller, if the caller may do this there.
    pub fn restaurant(
        &self,
        named: Option<&Key>,
        action: Action,
        db: &Reader<'_>,
    ) -> Result<(i64, Bearer), Error> {
        let id = match named {
            Some(key) => ids::restaurant(db, key)?,
            None => match Bearer::of(&self.identity, db)?.restaurants() {
                Some([only]) => *only,
                _ => return Err(Refusal::value("restaurant_id", "say which restaurant").into()),
            },
        };
        Ok((id, self.may(action, Target::Restaurant(id), db)?))
    }

    /// Refuses parameters that have no meaning here: a misspelled one must not look like none.
    pub fn only(&self, known: &[&str]) -> Result<(), Error> {
        let strange = self.query.keys();
        let mut strange =
            strange.filter(|name| *name != "token" && !known.contains(&name.as_str()));
        match strange.next() {
            None => Ok(()),
            Some(name) => {
                let text = format!("unknown parameter {name:?}");
                Err(Error::client(Kind::Invalid, "INVALID_PARAMETER", text))
            }
        }
    }

    /// A parameter of the query string.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// The body: a JSON object. Nothing is an empty one.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Error> {
        object(&self.body)
    }

    /// Whether the body is an object with this member.
    pub fn has(&self, member: &str) -> bool {
        let members: Option<BTreeMap<String, IgnoredAny>> = serde_json::from_slice(&self.body).ok();
        members.is_some_and(|members| members.contains_key(member))
    }

    /// What part of a list is wanted.
    pub fn list(&self, db: &Reader<'_>, action: Action) -> Result<List<'_>, Error> {
        let bearer = Bearer::of(&self.identity, db)?;
        bearer.may(action)?;
        let mut list = List {
            restaurants: bearer.restaurants().map(<[i64]>::to_vec),
            left: self.query.iter().map(|(k, v)| (&**k, &**v)).collect(),
            before: None,
            limit: PAGE,
        };
        list.left.remove("token");
        list.before = list.number("before")?;
        if let Some(limit) = list.number("limit")? {
            list.limit = u32::try_from(limit).unwrap_or(PAGE);
        }
        if let Some(named) = list.text("restaurant_id") {
            let restaurant = ids::restaurant(db, &Key::from(named))?;
            let own = list.restaurants.as_ref();
            if own.is_some_and(|own| !own.contains(&restaurant)) {
                let text = "this restaurant is somebody else's";
                return Err(Error::client(Kind::Forbidden, "FORBIDDEN", text));
            }
            list.restaurants = Some(vec![restaurant]);
        }
        Ok(list)
    }
}

/// A body: a JSON object. Nothing is an empty one.
pub fn object<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    let body = match body.trim_ascii() {
        b"" => b"{}",
        body => body,
    };
    serde_json::from_slice(body).map_err(|e| {
        let code = match e.classify() {
            serde_json::error::Category::Data => "INVALID_BODY",
            _ => "INVALID_JSON",
        };
        Error::client(Kind::Invalid, code, e.to_string())
    })
}

/// What part of a list is wanted: `?restaurant_id=2&limit=50&before=<id>` and what the list has besides.
pub struct List<'a> {
    /// Of which restaurants; `None`: of all.
    pub restaurants: Option<Vec<i64>>,
    left: BTreeMap<&'a str, &'a str>,
    /// The last page's `next`: go on after it.
    pub before: Option<i64>,
    pub limit: u32,
}

impl<'a> List<'a> {
    /// A parameter that is text.
    pub fn text(&mut self, name: &'static str) -> Option<&'a str> {
        self.left.remove(name)
    }

    /// A parameter that is a number.
    pub fn number(&mut self, name: &'static str) -> Result<Option<i64>, Error> {
        let text = self.text(name);
        let number = text.map(|text| text.parse().map_err(|_| Refusal::value(name, "a number")));
        Ok(number.transpose()?)
    }

    /// The one restaurant that is meant: the only one they belong to, or the one they name.
    pub fn one_restaurant(&self) -> Result<i64, Error> {
        match self.restaurants.as_deref() {
            Some([restaurant]) => Ok(*restaurant),
            _ => Err(Refusal::value("restaurant_id", "say which restaurant").into()),
        }
    }

    /// The page that is wanted of a list that is short enough to be read as a whole, in its own order: it goes on after the thing that `before` names.
    pub fn cut<T>(&self, mut all: Vec<T>, id: impl Fn(&T) -> i64) -> Page<T> {
        let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
        if let Some(before) = self.before {
            let seen = all.iter().position(|thing| id(thing) == before);
            all.drain(..seen.map_or(all.len(), |seen| seen + 1));
        }
        let limit = self.limit.clamp(1, PAGE_MAX) as usize;
        let more = all.len() > limit;
        all.truncate(limit);
        Page {
            next: all.last().filter(|_| more).map(id),
            items: all,
            total,
        }
    }

    /// Refuses what nobody asked for: a misspelled filter must not look like one that matches everything.
    pub fn nothing_else(&self) -> Result<(), Error> {
        match self.left.keys().next() {
            None => Ok(()),
            Some(name) => {
                let text = format!("unknown parameter {name:?}");
                Err(Error::client(Kind::Invalid, "INVALID_PARAMETER", text))
            }
        }
    }
}

/// What a handler answers. Stored with the effect of a command that has an id.
#[derive(Debug, Serialize, Deserialize)]
pub struct Answer {
    status: u16,
    body: Box<RawValue>,
    /// See [`Answer::as_of`]. The store keeps it itself.
    #[serde(skip)]
    as_of: Option<u64>,
}

impl Answer {
    /// Status 200, with this body as JSON.
    pub fn ok(body: &impl Serialize) -> Result<Self, Error> {
        let body = serde_json::value::to_raw_value(body)?;
        Ok(Answer {
            status: 200,
            body,
            as_of: None,
        })
    }

    /// Status 201: what the body shows was made by this request.
    pub fn created(body: &impl Serialize) -> Result<Self, Error> {
        Ok(Answer {
            status: 201,
            ..Answer::ok(body)?
        })
    }

    /// Of a command that was done: as of which event, as [`Api::write_as_of`](maitred::Api::write_as_of) says it. The header `As-Of` tells it.
    pub fn done_as_of(self, as_of: u64) -> Self {
        let as_of = Some(as_of);
        Answer { as_of, ..self }
    }

    /// As of which event the command was done, if it was one.
    pub fn as_of(&self) -> Option<u64> {
        self.as_of
    }

    /// Status 202: nothing is there yet, and asking again is right.
    pub fn later(body: &impl Serialize) -> Result<Self, Error> {
        Ok(Answer {
            status: 202,
            ..Answer::ok(body)?
        })
    }

    /// The status of HTTP.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The body, as JSON.
    pub fn body(&self) -> &str {
        self.body.get()
    }
}
