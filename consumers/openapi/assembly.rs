//! From the vocabularies' contracts to one document.

use super::{Mounted, System, refusals};
use std::collections::BTreeSet;
use utoipa::OpenApi as _;
use utoipa::openapi::path::PathItem;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    Components, Info, License, OpenApi, OpenApiBuilder, Paths, RefOr, SecurityRequirement, Server,
    ServerBuilder, tag::TagBuilder,
};

/// What every bearer of a token sends.
const BEARER: &str = "bearer";

/// The tag of what every listener answers.
const SERVER: &str = "Server";

const ABOUT: &str = "Everything that is served over HTTP, on all listeners: each path says on which. What happens is told over WebSockets and Socket.IO. \
Send `Authorization: Bearer TOKEN`. A request that changes something may carry an `Idempotency-Key`: sent again with the same content, it gets the same \
answer, and nothing happens twice.";

/// One document for those of the services that are mounted at these places.
///
/// Two services may have the same path on listeners of their own. A document names a path once, so the later one's begins further behind: what is left out in
/// front stands in its server's address.
pub fn openapi(systems: &[System], places: &[Mounted]) -> OpenApi {
    let mut paths = Paths::new();
    let mut components = Components::new();
    let mut tags = Vec::new();
    for system in systems {
        let origins: Vec<&str> = places
            .iter()
            .filter(|place| place.interface == system.interface)
            .map(|place| place.origin.as_str())
            .collect();
        if origins.is_empty() {
            continue;
        }
        let contract = (system.contract)();
        let known: BTreeSet<String> = paths.paths.keys().cloned().collect();
        let front = front(system, &contract, &known);
        for (path, mut item) in contract.paths.paths {
            let whole = format!("{}{path}", below(system));
            complete(system, &whole, &mut item);
            let server = |origin: &&str| Server::new(format!("{origin}{front}"));
            item.servers = Some(origins.iter().map(server).collect());
            paths.paths.insert(whole[front.len()..].to_owned(), item);
        }
        components
            .schemas
            .extend(contract.components.unwrap_or_default().schemas);
        let tag = TagBuilder::new().name(system.title);
        tags.push(tag.description(Some(system.about)).build());
    }
    let listeners = listeners(systems, places);
    server(&listeners, &mut paths, &mut components);
    let tag = TagBuilder::new().name(SERVER);
    tags.push(
        tag.description(Some("Every listener: for those who run it."))
            .build(),
    );
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT");
    components.add_security_scheme(BEARER, SecurityScheme::Http(scheme.build()));
    let mut info = Info::new("maitred", env!("CARGO_PKG_VERSION"));
    info.description = Some(ABOUT.to_owned());
    info.license = Some(License::new("MIT"));
    OpenApiBuilder::new()
        .info(info)
        .servers(Some(listeners))
        .paths(paths)
        .components(Some(components))
        .tags(Some(tags))
        .security(Some([SecurityRequirement::new(BEARER, [""; 0])]))
        .build()
}

/// Every listener once, and what is served there. (Each path says on which it is.)
fn listeners(systems: &[System], places: &[Mounted]) -> Vec<Server> {
    let mut all: Vec<(&str, Vec<&str>)> = Vec::new();
    for place in places {
        let system = systems.iter().find(|s| s.interface == place.interface);
        let at = all.iter().position(|(origin, _)| *origin == place.origin);
        let at = at.unwrap_or_else(|| {
            all.push((&place.origin, Vec::new()));
            all.len() - 1
        });
        all[at].1.extend(system.map(|system| system.title));
    }
    let server = |(origin, titles): (&str, Vec<&str>)| {
        let about = (!titles.is_empty()).then(|| titles.join(", "));
        ServerBuilder::new().url(origin).description(about).build()
    };
    all.into_iter().map(server).collect()
}

/// What all listeners have in common.
fn server(listeners: &[Server], paths: &mut Paths, components: &mut Components) {
    let contract = super::server::Contract::openapi();
    for (path, mut item) in contract.paths.paths {
        item.servers = Some(listeners.to_vec());
        if let Some(operation) = &mut item.get {
            operation.operation_id = Some(format!("server_get{}", path.replace('/', "_")));
            operation.tags = Some(vec![SERVER.to_owned()]);
            refusals::of_server(operation);
        }
        paths.paths.insert(path, item);
    }
    let schemas = contract.components.unwrap_or_default().schemas;
    components.schemas.extend(schemas);
}

fn below(system: &System) -> String {
    match system.service.below {
        "" => String::new(),
        below => format!("/{below}"),
    }
}

/// As much of what the service's paths begin with as must be left out, so that none of them is known already.
fn front(system: &System, contract: &OpenApi, known: &BTreeSet<String>) -> String {
    let below = below(system);
    let mut front = String::new();
    for segment in below.split('/').skip(1) {
        let clashes = contract.paths.paths.keys().any(|path| {
            let whole = format!("{below}{path}");
            known.contains(&whole[front.len()..])
        });
        if !clashes {
            break;
        }
        front = format!("{front}/{segment}");
    }
    front
}

/// What every operation has in common: a name that is its own, and what it is refused for.
fn complete(system: &System, path: &str, item: &mut PathItem) {
    let methods = [
        ("get", &mut item.get),
        ("post", &mut item.post),
        ("put", &mut item.put),
        ("patch", &mut item.patch),
        ("delete", &mut item.delete),
    ];
    for (method, operation) in methods {
        let Some(operation) = operation else {
            continue;
        };
        let words = path.split(|c: char| !c.is_ascii_alphanumeric());
        let words = words.filter(|word| !word.is_empty());
        let words: Vec<&str> = words.collect();
        let title = system.title.to_lowercase();
        operation.operation_id = Some(format!("{title}_{method}_{}", words.join("_")));
        // The comment says where it is, and then what it does; where is known here.
        let summary = operation.summary.take().unwrap_or_default();
        let what = summary.split_once("`: ").map(|(_, what)| what.to_owned());
        let found = |status: &str| match operation.responses.responses.get(status) {
            Some(RefOr::T(response)) => Some(response.description.clone()),
            _ => None,
        };
        operation.summary = what.or_else(|| found("200")).or_else(|| found("201"));
        operation.tags = Some(vec![system.title.to_owned()]);
        refusals::of(system, method, operation);
    }
}
