use super::listeners::{Known, Routing};
use super::policy::{Auth, Policy};
use super::route::{Protocol, Route};
use crate::error::Error;
use std::time::Duration;

mod built;

const KNOWN: Known<'static> = Known {
    consumers: &[
        "changes",
        "delivery.orders",
        "dining.notifications",
        "dining.order",
        "dining.order_items",
        "dining.restaurant",
        "dining.session",
        "dining.table",
        "dining.waiter",
        "kitchen",
        "timing.admin",
        "workshop",
    ],
    rest: &[
        "delivery.api",
        "dining.api",
        "demo",
        "docs",
        "kitchen.api",
        "screens",
        "timing.api",
        "workshop.api",
    ],
};

fn parse(text: &str) -> Routing {
    Routing::parse("r.toml", text, &KNOWN).unwrap_or_else(|e| panic!("{e}"))
}

/// Every mistake, or nothing.
fn mistakes(text: &str) -> String {
    match Routing::parse("r.toml", text, &KNOWN) {
        Ok(_) => String::new(),
        Err(Error::Config(lines)) => lines,
        Err(other) => panic!("{other:?}"),
    }
}

/// A listener with one route, both with room for more keys.
fn file(defaults: &str, listener: &str, route: &str) -> String {
    format!(
        "[defaults]\n{defaults}\n[[listener]]\nname = \"a\"\nbind = \"localhost:0\"\n{listener}\n\
         [[listener.route]]\npath = \"/x\"\nconsumer = \"changes\"\n{route}\n"
    )
}

const WRONG: &str = r#"
speed = 3
[defaults]
auth = "requird"
idle_timeout = 60
pings = "25s"

[[listener]]
name = "dining"
bind = "localhost:9000"
rest = ["dinig.api", 7, "timing.api", "timing.api"]
max_message_bytes = "64KB"

[[listener.route]]
path = "/ws/orders/<int:order_id>/"
consumer = "dining.ordr"
auht = "none"

[[listener.route]]
path = "/ws/orders/<itn:order_id>/"
consumer = "dining.order"

[[listener.route]]
path = "/ws/orders/<int:id>"
consumer = 5

[[listener.route]]
path = "/ws/orders/7"
consumer = "something.else.entirely"
outbox_bytes = "1GiB"

[[listener.route]]
path = '/ws/ä/<a>/<a>'

[[listener]]
name = "dining"
bind = ["127.0.0.1:9000", "example.com:80", "[::1]:9000", "127.0.0.1:0", "0.0.0.0:9001", "127.0.0.1:9001"]
origins = ["https://a.example/", "null", "https://b.example"]
ping_interval = "2m"
outbox_frames = -1

[[listener]]
route = 5
auth_timeout = "soon"
"#;

const REPORT: &str = r#"
r.toml:2:1: unknown key "speed": there are defaults, limits, listener
r.toml:4:8: unknown auth "requird": did you mean "required"?
r.toml:5:16: expected a duration with its unit, like "25s", found an integer
r.toml:6:1: unknown key "pings": there are auth, origins, max_message_bytes, max_message_fragments, compress_from, outbox_bytes, outbox_frames, idle_timeout, ping_interval, auth_timeout, frames_per_second, bytes_per_second, action_rates, groups_per_connection, delivery, ping_timeout, max_payload, connect_timeout, offsets, first_byte_timeout, head_timeout, body_timeout, write_timeout, head_bytes, tls_timeout, tls_handshakes
r.toml:11:9: unknown REST service "dinig.api": did you mean "dining.api"?
r.toml:11:22: expected a string, found an integer
r.toml:11:39: "timing.api" stands here twice
r.toml:12:21: "64KB" is not a size: write bytes, or "64KiB", or "1MiB"
r.toml:16:12: unknown consumer "dining.ordr": did you mean "dining.order"?
r.toml:17:1: unknown key "auht": did you mean "auth"?
r.toml:20:21: bad path: unknown kind "itn": <int:name>, <id:name>, <str:name> or <name>
r.toml:24:8: duplicate path: line 15 has the same, "/ws/orders/<int:order_id>/"
r.toml:25:12: expected a string, found an integer
r.toml:28:8: shadowed: every such path goes to "/ws/orders/<int:order_id>/" in line 15; put this route before that one
r.toml:29:12: unknown consumer "something.else.entirely": there are changes, delivery.orders, dining.notifications, dining.order, dining.order_items, dining.restaurant, dining.session, dining.table, dining.waiter, kitchen, timing.admin, workshop
r.toml:30:16: out of bounds: allowed is 4KiB to 256MiB
r.toml:32:1: a route needs a "consumer"
r.toml:33:19: bad path: a second parameter named "a"
r.toml:35:1: a listener without a route, "rest" or "metrics" serves nothing
r.toml:36:8: a listener "dining" is in line 9 already
r.toml:37:9: 127.0.0.1:9000 is taken by 127.0.0.1:9000 in line 10
r.toml:37:27: "example.com:80" is not an address: write "localhost:9000", "127.0.0.1:9000" or "[::1]:9000"
r.toml:37:45: [::1]:9000 is taken by [::1]:9000 in line 10
r.toml:37:90: 127.0.0.1:9001 is taken by 0.0.0.0:9001 in line 37
r.toml:38:12: "https://a.example/" is not an origin: it ends after the host and port, without a "/"
r.toml:38:34: "null" is not an origin: any page can send it; write origins = "*" if that is meant
r.toml:39:17: ping_interval (2m) must be shorter than idle_timeout (1m), else silent clients are closed before they are asked
r.toml:40:17: out of bounds: allowed is 16 to 1048576
r.toml:42:1: a listener needs a "name"
r.toml:42:1: a listener needs a "bind", an address
r.toml:43:9: expected [[listener.route]], found an integer
r.toml:44:16: "soon" is not a duration: write "25s", "5m" or "100ms"
"#;

#[test]
fn all_mistakes_at_once() {
    let found = mistakes(WRONG);
    assert!(found == REPORT.trim(), "{found}"); // as lines, to be compared and pasted
    // A file from Windows has the same mistakes in the same places.
    assert_eq!(mistakes(&WRONG.replace('\n', "\r\n")), found);
}

#[test]
fn single_mistakes() {
    let nothing = "r.toml:1:1: no [[listener]]: nothing would be served";
    for (text, expected) in [
        ("", nothing),
        ("# nothing\n", nothing),
        ("[defaults]", nothing),
        ("listener = []", nothing),
        (
            "[listener]\nname = \"a\"",
            "r.toml:1:1: expected [[listener]], found a table",
        ),
        (
            "listener = [1]",
            "r.toml:1:13: expected [[listener]], found an integer",
        ),
        (
            "defaults = 1\nlistener = [{name = \"a\", bind = [], rest = [\"dining.api\"]}]",
            "r.toml:1:12: expected [defaults], found an integer\n\
             r.toml:2:33: no address in the list",
        ),
        (
            "[[listener]]\nname = \"a b\"\nbind = 1\nroute = []",
            "r.toml:1:1: a listener without a route, \"rest\" or \"metrics\" serves nothing\n\
             r.toml:2:8: a listener's name is one word\n\
             r.toml:3:8: expected an address like \"localhost:9000\", or a list, found an integer",
        ),
    ] {
        assert_eq!(mistakes(text), expected, "{text}");
    }
    let bare = Known {
        consumers: &[],
        rest: &[],
    };
    let error = Routing::parse("r.toml", &file("", "", ""), &bare).unwrap_err();
    let expected = r#"r.toml:9:12: unknown consumer "changes": there is none"#;
    assert_eq!(error.to_string(), expected);
}

#[test]
fn syntax_errors() {
    for (text, place) in [
        ("[[listener]]\nname = ", "r.toml:2:8: "),
        ("a = 1\na = 2\n", "r.toml:2:1: duplicate key"),
        ("[[listener]\n", "r.toml:1:"),
        ("x", "r.toml:1:2: "),
        ("a = \"\\q\"", "r.toml:1:"),
    ] {
        let found = mistakes(text);
        assert!(found.starts_with(place), "{found}");
        assert_eq!(found.lines().count(), 1, "{found}");
    }
}

#[test]
fn the_nearest_policy_counts() {
    let defaults = Policy::default();
    let routing = parse(&file("", "", ""));
    let [listener] = &routing.listeners[..] else {
        panic!("{routing:?}")
    };
    assert_eq!(listener.policy, defaults);
    assert_eq!(listener.routes[0].policy, defaults);
    assert_eq!(listener.routes[0].line, 8);

    let routing = parse(&file(
        "auth = \"none\"\ncompress_from = \"off\"\nidle_timeout = \"2m\"\noutbox_frames = 100\norigins = [\"https://a.b\"]",
        "auth = \"optional\"\nping_interval = \"100ms\"\noutbox_bytes = 5_000\norigins = []",
        "auth = \"required\"\nmax_message_bytes = \"16MiB\"\ncompress_from = \"2KiB\"\norigins = \"*\"",
    ));
    let listener = &routing.listeners[0];
    let of_listener = Policy {
        auth: Auth::Optional,
        idle_timeout: Duration::from_secs(120),
        ping_interval: Duration::from_millis(100),
        outbox_frames: 100,
        outbox_bytes: 5000,
        compress_from: None,
        origins: listener.policy.origins.clone(),
        ..defaults
    };
    // an empty list is not the default: own pages are not in it
    let own = |policy: &Policy| policy.origins.allows(Some("http://a"), Some("a"), false);
    assert!(own(&Policy::default()) && !own(&listener.policy));
    assert_eq!(listener.policy, of_listener);
    assert!(
        listener.routes[0]
            .policy
            .origins
            .allows(Some("http://x.y"), None, false)
    );
    let of_route = Policy {
        auth: Auth::Required,
        max_message_bytes: 16 << 20,
        compress_from: Some(2048),
        origins: listener.routes[0].policy.origins.clone(),
        ..of_listener
    };
    assert_eq!(listener.routes[0].policy, of_route);
}

#[test]
fn bounds() {
    for (key, good, bad) in [
        ("max_message_bytes", "128", "127"),
        ("max_message_bytes", "0x1000000", "16_777_217"),
        ("max_message_bytes", "\"16MiB\"", "\"17MiB\""),
        ("compress_from", "128", "127"),
        ("compress_from", "\"off\"", "\"17MiB\""),
        ("outbox_bytes", "\"4KiB\"", "\"4095B\""),
        ("outbox_frames", "16", "15"),
        ("idle_timeout", "\"24h\"", "\"25h\""),
        ("ping_interval", "\"50ms\"", "\"49ms\""),
        ("auth_timeout", "\"5m\"", "\"99999999999999999999h\""),
    ] {
        assert_eq!(mistakes(&file("", &format!("{key} = {good}"), "")), "");
        let found = mistakes(&file("", &format!("{key} = {bad}"), ""));
        assert!(
            found.contains(": out of bounds: allowed is "),
            "{key} {found}"
        );
        assert_eq!(found.lines().count(), 1, "{found}");
    }
}

#[test]
fn demo_lets_this_machine_in() {
    let listener = "auth = \"none\"\norigins = [\"https://a.b\"]";
    let routing = parse(&file("", listener, "auth = \"optional\"")).demo();
    let listener = &routing.listeners[0];
    assert_eq!(listener.policy.auth, Auth::None);
    assert_eq!(listener.routes[0].policy.auth, Auth::Loopback);
    for policy in [&listener.policy, &listener.routes[0].policy] {
        for origin in [
            None,
            Some("null"),
            Some("http://localhost:1"),
            Some("https://a.b"),
        ] {
            assert!(policy.origins.allows(origin, None, false), "{origin:?}");
        }
        assert!(!policy.origins.allows(Some("https://c.d"), None, false));
    }
    let spelled = mistakes(&file("", "", "auth = \"loopback\""));
    assert!(spelled.contains("unknown auth \"loopback\""), "{spelled}");
}

/// The routing file that comes with the server: right as it is, and every path finds its consumer.
#[test]
fn the_file_at_the_top_level() {
    let routing = parse(include_str!("../../routing.toml"));
    let names: Vec<_> = routing.listeners.iter().map(|l| l.name.as_str()).collect();
    assert_eq!(names, ["dining", "delivery", "kitchen", "timing"]);
    let listener = &routing.listeners[0];
    assert_eq!(listener.name, "dining");
    assert_eq!(listener.rest[0].name, "dining.api");
    let addresses: Vec<_> = listener.bind.addresses.iter().map(|a| a.address).collect();
    let expected = ["127.0.0.1:9000", "[::1]:9000"].map(|a| a.parse().unwrap());
    assert_eq!(addresses, expected);
    assert!(!listener.bind.addresses[0].optional && listener.bind.addresses[1].optional);

    let find = |path: &str| {
        let (route, params) = routing.find(0, path)?;
        let show = |(name, param)| format!(" {name}={param:?}");
        let params: String = params.into_iter().map(show).collect();
        Some(format!("{}{params}", listener.routes[route].consumer))
    };
    for (path, expected) in [
        ("/ws/orders/123/", Some("dining.order order_id=Int(123)")),
        (
            "/ws/orders/123/items",
            Some("dining.order_items order_id=Int(123)"),
        ),
        ("/ws/tables/5", Some("dining.table table_id=Int(5)")),
        (
            "/ws/tables/sessions/1/",
            Some("dining.session session_id=Int(1)"),
        ),
        ("/ws/waiters/10/", Some("dining.waiter waiter_id=Int(10)")),
        (
            "/ws/restaurants/2/notifications/",
            Some("dining.notifications restaurant_id=Int(2)"),
        ),
        (
            "/ws/restaurants/2/",
            Some("dining.restaurant restaurant_id=Int(2)"),
        ),
        ("/ws/changes", Some("changes")),
        (
            "/ws/orders/order-123/",
            Some("dining.order order_id=Text(\"order-123\")"),
        ),
        (
            "/ws/restaurants/11111111-1111-1111-1111-111111111111/",
            Some("dining.restaurant restaurant_id=Text(\"11111111-1111-1111-1111-111111111111\")"),
        ),
        ("/ws/tables/sessions/1/2/", None),
        ("/ws/orders/a.b/", None),
        ("/ws/", None),
        ("/", None),
        ("", None),
    ] {
        assert_eq!(find(path).as_deref(), expected, "{path}");
    }
    assert!(routing.find(1, "/ws/orders/1/").is_none());
    // who follows along does so on any port
    for at in 0..routing.listeners.len() {
        assert!(routing.find(at, "/ws/changes/").is_some(), "{at}");
    }
    let plain = |r: &&Route| r.protocol == Protocol::WebSocket;
    for policy in listener.routes.iter().filter(plain).map(|r| &r.policy) {
        assert_eq!(*policy, Policy::default());
    }
}

#[test]
fn the_first_route_counts() {
    let routing = parse(
        r#"
        [[listener]]
        name = "a"
        bind = "127.0.0.1:0"
        route = [
            { path = "/<int:n>", consumer = "changes" },
            { path = "/b", consumer = "dining.order" },
            { path = "/<name>", consumer = "dining.table" },
        ]
        [[listener]]
        name = "b"
        bind = "127.0.0.1:0"
        rest = ["dining.api"]
        "#,
    );
    let find = |path| routing.find(0, path).map(|(route, _)| route);
    assert_eq!(["/7", "/b", "/c"].map(find), [Some(0), Some(1), Some(2)]);
}

proptest::proptest! {
    #[test]
    fn no_file_panics(from in 0..WRONG.len(), gone in 0..40usize, put in "[\\[\\]{}\"=,.ä\n<>/0-9a-z]{0,6}") {
        let from = WRONG.floor_char_boundary(from);
        let to = WRONG.floor_char_boundary((from + gone).min(WRONG.len()));
        let _ = mistakes(&[&WRONG[..from], &put, &WRONG[to..]].concat());
    }
}
