//! Those who run a house: its plan, its settings, its numbers, what became of an order, what was said to everybody.

mod history;
mod numbers;

use crate::support::{Client, Server, http};
use serde_json::{Value, json};

/// A server, and its manager's requests.
struct House<'s> {
    server: &'s Server,
    manager: String,
}

impl<'s> House<'s> {
    fn of(server: &'s Server) -> Self {
        let manager = server.token("manager");
        House { server, manager }
    }

    fn ask(&self, line: &str, body: Value) -> http::Answer {
        self.server.rest(&self.manager, line, body)
    }

    fn get(&self, path: &str) -> Value {
        self.ask(&format!("GET /api/v1/{path}"), Value::Null).ok()
    }

    /// Who may not: a waiter.
    fn waiter(&self, line: &str, body: Value) -> http::Answer {
        self.server.rest(&self.server.token("waiter"), line, body)
    }
}

#[test]
fn tables_are_added_and_changed_and_everybody_there_hears_it() {
    let server = Server::start();
    let house = House::of(&server);
    let mut restaurant = Client::open(house.server, "/ws/restaurants/2/");
    restaurant.sync();
    let zone = house
        .ask("POST /api/v1/zones", json!({"name": "Roof", "sort": 7}))
        .ok();
    let new = json!({"number": "R1", "capacity": 2, "zone_id": zone["id"]});
    let table = house.ask("POST /api/v1/tables", new.clone()).ok();
    assert_eq!(
        (&table["zone"], &table["zone_id"], &table["capacity"]),
        (&json!("Roof"), &zone["id"], &json!(2))
    );
    let told = restaurant.expect("table_update");
    assert_eq!(
        (&told["data"]["number"], &told["data"]["is_occupied"]),
        (&json!("R1"), &json!(false))
    );
    assert_eq!(
        house.ask("POST /api/v1/tables", new).refused(409),
        "NAME_TAKEN"
    );
    let line = format!("PATCH /api/v1/tables/{}", table["id"]);
    let change = json!({"number": "R2", "zone_id": null, "row_version": table["row_version"]});
    let changed = house.ask(&line, change.clone()).ok();
    assert_eq!(
        (&changed["number"], &changed["zone"]),
        (&json!("R2"), &Value::Null)
    );
    assert_eq!(restaurant.expect("table_update")["data"]["number"], "R2");
    let stale = house.ask(&line, change);
    assert_eq!(stale.body["version"], changed["row_version"]);
    assert_eq!(stale.refused(409), "VERSION_CONFLICT");
    for (body, field) in [
        (json!({"number": " "}), "number"),
        (json!({"number": "x".repeat(21)}), "number"),
        (json!({"capacity": 0}), "capacity"),
        (json!({"capacity": 501}), "capacity"),
    ] {
        let refused = house.ask(&line, body);
        assert_eq!(refused.body["field"], field);
        assert_eq!(refused.refused(422), "INVALID_VALUE");
    }
    assert_eq!(
        house.ask(&line, json!({"zone_id": 999})).refused(404),
        "NOT_FOUND"
    );
    assert_eq!(
        house.ask(&line, json!({"seats": 4})).refused(400),
        "INVALID_BODY"
    );
    assert_eq!(
        house.waiter(&line, json!({"capacity": 4})).refused(403),
        "FORBIDDEN"
    );
    // where guests sit stays in use
    let out = json!({"is_active": false});
    assert_eq!(
        house
            .ask("PATCH /api/v1/tables/5", out.clone())
            .refused(409),
        "TABLE_OCCUPIED"
    );
    house.ask(&line, out).ok();
    let occupy = format!("POST /api/v1/tables/{}/occupy", table["id"]);
    assert_eq!(
        house.ask(&occupy, Value::Null).refused(409),
        "TABLE_INACTIVE"
    );
    let line = format!("PATCH /api/v1/zones/{}", zone["id"]);
    assert_eq!(
        house
            .ask(&line, json!({"name": "Roof garden", "version": 1}))
            .ok()["version"],
        2
    );
    assert_eq!(
        house
            .ask(&line, json!({"name": "Roof", "version": 1}))
            .refused(409),
        "VERSION_CONFLICT"
    );
    let zones = house.get("zones");
    assert!(
        zones["items"]
            .as_array()
            .expect("zones")
            .iter()
            .any(|z| z["name"] == "Roof garden")
    );
}

#[test]
fn stations_say_when_their_tickets_are_late() {
    let server = Server::start();
    let house = House::of(&server);
    let all = house.get("stations");
    let kitchen = &all["items"][0];
    assert_eq!(kitchen["code"], "kitchen");
    let line = format!("PATCH /api/v1/stations/{}", kitchen["id"]);
    let changed = house
        .ask(
            &line,
            json!({"amber_s": 60, "red_s": 90, "version": kitchen["version"]}),
        )
        .ok();
    assert_eq!(
        (&changed["amber_s"], &changed["red_s"]),
        (&json!(60), &json!(90))
    );
    let same = house.ask(&line, json!({"amber_s": 60})).ok();
    assert_eq!(same["version"], changed["version"], "the same is no change");
    for (body, field) in [
        (json!({"red_s": 59}), "red_s"),
        (json!({"amber_s": 0}), "amber_s"),
        (json!({"amber_s": 100}), "red_s"),
        (json!({"code": "Hot Kitchen"}), "code"),
        (json!({"name": ""}), "name"),
    ] {
        let refused = house.ask(&line, body);
        assert_eq!(refused.body["field"], field, "{refused:?}");
        assert_eq!(refused.refused(422), "INVALID_VALUE");
    }
    let grill = json!({"code": "grill", "name": "Grill"});
    let made = house.ask("POST /api/v1/stations", grill.clone()).ok();
    assert_eq!(
        (&made["amber_s"], &made["red_s"], &made["is_expo"]),
        (&json!(300), &json!(480), &json!(false))
    );
    assert_eq!(
        house.ask("POST /api/v1/stations", grill).refused(409),
        "NAME_TAKEN"
    );
    assert_eq!(
        house.ask(&line, json!({"code": "grill"})).refused(409),
        "NAME_TAKEN"
    );
    assert_eq!(
        house.waiter(&line, json!({"red_s": 90})).refused(403),
        "FORBIDDEN"
    );
}

#[test]
fn a_house_is_set_up_and_bad_values_are_refused() {
    let server = Server::start();
    let house = House::of(&server);
    let line = "PATCH /api/v1/restaurants/2";
    let set = json!({"name": "Baan Mia 2", "timezone": "Europe/Berlin", "business_day_start_min": 300,
                     "auto_confirm": true, "release_policy": "warn"});
    let now = house.ask(line, set).ok();
    assert_eq!(
        (
            &now["name"],
            &now["timezone"],
            &now["business_day_start_min"]
        ),
        (&json!("Baan Mia 2"), &json!("Europe/Berlin"), &json!(300))
    );
    assert_eq!(
        (
            &now["settings"]["auto_confirm"],
            &now["settings"]["release_policy"]
        ),
        (&json!(true), &json!("warn"))
    );
    for body in [
        json!({"timezone": "Mars/Olympus"}),
        json!({"business_day_start_min": 1440}),
        json!({"name": ""}),
        json!({"currency": "thb"}),
    ] {
        assert_eq!(house.ask(line, body).refused(422), "INVALID_VALUE");
    }
    // what was ordered has prices
    assert_eq!(
        house.ask(line, json!({"currency": "JPY"})).refused(409),
        "CURRENCY_IN_USE"
    );
    assert_eq!(
        house
            .ask(line, json!({"release_policy": "never"}))
            .refused(400),
        "INVALID_BODY"
    );
    house
        .server
        .shell("INSERT INTO restaurants(id, name) VALUES (70, 'Empty')");
    let admin = crate::support::token::mint_with(&house.server.place, &["--role", "admin"]);
    let yen = house
        .server
        .rest(
            &admin,
            "PATCH /api/v1/restaurants/70",
            json!({"currency": "JPY"}),
        )
        .ok();
    assert_eq!(
        (&yen["currency"], &yen["currency_exp"]),
        (&json!("JPY"), &json!(0))
    );
}

#[test]
fn what_was_said_to_everybody_is_listed_and_ended() {
    let server = Server::start();
    let house = House::of(&server);
    let mut board = Client::open(house.server, "/ws/restaurants/2/");
    board.sync();
    let said = house
        .ask(
            "POST /api/v1/restaurants/2/broadcast",
            json!({"message": "Last orders", "expires_in_s": 600}),
        )
        .ok();
    let told = board.expect("broadcast");
    assert_eq!(told["data"]["notification_id"], said["notification_id"]);
    assert!(told["data"]["expires_at"].is_string(), "{told}");
    house
        .ask(
            "POST /api/v1/restaurants/2/alerts",
            json!({"message": "Fryer 2 is down", "kitchen": true}),
        )
        .ok();
    let live = |what: &str| house.get(&format!("restaurants/2/{what}?live=true"));
    assert_eq!(live("alerts")["items"][0]["message"], "Fryer 2 is down");
    assert_eq!(live("broadcast")["items"][0]["message"], "Last orders");
    let id = said["notification_id"].as_str().expect("an id");
    let line = format!("DELETE /api/v1/restaurants/2/broadcast/{id}");
    assert_eq!(house.waiter(&line, Value::Null).refused(403), "FORBIDDEN");
    assert!(house.ask(&line, Value::Null).ok()["acknowledged_at"].is_string());
    assert_eq!(
        board.expect("notification_acknowledged")["data"]["notification_id"],
        said["notification_id"]
    );
    assert_eq!(live("broadcast")["total"], 0);
    assert_eq!(
        house.get("restaurants/2/broadcast")["total"],
        1,
        "it was said"
    );
    house.ask(&line, Value::Null).ok();
    let alert = live("alerts")["items"][0]["notification_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let line = format!("DELETE /api/v1/restaurants/2/broadcast/{alert}");
    assert_eq!(house.ask(&line, Value::Null).refused(404), "NOT_FOUND");
}
