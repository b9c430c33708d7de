//! What the rules promise, each on a database of its own.

mod billing;
mod business_days;
mod delivering;
mod floor;
mod kitchen;
mod machine;
mod money;
mod moving;
mod ordering;
mod pins;
mod printing;
mod shell;
mod totals;
mod transferring;
mod visiting;
mod words;

use super::orders::{Move, NewOrder, OrderFacts, change_status};
use super::{Actor, Role, Status, orders};
use crate::testing::House;

fn mia() -> Actor {
    Actor::user(Role::Waiter, 10)
}
fn noah() -> Actor {
    Actor::user(Role::Waiter, 11)
}
fn cook() -> Actor {
    Actor::user(Role::Kitchen, 20)
}
fn boss() -> Actor {
    Actor::user(Role::Manager, 30)
}

/// An order as a client writes it.
fn new_order(json: &str) -> NewOrder {
    serde_json::from_str(json).unwrap()
}

/// Two Pad Thai and an iced tea for table 5: 195.50.
const SUPPER: &str = r#"{"restaurant_id":2,"table_id":5,"items":[{"menu_item_id":1,"quantity":2},{"menu_item_id":2}]}"#;

fn placed(house: &House, json: &str) -> OrderFacts {
    let new = new_order(json);
    house.run(|tx| orders::create(tx, &mia(), &new)).unwrap()
}

fn to(house: &House, actor: &Actor, id: i64, status: Status) -> OrderFacts {
    let moved = house.run(|tx| change_status(tx, actor, id, &Move::to(status)));
    moved.unwrap().order
}
