//! The kitchen: it begins what comes, and puts it on the pass.

use super::client::Said;
use super::listener::{Emit, Role};
use super::scene::Scene;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;
use tokio::sync::mpsc;

/// A screen in the kitchen, and the cook before it.
pub struct Cook {
    scene: Rc<Scene>,
    /// The pass only looks.
    acts: bool,
    say: Option<mpsc::Sender<Emit>>,
    /// What is being cooked: as many as there are open orders.
    cooking: Rc<RefCell<HashSet<String>>>,
}

impl Cook {
    pub fn new(scene: &Rc<Scene>, acts: bool) -> Self {
        Cook {
            scene: scene.clone(),
            acts,
            say: None,
            cooking: Rc::default(),
        }
    }

    /// Takes an order that is to be cooked, unless it is being cooked already.
    fn take(&self, order: &Value, status: &Value) {
        let (Some(order), Some(status)) = (order.as_str(), status.as_str()) else {
            return;
        };
        if !["pending", "confirmed", "preparing"].contains(&status) {
            return;
        }
        let Some(say) = self.say.clone().filter(|_| self.acts) else {
            return;
        };
        if self.cooking.borrow_mut().insert(order.to_owned()) {
            let (scene, cooking) = (self.scene.clone(), self.cooking.clone());
            let (order, status) = (order.to_owned(), status.to_owned());
            self.scene.begin(cook(scene, cooking, say, order, status));
        }
    }
}

impl Role for Cook {
    fn with(&mut self, say: mpsc::Sender<Emit>) {
        self.say = Some(say);
    }

    fn opened(&mut self) -> Vec<Emit> {
        let join = (
            "join:restaurant".to_owned(),
            json!(self.scene.cast.restaurant_uuid),
        );
        let sync = ("orders:sync".to_owned(), json!({}));
        vec![join, sync]
    }

    fn heard(&mut self, said: &Said) {
        let data = &said.data;
        match &*said.name {
            "orders:sync:complete" => {
                for order in data["orders"].as_array().into_iter().flatten() {
                    self.take(&order["id"], &order["status"]);
                }
            }
            "order:created" => self.take(&data["id"], &data["status"]),
            "order:updated" => self.take(&data["order"]["id"], &data["order"]["status"]),
            "order:status_changed" => self.take(&data["orderId"], &data["status"]),
            _ => {}
        }
    }

    fn answered(&mut self, asked: &Emit, answer: &Value) {
        if answer["success"] == false {
            tracing::debug!(event = asked.0, code = %answer["code"], "refused");
            self.scene.account.borrow_mut().refused += 1;
        }
    }
}

async fn cook(
    scene: Rc<Scene>,
    cooking: Rc<RefCell<HashSet<String>>>,
    say: mpsc::Sender<Emit>,
    order: String,
    status: String,
) {
    let update = |status: &str| {
        let update = json!({"orderId": order, "status": status});
        ("order:update_status".to_owned(), update)
    };
    let done = async {
        if status == "pending" {
            if !scene.pause(3.0, 20.0).await {
                return;
            }
            let _ = say.send(update("confirmed")).await; // nobody listens any more
        }
        if status != "preparing" {
            if !scene.pause(10.0, 90.0).await {
                return;
            }
            let _ = say.send(update("preparing")).await;
        }
        if scene.pause(120.0, 600.0).await {
            let _ = say.send(update("ready")).await;
        }
    };
    done.await;
    cooking.borrow_mut().remove(&order);
}
