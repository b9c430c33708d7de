//! Who may hear and do what.

use super::{Timing, refused, two_dishes};
use crate::support::client::Client;
use crate::support::http::{Answer, request};
use crate::support::socket_io::SocketIo;
use crate::support::{Place, Server, token};
use serde_json::{Value, json};

/// `maitred token ARGS` for the demo.
fn mint(timing: &Timing, args: &str) -> String {
    let args: Vec<&str> = args.split(' ').collect();
    token::mint_with(&timing.server.place, &args)
}

#[test]
fn only_who_runs_a_restaurant_sees_its_dashboard() {
    let timing = Timing::start();
    let closed = |path: &str| timing.dial(path).closed();
    let code = |code: &str| Some(code.to_owned());
    assert_eq!(closed("/admin"), (Some(4401), code("UNAUTHENTICATED")));
    for none in ["null", "forged", "a.b.c"] {
        let path = format!("/admin?token={none}");
        assert_eq!(closed(&path), (Some(4401), code("TOKEN_INVALID")));
    }
    let past = token::signed(&token::claims(&timing.server.place, -60));
    let path = format!("/admin?token={past}");
    assert_eq!(closed(&path), (Some(4401), code("TOKEN_EXPIRED")));
    for role in ["waiter", "kitchen", "display"] {
        let token = timing.server.token(role);
        let path = format!("/admin?token={token}");
        assert_eq!(closed(&path), (Some(4403), code("FORBIDDEN")), "{role}");
        for line in [
            "GET /api/admin/orders",
            "GET /api/admin/websocket/stats",
            "PUT /api/admin/orders/1/status",
        ] {
            let body = match line.starts_with("PUT") {
                true => json!({"status": "ready"}),
                false => Value::Null,
            };
            let answer = timing.rest(&token, line, body);
            assert_eq!(refused(answer, 403), "FORBIDDEN", "{role} {line}");
        }
    }
    // in a header too, with the slash too, and as a first frame
    let bearer = format!("Bearer {}", timing.admin);
    let headers = [("authorization", bearer.as_str())];
    let dialed = Client::dial(timing.address, "/admin/", &headers);
    dialed.expect("a WebSocket").next_is("connection");
}

#[test]
fn a_manager_sees_the_own_restaurant_and_no_other() {
    let timing = Timing::start();
    let manager = timing.server.token("manager");
    let mut own = timing.dashboard(&manager);
    let first = own.next_is("connection");
    let orders = first["orders"].as_array().expect("orders");
    assert!(orders.iter().all(|order| order["restaurant_id"] == 2));
    let sql = "UPDATE orders SET status = 'preparing' WHERE id = 8;";
    timing.server.shell(sql);
    assert_eq!(own.sync(), Vec::<Value>::new(), "order 8 is restaurant 3's");
    let path = format!("/admin?token={manager}&restaurant_id=3");
    assert_eq!(timing.dial(&path).closed().0, Some(4403));
    let put = json!({"status": "ready"});
    let answer = timing.rest(&manager, "PUT /api/admin/orders/8/status", put);
    assert_eq!(refused(answer, 403), "FORBIDDEN");
    let list = timing.rest(
        &manager,
        "GET /api/admin/orders?restaurant_id=3",
        Value::Null,
    );
    assert_eq!(refused(list, 403), "FORBIDDEN");
    let list = timing.rest(&manager, "GET /api/admin/orders", Value::Null);
    assert_eq!(list.ok()["total"], 6);
    let elsewhere = json!({"restaurant_id": 3, "items": [{"menu_item_id": 9}]});
    let answer = timing.rest(&manager, "POST /api/orders", elsewhere);
    assert_eq!(refused(answer, 403), "FORBIDDEN");
    // an admin of all can look at one
    let path = format!("/admin?token={}&restaurant_id=3", timing.admin);
    let mut third = timing.dial(&path);
    assert_eq!(third.next_is("connection")["total"], 1);
    timing.put(1, "ready").ok();
    assert_eq!(third.sync(), Vec::<Value>::new());
}

#[test]
fn who_loses_the_account_loses_the_dashboard() {
    let timing = Timing::start();
    for (sql, code) in [
        ("UPDATE users SET token_version = 1 WHERE id = 1;", 4401),
        ("UPDATE users SET is_active = 0 WHERE id = 1;", 4401),
    ] {
        let fresh = Timing::log_in_again(&timing);
        let mut dashboard = timing.dashboard(&fresh);
        dashboard.next_is("connection");
        timing.server.shell(sql);
        assert_eq!(dashboard.closed().0, Some(code), "{sql}");
    }
}

impl Timing {
    fn log_in_again(&self) -> String {
        let answer = super::log_in(self.address, "admin@example.com", "admin12345").ok();
        answer["token"].as_str().expect("a token").to_owned()
    }
}

#[test]
fn without_a_token_nobody_orders_to_a_table() {
    let timing = Timing::start();
    let table = json!({"table_id": 5, "items": [{"menu_item_id": 1}]});
    let answer = timing.guest("POST /api/orders", table.clone());
    assert_eq!(refused(answer, 403), "FORBIDDEN");
    let seated = mint(
        &timing,
        "--role customer --restaurant 2 --table 5 --session 1 --sub guest-5",
    );
    let placed = timing.rest(&seated, "POST /api/orders", table).ok();
    assert_eq!(placed["data"]["table_number"], "5");
    // a guest sees the own orders: for others there is none
    let id = &placed["data"]["id"];
    let line = format!("GET /api/orders/{id}/status");
    timing.rest(&seated, &line, Value::Null).ok();
    let answer = timing.rest(&seated, "GET /api/orders/123/status", Value::Null);
    assert_eq!(refused(answer, 404), "NOT_FOUND");
}

#[test]
fn a_guests_order_waits_for_approval_where_the_house_wants_that() {
    let timing = Timing::start();
    let sql = r#"UPDATE restaurants SET settings_json = '{"approval":true}' WHERE id = 2;"#;
    timing.server.shell(sql);
    let mut dashboard = timing.opened();
    let placed = timing.guest("POST /api/orders", two_dishes()).ok();
    assert_eq!(placed["data"]["status"], "pending");
    assert_eq!(placed["data"]["canonical_status"], "new");
    assert_eq!(
        dashboard.next_is("newOrder")["order"]["canonical_status"],
        "new"
    );
    let song = json!({"items": [{"name": "Song", "price": 1}]});
    let answer = timing.guest("POST /api/orders", song);
    assert_eq!(refused(answer, 403), "OPEN_ITEMS_NOT_ALLOWED");
}

#[test]
fn strangers_order_so_often_and_not_more() {
    let timing = Timing::start();
    let mut placed = 0;
    let stopped = loop {
        let answer = timing.guest("POST /api/orders", two_dishes());
        if answer.status == 429 {
            break answer;
        }
        answer.ok();
        placed += 1;
        assert!(placed < 200, "for ever");
    };
    assert_eq!(refused(stopped, 429), "RATE_LIMITED");
    timing.order();
}

#[test]
fn without_demo_a_guest_needs_the_operators_word() {
    let place = Place::new();
    let file = place.file("routing.toml");
    let routing = std::fs::read_to_string(&file).expect("routing");
    let server = Server::on(place, &[]).in_earnest();
    let mut timing = Timing::of(server);
    for (line, body) in [
        ("POST /api/orders", two_dishes()),
        ("GET /api/orders/1/status", Value::Null),
    ] {
        assert_eq!(refused(timing.guest(line, body), 401), "TOKEN_MISSING");
    }
    let free = routing.replace("# auth = \"optional\"", "auth = \"optional\"");
    assert_ne!(free, routing, "the file says how");
    let free = free.replace("auth_timeout = \"5m\"", "auth_timeout = \"1s\"");
    std::fs::write(&file, free).expect("written");
    timing.server.kill();
    timing.server.restart();
    timing.address = timing.server.listening("timing");
    timing.guest("POST /api/orders", two_dishes()).ok();
    let seen = timing.guest("GET /api/orders/1/status", Value::Null);
    assert_eq!(seen.ok()["data"]["id"], 1);
    let list = timing.guest("GET /api/admin/orders", Value::Null);
    assert_eq!(refused(list, 401), "UNAUTHENTICATED");
    assert_eq!(timing.dial("/admin").closed().0, Some(4408));
}

/// A request of a page of that origin.
fn of_page(timing: &Timing, line: &str, origin: &str, more: &[(&str, &str)]) -> Answer {
    let mut headers = vec![("Origin", origin)];
    headers.extend_from_slice(more);
    request(timing.address, line, &headers, Value::Null)
}

#[test]
fn pages_of_allowed_origins_may_ask_and_read() {
    let timing = Timing::start();
    let (ours, line) = ("http://localhost:5173", "/api/admin/orders/1/status");
    let asks = [
        ("Access-Control-Request-Method", "PUT"),
        (
            "Access-Control-Request-Headers",
            "authorization,content-type",
        ),
    ];
    let may = of_page(&timing, &format!("OPTIONS {line}"), ours, &asks);
    assert_eq!(may.status, 204);
    assert_eq!(may.header("access-control-allow-origin"), Some(ours));
    let allowed = |answer: &Answer, name: &str, word: &str| {
        let value = answer.header(name).unwrap_or_default().to_lowercase();
        assert!(value.contains(word), "{name}: {value}");
    };
    allowed(&may, "access-control-allow-methods", "put");
    allowed(&may, "access-control-allow-headers", "authorization");
    allowed(&may, "access-control-allow-headers", "content-type");
    let bearer = format!("Bearer {}", timing.admin);
    let bearer = [("Authorization", bearer.as_str())];
    for origin in [ours, "null"] {
        let read = of_page(&timing, "GET /api/admin/orders", origin, &bearer);
        assert_eq!(read.header("access-control-allow-origin"), Some(origin));
        assert_eq!(
            read.header("vary").map(str::to_lowercase).as_deref(),
            Some("origin")
        );
        read.ok();
    }
    // a refusal can be read as well
    let refusal = of_page(
        &timing,
        "GET /api/admin/orders",
        ours,
        &[("Authorization", "Bearer x")],
    );
    assert_eq!(refusal.header("access-control-allow-origin"), Some(ours));
    assert_eq!(refused(refusal, 401), "TOKEN_INVALID");
    let strange = of_page(
        &timing,
        "GET /api/admin/orders",
        "https://evil.example",
        &bearer,
    );
    assert!(strange.header("access-control-allow-origin").is_none());
    assert_eq!(refused(strange, 403), "FORBIDDEN_ORIGIN");
    let strange = of_page(
        &timing,
        &format!("OPTIONS {line}"),
        "https://evil.example",
        &asks,
    );
    assert!(strange.header("access-control-allow-origin").is_none());
    let page = [("origin", "https://evil.example")];
    let path = format!("/admin?token={}", timing.admin);
    let dialed = Client::dial(timing.address, &path, &page);
    assert_eq!(dialed.err(), Some(403));
}

/// A token that may only read opens the dashboard, the platform and the workshop, and moves nothing there.
#[test]
fn a_token_that_only_reads_looks_on_in_every_vocabulary() {
    let mut timing = Timing::start();
    let delivery = timing.server.listening("delivery");
    let mut claims = token::claims(&timing.server.place, 3600);
    claims["scope"] = json!("orders:read");
    let reader = token::signed(&claims);
    let mut dashboard = timing.dashboard(&reader);
    dashboard.next_is("connection");
    let id = timing.order();
    dashboard.next_is("newOrder");
    timing
        .rest(&reader, "GET /api/admin/orders", Value::Null)
        .ok();
    let line = format!("PUT /api/admin/orders/{id}/status");
    let moved = timing.rest(&reader, &line, json!({"status": "preparing"}));
    assert_eq!(refused(moved, 403), "FORBIDDEN");

    let mut io = SocketIo::open(delivery);
    for namespace in ["/", "/orders"] {
        let auth = json!({"token": reader});
        io.connect(namespace, auth).expect("let in");
    }
    io.emit("/orders", "get-restaurant-orders", &[json!({})]);
    assert_eq!(io.next("/orders").name, "restaurant-orders");
    let wanted = json!({"orderId": id, "status": "confirmed"});
    io.emit("/orders", "update-order-status", &[wanted]);
    let told = io.next("/orders");
    assert_eq!(
        (&*told.name, &told.data()["code"]),
        ("error", &json!("FORBIDDEN"))
    );
    let bearer = format!("Bearer {reader}");
    let headers = [("Authorization", &*bearer)];
    request(delivery, "GET /orders", &headers, Value::Null).ok();
    let new = json!({"customerName": "Noodle Corner", "productName": "Flyers"});
    assert_eq!(request(delivery, "POST /orders", &headers, new).status, 403);
}

#[test]
fn the_servers_numbers_are_counted_by_endpoint_and_role() {
    let mut timing = Timing::start();
    let delivery = timing.server.listening("delivery");
    let manager = timing.server.token("manager");
    let stats = || {
        timing
            .ask("GET /api/admin/websocket/stats", Value::Null)
            .ok()
    };
    let at = |stats: &Value, path: &str| {
        let all = stats["data"]["connections"]["by_endpoint"].clone();
        let all = all.as_array().expect("endpoints").clone();
        // the dashboards' path is on the screens' origin too
        let listener = if path == "/admin" { "timing" } else { "dining" };
        let mut all = all.into_iter();
        let found = all.find(|one| one["path"] == path && one["listener"] == listener);
        found.unwrap_or_else(|| panic!("no {path}: {stats}"))
    };
    let mut first = timing.opened();
    let mut second = timing.dashboard(&manager);
    second.next_is("connection");
    let mut table = Client::open(&timing.server, "/ws/tables/5/");
    table.next_is("table_status");
    timing.order();
    first.next_is("newOrder");
    second.next_is("newOrder");
    let now = stats();
    assert_eq!(now["success"], true);
    let admin = at(&now, "/admin");
    assert_eq!(
        (&admin["listener"], &admin["open"]),
        (&json!("timing"), &json!(2))
    );
    assert_eq!(admin["roles"], json!({"admin": 1, "manager": 1}));
    let tables = at(&now, "/ws/tables/<id:table_id>/");
    assert_eq!(tables["roles"], json!({"anonymous": 1}));
    let data = &now["data"];
    assert_eq!(data["connections"]["total"], 3);
    assert_eq!(
        data["connections"]["by_role"],
        json!({"admin": 1, "anonymous": 1, "manager": 1})
    );
    // Two namespaces of one connection are two clients.
    let mut phone = SocketIo::open(delivery);
    phone.connect("/", json!({})).expect("let in");
    let auth = json!({"token": manager});
    phone.connect("/orders", auth).expect("let in");
    assert_eq!(
        stats()["data"]["connections"]["by_consumer"],
        json!({"delivery.orders": 1, "dining.table": 1, "timing.admin": 2, "workshop": 1})
    );
    assert!(data["events"]["announced"].as_u64() > Some(0));
    assert!(data["events"]["delivered"].as_u64() >= Some(2));
    assert_eq!(data["dropped"]["slow"], 0);
    assert_eq!(data["resumes"], json!({"resumed": 0, "reset": 0}));
    let since = second.seq;
    drop(second);
    first.next_is("disconnect");
    let path = format!("/admin?token={manager}&since={since}");
    timing.dial(&path).next_is("connection");
    let path = format!("/admin?token={manager}&since=999999999999999");
    let mut reset = timing.dial(&path);
    reset.next_is("connection");
    reset.next_is("connection");
    let now = stats();
    assert_eq!(now["data"]["resumes"], json!({"resumed": 1, "reset": 1}));
    let guest = timing.guest("GET /api/admin/websocket/stats", Value::Null);
    assert_eq!(refused(guest, 401), "UNAUTHENTICATED");
}
