//! What a route of Socket.IO says, and how its mistakes are told.

use crate::error::Error;
use crate::routing::{Known, Routing};

const KNOWN: Known<'static> = Known {
    consumers: &["delivery.orders", "workshop", "echo"],
    rest: &[],
};

fn read(route: &str) -> Result<Routing, String> {
    let file = format!(
        "[[listener]]\nname = \"delivery\"\nbind = \"localhost:0\"\nping_interval = \"10s\"\n[[listener.route]]\npath = \"/socket.io/\"\n{route}"
    );
    Routing::parse("r.toml", &file, &KNOWN).map_err(|error| match error {
        Error::Config(lines) => lines,
        other => panic!("{other:?}"),
    })
}

#[test]
fn a_namespace_has_its_consumer_and_a_little_policy() {
    let routing = read(
        "auth = \"optional\"\nping_timeout = \"5s\"\n\
         [[listener.route.namespace]]\nname = \"/\"\nconsumer = \"workshop\"\n\
         [[listener.route.namespace]]\nname = \"/orders\"\nconsumer = \"delivery.orders\"\nauth = \"required\"\n",
    )
    .expect("a routing");
    let found = routing.explain("/socket.io");
    let setting = |n: usize, key: &str| {
        let all = &found[n].policy;
        let s = all.iter().find(|s| s.key == key).expect("a setting");
        (s.value.clone(), s.set_by.clone())
    };
    assert_eq!(found.len(), 2);
    let root = (found[0].namespace.as_deref(), &*found[0].consumer);
    let orders = (found[1].namespace.as_deref(), &*found[1].consumer);
    assert_eq!(root, (Some("/"), "workshop"));
    assert_eq!(orders, (Some("/orders"), "delivery.orders"));
    assert_eq!(found[1].protocol, "socket.io");
    let is = |value: &str, set_by: &str| (value.to_owned(), set_by.to_owned());
    assert_eq!(
        setting(0, "auth"),
        is("optional", "[[listener.route]], line 7")
    );
    assert_eq!(
        setting(1, "auth"),
        is("required", "[[listener.route.namespace]], line 15")
    );
    assert_eq!(
        setting(1, "ping_timeout"),
        is("5s", "[[listener.route]], line 8")
    );
    assert_eq!(setting(1, "max_payload"), is("1000000B", "default"));
    assert_eq!(setting(1, "connect_timeout"), is("45s", "default"));
    let policy = &routing.listeners[0].routes[0].policy;
    assert_eq!(policy.idle_timeout.as_secs(), 15);
    assert_eq!(policy.max_message_bytes, 1_000_000);
}

#[test]
fn mistakes_are_told_where_they_stand() {
    for (route, told) in [
        (
            "[[listener.route.namespace]]\nname = \"orders\"\nconsumer = \"delivery.ordes\"\nping_timeout = \"5s\"\nauht = 1\n",
            "r.toml:8:8: a namespace begins with a slash: \"/orders\"\n\
             r.toml:9:12: unknown consumer \"delivery.ordes\": did you mean \"delivery.orders\"?\n\
             r.toml:10:1: ping_timeout is the route's: its namespaces share it\n\
             r.toml:11:1: unknown key \"auht\": did you mean \"auth\"?",
        ),
        (
            "consumer = \"echo\"\n[[listener.route.namespace]]\nname = \"/a,b\"\nconsumer = \"echo\"\n[[listener.route.namespace]]\n",
            "r.toml:7:12: each namespace has a consumer of its own: put it there\n\
             r.toml:9:8: a namespace is one word of up to 256 bytes, without \",\" and \"?\"\n\
             r.toml:11:1: a namespace needs a \"consumer\"\n\
             r.toml:11:1: a namespace needs a \"name\": \"/\", or one like \"/orders\"",
        ),
        (
            "protocol = \"socketio\"\nconsumer = \"echo\"\n",
            "r.toml:7:12: unknown protocol \"socketio\": did you mean \"socket.io\"?",
        ),
        (
            "protocol = \"socket.io\"\n",
            "r.toml:5:1: a route of Socket.IO needs a [[listener.route.namespace]]",
        ),
        (
            "protocol = \"engine.io\"\nconsumer = \"echo\"\nmax_payload = 5\n",
            "r.toml:9:15: out of bounds: allowed is 128B to 16MiB",
        ),
        (
            "[[listener.route.namespace]]\nname = \"/\"\nconsumer = \"echo\"\n[[listener.route.namespace]]\nname = \"/\"\nconsumer = \"echo\"\n",
            "r.toml:11:8: \"/\" stands in line 8 already",
        ),
    ] {
        assert_eq!(read(route).expect_err(route), told);
    }
}
