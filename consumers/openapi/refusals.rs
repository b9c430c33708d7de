//! What each operation is refused for: what follows from what it takes, and who says it.

use super::System;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::{
    Content, ContentBuilder, Ref, RefOr, Required, ResponseBuilder, SecurityRequirement,
};

/// Who refuses, and so in which shape.
#[derive(Clone, Copy)]
enum Who {
    /// The service, in its vocabulary's shape.
    Service,
    /// The listener, before it knows the service.
    Listener,
    /// One or the other.
    Both,
}

/// The listener's shape: `{"error": ..., "code": ...}`.
const PLAIN: &str = "Refused";

/// Completes an operation of a service: a key that makes it repeatable, a body that may be left out, and every status that it may be refused with.
pub fn of(system: &System, method: &str, operation: &mut Operation) {
    let open = |all: &Vec<SecurityRequirement>| *all == [SecurityRequirement::default()];
    let identified = !operation.security.as_ref().is_some_and(open);
    let writes = method != "get";
    // Whoever has no token yet has no key either.
    let repeatable = writes && identified;
    if repeatable {
        done(operation);
        let parameters = operation.parameters.get_or_insert_default();
        parameters.push(RefOr::T(idempotency_key()));
    }
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        body.required = Some(match take_null(body) {
            true => Required::False,
            false => Required::True,
        });
    }
    let takes = |place: ParameterIn| {
        let mut all = operation.parameters.iter().flatten();
        all.any(|one| matches!(one, RefOr::T(one) if one.parameter_in == place))
    };
    let (keyed, asked) = (takes(ParameterIn::Path), takes(ParameterIn::Query));
    let body = operation.request_body.is_some();
    let all = [
        (
            "400",
            body || repeatable || (asked && system.strict),
            Who::Service,
            "What came is no JSON, or has other members or parameters than these",
        ),
        (
            "401",
            identified,
            Who::Service,
            "No token, or one that is forged, expired or withdrawn",
        ),
        (
            "403",
            true,
            Who::Service,
            "This role may not do this, or not here; or a page of another origin asks",
        ),
        (
            "404",
            keyed || asked || (body && identified),
            Who::Service,
            "There is none, or none for who asks",
        ),
        ("408", body, Who::Listener, "The body took too long"),
        (
            "409",
            repeatable,
            Who::Service,
            "Understood, and not possible as things are: `code` says why",
        ),
        ("410", identified, Who::Service, "The visit is over"),
        ("413", body, Who::Both, "The body is too large"),
        (
            "422",
            writes || asked,
            Who::Service,
            "A value breaks a rule, which the text names",
        ),
    ];
    for (status, applies, who, why) in all {
        if applies {
            add(operation, status, why, who, system.refused);
        }
    }
    always(operation, system.refused);
}

/// Completes an operation that every listener answers: every status that any request may be refused with.
pub fn of_server(operation: &mut Operation) {
    always(operation, PLAIN);
}

/// What may happen to any request.
fn always(operation: &mut Operation, service: &str) {
    for (status, who, why) in [
        (
            "429",
            Who::Both,
            "Too many, or too fast: `Retry-After` says when to come again",
        ),
        ("500", Who::Service, "Our failure: the log says which"),
        (
            "503",
            Who::Both,
            "The server is full or stops, or its database is held by another program: the same request may succeed later",
        ),
    ] {
        add(operation, status, why, who, service);
    }
}

/// Unless the operation says itself what that status means.
fn add(operation: &mut Operation, status: &str, why: &str, who: Who, service: &str) {
    let responses = &mut operation.responses.responses;
    if responses.contains_key(status) {
        return;
    }
    let mut response = ResponseBuilder::new()
        .description(why)
        .content("application/json", content(who, service));
    if matches!(status, "429" | "503") {
        let seconds = ObjectBuilder::new().schema_type(Type::Integer);
        let header = HeaderBuilder::new()
            .schema(Some(seconds))
            .description(Some("Seconds, where that is known"));
        response = response.header("Retry-After", header.build());
    }
    responses.insert(status.to_owned(), RefOr::T(response.build()));
}

/// A success says as of which event it was done.
fn done(operation: &mut Operation) {
    let whole = ObjectBuilder::new().schema_type(Type::Integer);
    let header = HeaderBuilder::new()
        .schema(Some(whole))
        .description(Some(
            "The number of the newest event when this was done: none that it has caused has a higher one",
        ))
        .build();
    for (status, response) in &mut operation.responses.responses {
        if let (true, RefOr::T(response)) = (status.starts_with('2'), response) {
            response
                .headers
                .insert("As-Of".to_owned(), RefOr::T(header.clone()));
        }
    }
}

fn content(who: Who, service: &str) -> Content {
    let named = Ref::from_schema_name;
    let schema: RefOr<Schema> = match who {
        Who::Service => named(service).into(),
        Who::Listener => named(PLAIN).into(),
        Who::Both if service == PLAIN => named(PLAIN).into(),
        Who::Both => {
            let either = AnyOfBuilder::new().item(named(service)).item(named(PLAIN));
            Schema::AnyOf(either.build()).into()
        }
    };
    ContentBuilder::new().schema(Some(schema)).build()
}

fn idempotency_key() -> utoipa::openapi::path::Parameter {
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(128));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "Sent again with the same content, it gets the same answer, and nothing happens twice: for 72 hours, without a token for 10 minutes",
        ))
        .schema(Some(text))
        .build()
}

/// Takes `null` out of what a body may be. Whether it was there: then nothing at all may be sent, and `null` is nothing that anybody does.
fn take_null(body: &mut RequestBody) -> bool {
    let is_null = |one: &RefOr<Schema>| {
        let one = serde_json::to_value(one).unwrap_or_default();
        one["type"] == "null"
    };
    let mut taken = false;
    for content in body.content.values_mut() {
        let RefOr::T(content) = content else { continue };
        let Some(RefOr::T(Schema::OneOf(either))) = &content.schema else {
            continue;
        };
        let (nulls, others): (Vec<_>, Vec<_>) = either.items.iter().partition(|one| is_null(one));
        if let ([_], [only]) = (&nulls[..], &others[..]) {
            content.schema = Some((*only).clone());
            taken = true;
        }
    }
    taken
}
