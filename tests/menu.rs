//! The menu: who writes it, what is sold out, and who hears of that at once.

use crate::dining::free_table;
use crate::support::socket_io::SocketIo;
use crate::support::{Client, Server, http, token};
use serde_json::{Value, json};

const HERE: &str = "11111111-1111-1111-1111-111111111111";

#[test]
fn what_is_sold_out_is_told_to_everybody_in_the_house_and_its_guests() {
    let mut server = Server::start();
    let waiter = server.token("waiter");
    let open = |path: &str| Client::open_as(&server, path, &waiter);
    let mut all = [
        open("/ws/restaurants/2/"),
        open("/ws/restaurants/2/notifications/"),
    ];
    let guest = token::mint_with(&server.place, &["--role", "customer", "--session", "1"]);
    let mut phone = Client::open_as(&server, "/ws/tables/sessions/1/", &guest);
    phone.next_is("session_status");
    all.iter_mut().for_each(|client| drop(client.sync()));
    let cook = server.token("kitchen");
    let at = server.listening("kitchen");
    let mut screen = SocketIo::open(at);
    screen.connect("/", json!({"token": cook})).expect("let in");
    screen.ask("/", "join:restaurant", &[json!(HERE)]);
    let off = server
        .rest(
            &cook,
            "PATCH /api/v1/menu/1",
            json!({"is_available": false}),
        )
        .ok();
    assert_eq!(
        (&off["is_available"], &off["name"]),
        (&json!(false), &json!("Pad Thai"))
    );
    for client in all.iter_mut().chain([&mut phone]) {
        let told = client.next_is("menu_update");
        assert_eq!(told["data"]["version"], off["version"], "{told}");
        assert_eq!(told["data"], off, "as it is read");
    }
    let told = screen.until("/", "menu:updated");
    assert_eq!(told.data()["item"]["is_available"], false, "{told:?}");
    assert_eq!(told.data()["restaurantId"], HERE);
    // What is so already changes nothing, and another house hears nothing.
    let again = server
        .rest(
            &waiter,
            "PATCH /api/v1/menu/1",
            json!({"is_available": false}),
        )
        .ok();
    assert_eq!(again["version"], off["version"]);
    server.shell("UPDATE menu_items SET is_available = 1 WHERE id = 1");
    let told = all[0].next_is("menu_update");
    assert_eq!(
        told["data"]["is_available"], true,
        "a shell may say so too: {told}"
    );
}

#[test]
fn who_serves_says_what_is_sold_out_and_who_runs_the_house_writes_the_menu() {
    let server = Server::start();
    let ask = |role: &str, line: &str, body: Value| server.rest(&server.token(role), line, body);
    for role in ["waiter", "kitchen", "manager"] {
        for available in [false, true] {
            let said = ask(
                role,
                "PATCH /api/v1/menu/2",
                json!({"is_available": available}),
            );
            assert_eq!(said.ok()["is_available"], available, "{role}");
        }
    }
    for role in ["waiter", "kitchen", "display"] {
        let both = json!({"is_available": false, "price": "1.00"});
        assert_eq!(
            ask(role, "PATCH /api/v1/menu/2", both).refused(403),
            "FORBIDDEN",
            "{role}"
        );
        assert_eq!(
            ask(role, "DELETE /api/v1/menu/2", json!({})).refused(403),
            "FORBIDDEN"
        );
        let new = json!({"name": "Free beer", "price": 0});
        assert_eq!(
            ask(role, "POST /api/v1/menu", new).refused(403),
            "FORBIDDEN"
        );
        let part = json!({"name": "Beer"});
        assert_eq!(
            ask(role, "POST /api/v1/menu/categories", part).refused(403),
            "FORBIDDEN"
        );
    }
    let guest = token::mint_with(&server.place, &["--role", "customer", "--session", "1"]);
    let off = server.rest(
        &guest,
        "PATCH /api/v1/menu/2",
        json!({"is_available": false}),
    );
    assert_eq!(off.refused(403), "FORBIDDEN");
    // Another house's dish is not this manager's.
    let theirs = ask("manager", "PATCH /api/v1/menu/12", json!({"price": "1.00"}));
    assert_eq!(theirs.refused(403), "FORBIDDEN");
}

#[test]
fn a_dish_comes_changes_and_goes() {
    let server = Server::start();
    let manager = server.token("manager");
    let ask = |line: &str, body: Value| server.rest(&manager, line, body);
    let part = ask(
        "POST /api/v1/menu/categories",
        json!({"name": "Late night", "sort": 7, "course": 4}),
    )
    .ok();
    let new = json!({
        "name": " Mango sticky rice ", "price": "95.5", "category_id": part["id"], "allergens": ["milk"], "prep_s": 120,
        "choices": [{"name": "Rice", "min": 1, "max": 1, "modifiers": [{"name": "Black"}, {"name": "White", "price": 10}]},
                    {"name": "Without", "max": 2, "modifiers": [{"name": "No coconut"}, {"name": "Sesame", "kind": "addition"}]}]
    });
    let dish = ask("POST /api/v1/menu", new).ok();
    assert_eq!(
        (&dish["name"], &dish["price"], &dish["course"]),
        (&json!("Mango sticky rice"), &json!("95.50"), &json!(4))
    );
    let kinds: Vec<&Value> = dish["choices"]
        .as_array()
        .expect("choices")
        .iter()
        .flat_map(|group| group["modifiers"].as_array().expect("modifiers"))
        .map(|one| &one["kind"])
        .collect();
    assert_eq!(
        kinds,
        ["choice", "choice", "removal", "addition"],
        "one of several is left out by nobody: {dish}"
    );
    let line = format!("PATCH /api/v1/menu/{}", dish["id"]);
    let mut restaurant = Client::open_as(&server, "/ws/restaurants/2/", &manager);
    restaurant.sync();
    // Two groups change names with each other; what is named by its id stays the same row, what is not named goes.
    let (rice, without) = (&dish["choices"][0], &dish["choices"][1]);
    let black = &rice["modifiers"][0]["id"];
    let change = json!({
        "version": dish["version"], "description": "With coconut milk", "prep_s": null,
        "choices": [{"id": rice["id"], "name": "Without", "min": 1, "modifiers": [{"id": black, "name": "Purple", "price": "5.00", "kind": "choice"}]},
                    {"id": without["id"], "name": "Rice", "modifiers": []}]
    });
    let changed = ask(&line, change.clone()).ok();
    assert_eq!(
        (
            &changed["prep_s"],
            &changed["description"],
            &changed["price"]
        ),
        (&Value::Null, &json!("With coconut milk"), &json!("95.50"))
    );
    assert_eq!(
        (&changed["choices"][0]["id"], &changed["choices"][0]["name"]),
        (&rice["id"], &json!("Without"))
    );
    assert_eq!(
        changed["choices"][0]["modifiers"],
        json!([{"id": black, "name": "Purple", "price": "5.00", "kind": "choice"}])
    );
    let refused = ask(&line, change);
    assert_eq!(refused.body["version"], changed["version"]);
    assert_eq!(refused.refused(409), "VERSION_CONFLICT");
    for (body, status, code) in [
        (json!({}), 422, "INVALID_VALUE"),
        (json!({"name": "  "}), 422, "INVALID_VALUE"),
        (json!({"price": "1.005"}), 422, "INVALID_AMOUNT"),
        (json!({"prep_s": 0}), 422, "INVALID_VALUE"),
        (json!({"category_id": 5}), 422, "OTHER_RESTAURANT"),
        (json!({"station_id": 999_999}), 404, "NOT_FOUND"),
        (
            json!({"choices": [{"name": "A"}, {"name": "A"}]}),
            409,
            "NAME_TAKEN",
        ),
        (
            json!({"choices": [{"name": "A", "min": 2, "max": 1}]}),
            422,
            "INVALID_VALUE",
        ),
        (
            json!({"choices": [{"id": 1, "name": "Another dish's"}]}),
            404,
            "NOT_FOUND",
        ),
        (json!({"calories": 100}), 400, "INVALID_BODY"),
    ] {
        assert_eq!(ask(&line, body.clone()).refused(status), code, "{body}");
    }
    // The part of the menu shows in its dishes.
    assert_eq!(restaurant.next_is("menu_update")["data"], changed);
    let choices = json!({"choices": changed["choices"]});
    let same = ask(&line, choices).ok();
    assert_eq!(
        restaurant.next_is("menu_update")["data"],
        same,
        "the choices alone"
    );
    let renamed = ask(
        &format!("PATCH /api/v1/menu/categories/{}", part["id"]),
        json!({"name": "Sweets"}),
    )
    .ok();
    let told = restaurant.next_is("menu_update");
    assert_eq!(
        (&told["data"]["category"], &told["data"]["id"]),
        (&json!("Sweets"), &dish["id"])
    );
    let parts = ask("GET /api/v1/menu/categories", json!(null)).ok();
    assert!(
        parts["items"].as_array().expect("parts").contains(&renamed),
        "{parts}"
    );
    let taken = ask(
        &format!("PATCH /api/v1/menu/categories/{}", part["id"]),
        json!({"name": "Drinks"}),
    );
    assert_eq!(taken.refused(409), "NAME_TAKEN");
    // It goes: nobody can order it, and it is on no menu.
    let gone = ask(&format!("DELETE /api/v1/menu/{}", dish["id"]), json!(null)).ok();
    assert_eq!(gone["removed"], true, "{gone}");
    assert_eq!(restaurant.next_is("menu_update")["data"]["removed"], true);
    let menu = ask("GET /api/v1/menu?limit=200", json!(null)).ok();
    assert!(
        menu["items"]
            .as_array()
            .expect("dishes")
            .iter()
            .all(|one| one["id"] != dish["id"])
    );
    assert_eq!(
        ask(&line, json!({"is_available": true})).refused(404),
        "NOT_FOUND"
    );
    let order = json!({"restaurant_id": 2, "items": [{"menu_item_id": dish["id"]}]});
    assert_eq!(ask("POST /api/v1/orders", order).refused(409), "SOLD_OUT");
}

#[test]
fn a_command_that_is_sent_again_makes_one_dish() {
    let server = Server::start();
    let bearer = format!("Bearer {}", server.token("manager"));
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Idempotency-Key", "press-1"),
    ];
    let send = || {
        let body = json!({"name": "Papaya salad", "price": "70.00"});
        http::request(server.address, "POST /api/v1/menu", &headers, body).ok()
    };
    assert_eq!(send()["id"], send()["id"]);
    let sql = "SELECT count(*) FROM menu_items WHERE name = 'Papaya salad'";
    assert_eq!(server.place.number(sql), 1);
}

#[test]
fn all_that_is_sold_out_is_named_and_the_rest_can_be_sent() {
    let server = Server::start();
    let waiter = server.token("waiter");
    server.shell("UPDATE menu_items SET is_available = id NOT IN (1, 4) WHERE id IN (1, 2, 4)");
    let table = free_table(&server);
    let uuid = "01900000-0000-7000-8000-000000000001";
    let items =
        json!([{"menu_item_id": 2}, {"menu_item_id": 1, "uuid": uuid}, {"menu_item_id": 4}]);
    let order = json!({"restaurant_id": 2, "table_id": table, "items": items});
    let refused = server.rest(&waiter, "POST /api/v1/orders", order);
    let lines = &refused.body["items"];
    assert_eq!(
        lines[0],
        json!({"index": 1, "uuid": uuid, "menu_item_id": 1, "name": "Pad Thai"})
    );
    assert_eq!(
        (lines.as_array().map(Vec::len), &lines[1]["index"]),
        (Some(2), &json!(2))
    );
    assert_eq!(refused.refused(409), "SOLD_OUT");
    let orders = format!("SELECT count(*) FROM orders WHERE table_id = {table}");
    assert_eq!(server.place.number(&orders), 0, "nothing was placed");
    let rest = json!({"restaurant_id": 2, "table_id": table, "items": [{"menu_item_id": 2}]});
    let placed = server.rest(&waiter, "POST /api/v1/orders", rest).ok();
    let more = format!("POST /api/v1/orders/{}/items", placed["id"]);
    let refused = server.rest(&waiter, &more, json!({"menu_item_id": 1}));
    assert_eq!(refused.refused(409), "SOLD_OUT");
}

/// What can be chosen about a dish shows with it: a shell that changes that has changed the dish.
#[test]
fn a_shell_that_changes_a_choice_is_heard() {
    let server = Server::start();
    let mut restaurant = Client::open_as(&server, "/ws/restaurants/2/", &server.token("waiter"));
    restaurant.sync();
    for sql in [
        "UPDATE modifiers SET price_minor = 900 WHERE id = 2",
        "INSERT INTO modifiers(group_id, name) VALUES (1, 'Tempeh')",
        "DELETE FROM modifiers WHERE group_id = 1 AND name = 'Tempeh'",
        "UPDATE modifier_groups SET max = 2 WHERE id = 1",
        "BEGIN; UPDATE modifiers SET price_minor = 901 WHERE id = 2; UPDATE modifiers SET price_minor = 902 WHERE id = 2; COMMIT",
    ] {
        server.shell(sql);
        let told = restaurant.next_is("menu_update");
        assert_eq!(told["data"]["id"], 1, "{sql}: {told}");
    }
    server.shell(
        "INSERT INTO menu_items(id, restaurant_id, name, price_minor) VALUES (900, 2, 'Soup', 100)",
    );
    assert_eq!(restaurant.next_is("menu_update")["data"]["name"], "Soup");
    server.shell("DELETE FROM menu_items WHERE id = 900");
    let told = restaurant.next_is("menu_update");
    assert_eq!(
        (&told["data"]["id"], &told["data"]["removed"]),
        (&json!(900), &json!(true)),
        "{told}"
    );
}
