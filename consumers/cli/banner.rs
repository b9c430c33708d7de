//! What a demo prints when it runs: everything there is to try, ready to paste.

use super::token::{Claims, Role};
use std::fmt::Write;
use std::time::Duration;

/// How long the printed tokens are good for.
const TTL: Duration = Duration::from_secs(12 * 3600);

/// The demo's people, and how they sign in.
const PINS: &str = "Mia 1010, Noah 1111, Lina 1212, Ploy in the kitchen 2020, Somchai who manages 0000, drivers 9090";

/// What stands in for a token where the server has only a public key.
const NO_TOKEN: &str = "TOKEN";

/// The demo restaurant's endpoints: what each is, its path, and whose token is printed with it.
const ENDPOINTS: [(&str, &str, Bearer); 8] = [
    ("an order", "/ws/orders/1/", Bearer::Manager),
    ("its items", "/ws/orders/1/items/", Bearer::Manager),
    ("a table", "/ws/tables/5/", Bearer::Waiter),
    ("a table session", "/ws/tables/sessions/1/", Bearer::Waiter),
    ("a waiter", "/ws/waiters/10/", Bearer::Waiter),
    (
        "all waiters",
        "/ws/restaurants/2/notifications/",
        Bearer::Waiter,
    ),
    ("the restaurant", "/ws/restaurants/2/", Bearer::Manager),
    ("every change", "/ws/changes/", Bearer::Admin),
];

/// Whom tokens are printed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bearer {
    Manager,
    Waiter,
    Admin,
}

impl Bearer {
    fn claims(self) -> Option<Claims> {
        let restaurant = [2.into()];
        match self {
            Bearer::Manager => Some(Claims::new(Role::Manager, None, TTL)?.at(&restaurant)),
            Bearer::Waiter => {
                Some(Claims::new(Role::Waiter, Some(10.into()), TTL)?.at(&restaurant))
            }
            Bearer::Admin => Claims::new(Role::Admin, None, TTL),
        }
    }
}

/// The text, for a server at `base` (`localhost:9000`) on this database. `mint` signs claims; `None` if it cannot.
pub fn banner(base: &str, database: &str, mint: impl Fn(&Claims) -> Option<String>) -> String {
    let token = |bearer: Bearer| {
        let minted = bearer.claims().and_then(|claims| mint(&claims));
        minted.unwrap_or_else(|| NO_TOKEN.to_owned())
    };
    let [manager, waiter, admin] = [Bearer::Manager, Bearer::Waiter, Bearer::Admin].map(token);
    let token_of = |bearer| match bearer {
        Bearer::Manager => &manager,
        Bearer::Waiter => &waiter,
        Bearer::Admin => &admin,
    };
    let mut text = String::from(
        "\nThis is a demo: everybody on this machine may look, and do what the examples show, without a token.\n\
         Leave out `?token=...` to be a guest. What a manager, a waiter or an admin may do needs theirs; these end in 12 hours.\n",
    );
    let _ = write!(
        text,
        "\n# the screens: open this, and choose who you are\nhttp://{base}/\n\
         # kitchen, waiter, board, driver and manager are below it; PINs: {PINS}\n"
    );
    for (what, path, bearer) in ENDPOINTS {
        let who = format!("{bearer:?}").to_lowercase();
        let url = format!("ws://{base}{path}?token={}", token_of(bearer));
        // `write!` to a String cannot fail.
        let _ = write!(text, "\n# {what}, as {who}\nwscat -c \"{url}\"\n");
    }
    let api = format!("http://{base}/api/v1");
    let _ = write!(
        text,
        r#"
# watch one of them while you do these (install wscat with: npm install -g wscat)
curl -X POST {api}/orders -H "Authorization: Bearer {manager}" -H "Content-Type: application/json" -d '{{"restaurant_id":2,"table_id":5,"items":[{{"menu_item_id":1,"quantity":2}}]}}'
curl -X PATCH {api}/orders/1 -H "Authorization: Bearer {manager}" -H "Content-Type: application/json" -d '{{"status":"ready"}}'
curl -X POST {api}/restaurants/2/broadcast -H "Authorization: Bearer {manager}" -H "Content-Type: application/json" -d '{{"message":"Kitchen closes in 30 minutes"}}'

# any program that writes rows is heard
sqlite3 {database} "UPDATE tables SET capacity = capacity + 1 WHERE id = 5"
"#,
    );
    text
}

/// The lines of the delivery platform and of the workshop, for a server at `base` (`localhost:3000`).
pub fn delivery(base: &str, mint: impl Fn(&Claims) -> Option<String>) -> String {
    let token = |claims: Option<Claims>| {
        let minted = claims.and_then(|claims| mint(&claims));
        minted.unwrap_or_else(|| NO_TOKEN.to_owned())
    };
    let driver = token(Claims::new(Role::Driver, Some(901.into()), TTL));
    let user = token(Claims::new(Role::Customer, Some(456.into()), TTL));
    let manager = Claims::new(Role::Manager, Some(34.into()), TTL);
    let manager = token(manager.map(|claims| claims.at(&[5.into()])));
    let restaurant = Claims::new(Role::Manager, Some(32.into()), TTL);
    let restaurant = token(restaurant.map(|claims| claims.at(&[789.into()])));
    let listen = |namespace: &str, options: &str, then: &str| {
        format!(
            r#"node -e 'const s = require("socket.io-client").io("http://{base}{namespace}"{options}); s.onAny((name, data) => console.log(name, JSON.stringify(data))); {then}'"#
        )
    };
    let auth = |token: &str| format!(r#", {{ auth: {{ token: "{token}" }} }}"#);
    let as_driver = listen(
        "/orders",
        &auth(&driver),
        r#"s.emit("get-available-orders", {})"#,
    );
    let as_restaurant = listen(
        "/orders",
        &auth(&restaurant),
        r#"s.emit("get-restaurant-orders", {})"#,
    );
    let as_anybody = listen("", "", r#"s.emit("joinRoom")"#);
    let json = r#"-H "Content-Type: application/json""#;
    format!(
        r#"
# the delivery platform, as a driver: what there is to take, and what comes (install the client with: npm install socket.io-client)
{as_driver}

# the same as restaurant 789
{as_restaurant}

# order something there, as a user
curl -X POST http://{base}/api/delivery/orders -H "Authorization: Bearer {user}" {json} -d '{{"restaurantId":789,"items":[{{"menuItemId":11,"quantity":2}}],"deliveryAddress":"Soi 11, 4"}}'

# the print workshop, as anybody
{as_anybody}

# move one of its orders on, as its manager
curl -X PATCH http://{base}/orders/ORD-1002 -H "Authorization: Bearer {manager}" {json} -d '{{"status":"In Binding","message":"Nearly there"}}'
"#
    )
}

/// The restaurant's outside name, as the kitchen's document has it.
const RESTAURANT: &str = "11111111-1111-1111-1111-111111111111";

/// The kitchen's lines, for a server at `base` (`localhost:3001`).
pub fn kitchen(base: &str, mint: impl Fn(&Claims) -> Option<String>) -> String {
    let cook = Claims::new(Role::Kitchen, Some(20.into()), TTL);
    let token = cook.and_then(|claims| mint(&claims.at(&[2.into()])));
    let token = token.unwrap_or_else(|| NO_TOKEN.to_owned());
    format!(
        r#"
# the kitchen's screens, as a cook; nobody gets in without a token (install the client with: npm install socket.io-client)
node -e 'const s = require("socket.io-client").io("http://{base}", {{ auth: {{ token: "{token}" }} }}); s.onAny((name, data) => console.log(name, JSON.stringify(data))); s.emit("join:restaurant", "{RESTAURANT}"); s.emit("orders:sync")'
curl -X POST http://{base}/api/v1/kitchen/alerts -H "Authorization: Bearer {token}" -H "Content-Type: application/json" -d '{{"type":"urgent","message":"Out of rice","severity":5}}'
"#
    )
}

/// The Timing API's lines, for a server at `base` (`localhost:8000`).
pub fn timing(base: &str, mint: impl Fn(&Claims) -> Option<String>) -> String {
    let manager = Claims::new(Role::Manager, Some(30.into()), TTL);
    let token = manager.and_then(|claims| mint(&claims.at(&[2.into()])));
    let token = token.unwrap_or_else(|| NO_TOKEN.to_owned());
    let json = r#"-H "Content-Type: application/json""#;
    format!(
        r#"
# every order on a dashboard, as a manager
wscat -c "ws://{base}/admin?token={token}"

# order something there, as anybody; follow it with its link; move it on, as the manager
curl -X POST http://{base}/api/orders {json} -d '{{"customer_info":{{"name":"Jo","phone":"+66 2 000 0001"}},"items":[{{"menu_item_id":1,"quantity":2}}]}}'
curl http://{base}/api/orders/order-123/status
curl -X PUT http://{base}/api/admin/orders/123/status -H "Authorization: Bearer {token}" {json} -d '{{"status":"preparing"}}'

# a token for who knows the password, and everything that is served over HTTP: http://{base}/api-docs
curl -X POST http://{base}/api/auth/login {json} -d '{{"email":"admin@example.com","password":"admin12345"}}'
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> String {
        banner("localhost:9000", "maitred-demo.db", |claims| {
            Some(format!("token-of-{}", claims.sub))
        })
    }

    #[test]
    fn each_endpoint_has_a_line_to_paste() {
        let text = example();
        let lines: Vec<&str> = text.lines().filter(|l| l.starts_with("wscat")).collect();
        assert_eq!(lines.len(), 8);
        assert!(
            lines
                .contains(&r#"wscat -c "ws://localhost:9000/ws/orders/1/?token=token-of-manager""#)
        );
        assert!(
            lines.contains(&r#"wscat -c "ws://localhost:9000/ws/waiters/10/?token=token-of-10""#)
        );
        assert!(
            lines.contains(&r#"wscat -c "ws://localhost:9000/ws/changes/?token=token-of-admin""#)
        );
    }

    #[test]
    fn every_path_is_one_of_routing_toml() {
        let routing = include_str!("../../routing.toml");
        for (_, path, _) in ENDPOINTS {
            let numberless = |s: &str| {
                let parts = s.split('/');
                let is_number = |p: &str| p.starts_with('<') || p.parse::<u64>().is_ok();
                parts
                    .map(|p| if is_number(p) { "*" } else { p })
                    .collect::<Vec<_>>()
                    .join("/")
            };
            let known = routing
                .lines()
                .filter_map(|l| l.strip_prefix("path = \"")?.split('"').next());
            assert!(
                known.map(numberless).any(|p| p == numberless(path)),
                "{path}"
            );
        }
    }

    #[test]
    fn bodies_are_json_and_quotes_do_not_clash() {
        let text = example();
        let bodies: Vec<&str> = text
            .lines()
            .filter_map(|line| line.split_once("-d '")?.1.strip_suffix('\''))
            .collect();
        assert_eq!(bodies.len(), 3);
        for body in bodies {
            assert!(!body.contains('\''));
            serde_json::from_str::<serde_json::Value>(body).expect(body);
        }
    }

    #[test]
    fn the_kitchens_lines_are_ready_to_paste() {
        let text = kitchen("localhost:3001", |claims| {
            Some(format!("token-of-{}", claims.sub))
        });
        assert!(
            text.contains(r#"io("http://localhost:3001", { auth: { token: "token-of-20" } })"#)
        );
        let script = text
            .lines()
            .find_map(|l| l.strip_prefix("node -e '"))
            .unwrap();
        assert!(!script.strip_suffix('\'').unwrap().contains('\''));
        let body = text
            .lines()
            .find_map(|l| l.split_once("-d '")?.1.strip_suffix('\''));
        serde_json::from_str::<serde_json::Value>(body.unwrap()).unwrap();
    }

    #[test]
    fn the_lines_of_delivery_and_workshop_are_ready_to_paste() {
        let text = delivery("localhost:3000", |claims| {
            Some(format!("token-of-{}", claims.sub))
        });
        let driver = r#"io("http://localhost:3000/orders", { auth: { token: "token-of-901" } })"#;
        assert!(text.contains(driver) && text.contains(r#"io("http://localhost:3000")"#));
        let scripts = text.lines().filter_map(|l| l.strip_prefix("node -e '"));
        let scripts: Vec<_> = scripts.collect();
        assert_eq!(scripts.len(), 3);
        for script in scripts {
            assert!(!script.strip_suffix('\'').unwrap().contains('\''));
        }
        let bodies = text
            .lines()
            .filter_map(|l| l.split_once("-d '")?.1.strip_suffix('\''));
        for body in bodies {
            serde_json::from_str::<serde_json::Value>(body).unwrap();
        }
    }

    #[test]
    fn the_dashboards_lines_are_ready_to_paste() {
        let text = timing("localhost:8000", |claims| {
            Some(format!("token-of-{}", claims.sub))
        });
        let line = r#"wscat -c "ws://localhost:8000/admin?token=token-of-30""#;
        assert!(text.lines().any(|l| l == line), "{text}");
        let bodies = text
            .lines()
            .filter_map(|l| l.split_once("-d '")?.1.strip_suffix('\''));
        let bodies: Vec<_> = bodies.collect();
        assert_eq!(bodies.len(), 3);
        for body in bodies {
            serde_json::from_str::<serde_json::Value>(body).unwrap();
        }
    }

    #[test]
    fn without_a_secret_the_reader_fills_in_a_token() {
        assert!(banner("a", "b", |_| None).contains("/ws/orders/1/?token=TOKEN"));
    }
}
