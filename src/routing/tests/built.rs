//! A program's routes go through the same checks as a file's, and its mistakes name the calls of the builder.

use super::{KNOWN, parse};
use crate::routing::level::Level;
use crate::routing::listeners::Routing;
use crate::routing::location::Location;
use crate::routing::parts::{
    Given, ListenerParts, Located, NamespaceParts, RouteParts, RoutingParts,
};
use crate::routing::policy::Auth;
use crate::routing::route::Protocol;
use crate::routing::settings::{EdgeSettings, PolicySettings, ProcessSettings};
use std::time::Duration;

#[track_caller]
fn route(path: &str, consumer: &str) -> RouteParts {
    let at = Location::call("route");
    let mut route = RouteParts::new(Protocol::WebSocket, at);
    route.path = Given::at(path.to_owned(), at);
    route.consumer = Given::at(consumer.to_owned(), at);
    route
}

#[track_caller]
fn listener(name: &str, address: &str, routes: Vec<RouteParts>) -> ListenerParts {
    let at = Location::call("listen");
    let value = address.to_owned();
    let mut listener = ListenerParts::new(at);
    listener.name = Given::at(name.to_owned(), at);
    listener.bind = Given::at(vec![Located { value, at }], at);
    listener.routes = Given::at(routes, at);
    listener
}

#[track_caller]
fn routing(listeners: Vec<ListenerParts>) -> RoutingParts {
    let at = Location::call("routing");
    let mut parts = RoutingParts::new(at);
    parts.listeners = Given::at(listeners, at);
    parts
}

#[test]
fn the_nearest_setting_counts() {
    let mut inner = route("/ws/<int:n>/", "changes");
    inner.policy = PolicySettings::new()
        .auth(Auth::None)
        .frames_per_second(7_u32)
        .action_rates([("ask", 2)])
        .0;
    let mut outer = listener("a", "127.0.0.1:0", vec![inner]);
    outer.policy = PolicySettings::new()
        .auth(Auth::Optional)
        .origins(["https://a.b"])
        .compress_from(None)
        .0;
    outer.edge = EdgeSettings::new().head_bytes(2048_usize).0;
    let mut parts = routing(vec![outer]);
    parts.policy = PolicySettings::new()
        .idle_timeout(Duration::from_secs(90))
        .0;
    parts.limits = ProcessSettings::new().connections(12_usize).0;
    let built = Routing::from_parts(parts, &KNOWN).expect("valid");
    let read = parse(
        "[defaults]\nidle_timeout = \"90s\"\n[limits]\nconnections = 12\n[[listener]]\nname = \"a\"\nbind = \"127.0.0.1:0\"\nauth = \"optional\"\n\
         origins = [\"https://a.b\"]\ncompress_from = \"off\"\nhead_bytes = \"2KiB\"\n[[listener.route]]\npath = \"/ws/<int:n>/\"\nconsumer = \"changes\"\n\
         auth = \"none\"\nframes_per_second = 7\naction_rates = { ask = 2 }\n",
    );
    assert_eq!(built.limits, read.limits);
    let of = |routing: &Routing| {
        let listener = &routing.listeners[0];
        let route = &listener.routes[0];
        (
            listener.policy.clone(),
            listener.edge.clone(),
            route.policy.clone(),
        )
    };
    assert_eq!(of(&built), of(&read));
    let explained = &built.explain("/ws/7/")[0];
    let frames = explained.policy.iter();
    let frames = frames
        .clone()
        .find(|s| s.key == "frames_per_second")
        .unwrap();
    let place = format!("{}, {}:", Level::Route.header(), file!());
    assert!(frames.set_by.starts_with(&place), "{frames:?}");
}

#[test]
fn all_mistakes_name_their_calls() {
    let mut odd = route("/x", "chances");
    odd.policy = PolicySettings::new()
        .outbox_bytes(1_usize)
        .origins(["a.b"])
        .ping_interval(Duration::from_secs(90))
        .0;
    let mut rooms = RouteParts::new(Protocol::SocketIo, Location::call("socket_io"));
    rooms.path = Given::at("/socket.io".to_owned(), rooms.at);
    let mut namespace = NamespaceParts::new(Location::call("namespace"));
    namespace.name = Given::at("/".to_owned(), namespace.at);
    namespace.consumer = Given::at("changes".to_owned(), namespace.at);
    namespace.policy = PolicySettings::new().ping_timeout(Duration::from_secs(5)).0;
    let mut full = RouteParts::new(Protocol::SocketIo, Location::call("socket_io"));
    full.path = Given::at("/full".to_owned(), full.at);
    full.namespaces = Given::at(vec![namespace], full.at);
    let again = route("/x/", "changes");
    let routes = vec![odd, rooms, full, again];
    let parts = routing(vec![
        listener("a", "127.0.0.1:9000", routes),
        listener("a", "0.0.0.0:9000", vec![]),
    ]);
    let told = Routing::from_parts(parts, &KNOWN).expect_err("mistakes");
    let told = told.to_string();
    let source: Vec<&str> = include_str!("built.rs").lines().collect();
    let mut messages = Vec::new();
    for line in told.lines() {
        let place = line.strip_prefix(&format!("{}:", file!())).expect(line);
        let (number, rest) = place.split_once(':').expect(line);
        let (_, message) = rest.split_once(": ").expect(line);
        let (method, _) = message.split_once("()").expect(line);
        let number: usize = number.parse().expect(line);
        assert!(source[number - 1].contains(method), "{line}");
        // lines and columns within a message are those of other calls
        let earlier = message.find(file!());
        let end = earlier.map(|at| at + file!().len());
        messages.push(end.map_or(message, |end| &message[..end]));
    }
    let here = file!();
    let expected = [
        "route(): unknown consumer \"chances\": did you mean \"changes\"?",
        "outbox_bytes(): out of bounds: allowed is 4KiB to 256MiB",
        "origins(): \"a.b\" is not an origin: it begins with \"https://\" or the like",
        "ping_interval(): ping_interval (90s) must be shorter than idle_timeout (1m), else silent clients are closed before they are asked",
        "socket_io(): a route of Socket.IO needs a namespace",
        "ping_timeout(): ping_timeout is the route's: its namespaces share it",
        &format!("route(): duplicate path: {here}"),
        "listen(): a listener without a route, \"rest\" or \"metrics\" serves nothing",
        &format!("listen(): a listener \"a\" is in {here}"),
        &format!("listen(): 0.0.0.0:9000 is taken by 127.0.0.1:9000 in {here}"),
    ];
    assert_eq!(messages, expected, "{told}");
}

#[test]
fn a_program_that_serves_nothing_is_told_so() {
    let told = Routing::from_parts(routing(vec![]), &KNOWN).expect_err("nothing");
    let told = told.to_string();
    let message = "routing(): no listener: nothing would be served";
    assert!(told.ends_with(message), "{told}");
}
