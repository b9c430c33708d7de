//! Waiters: they hear what happens on the floor, look at guests' orders, and carry what is ready.

use super::client::Said;
use super::http::id;
use super::listener::Role;
use super::scene::Scene;
use serde_json::{Value, json};
use std::rc::Rc;

/// One of the waiters. Each takes the orders whose number is theirs.
pub struct Waiter {
    scene: Rc<Scene>,
    nth: usize,
}

impl Waiter {
    pub fn new(scene: &Rc<Scene>, nth: usize) -> Self {
        Waiter {
            scene: scene.clone(),
            nth,
        }
    }
}

impl Role for Waiter {
    fn heard(&mut self, said: &Said) {
        if said.name != "order_notification" {
            return;
        }
        let data = &said.data["data"];
        let Some(order) = id(&data["order_id"]) else {
            return;
        };
        let waiters = self.scene.cast.waiters.len().max(1);
        if order.unsigned_abs() as usize % waiters != self.nth {
            return;
        }
        let (scene, nth) = (self.scene.clone(), self.nth);
        match data["event"].as_str() {
            Some("created") => self.scene.begin(look_at(scene, nth, order)),
            Some("ready") => self.scene.begin(carry(scene, nth, order)),
            _ => {}
        }
    }
}

/// Lets the kitchen have a guest's order.
async fn look_at(scene: Rc<Scene>, nth: usize, order: i64) {
    if !scene.pause(5.0, 25.0).await {
        return;
    }
    let token = &scene.cast.waiters[nth].token;
    let path = format!("/api/v1/orders/{order}");
    if scene
        .read(token, &path)
        .await
        .is_some_and(|order| status(&order) == "new")
    {
        let line = format!("PATCH {path}");
        scene
            .write(Some(token), &line, json!({"status": "confirmed"}))
            .await;
    }
}

/// Brings it to the table, or over the counter. What is driven is not theirs.
async fn carry(scene: Rc<Scene>, nth: usize, order: i64) {
    if !scene.pause(10.0, 60.0).await {
        return;
    }
    let token = &scene.cast.waiters[nth].token;
    let path = format!("/api/v1/orders/{order}");
    let Some(found) = scene.read(token, &path).await else {
        return;
    };
    if status(&found) == "ready" && found["type"] != "delivery" {
        let line = format!("PATCH {path}");
        scene
            .write(Some(token), &line, json!({"status": "delivered"}))
            .await;
    }
}

fn status(order: &Value) -> &str {
    order["status"].as_str().unwrap_or("")
}
