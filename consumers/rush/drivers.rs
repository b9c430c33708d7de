//! Drivers, who race for what is to be taken, and those who order by telephone.

use super::client::Said;
use super::listener::{Emit, Role};
use super::parties::choose;
use super::scene::Scene;
use serde_json::{Value, json};
use std::cell::Cell;
use std::rc::Rc;
use tokio::sync::mpsc;

/// One driver, with one job at a time.
pub struct Driver {
    scene: Rc<Scene>,
    say: Option<mpsc::Sender<Emit>>,
    has_job: Rc<Cell<bool>>,
}

impl Driver {
    pub fn new(scene: &Rc<Scene>) -> Self {
        Driver {
            scene: scene.clone(),
            say: None,
            has_job: Rc::default(),
        }
    }

    /// Wants an offer, if there is nothing else to do.
    fn wants(&self, order: &Value) {
        let (Some(say), Some(id)) = (self.say.clone(), order["id"].as_i64()) else {
            return;
        };
        if self.has_job.replace(true) {
            return;
        }
        let scene = self.scene.clone();
        self.scene.begin(async move {
            scene.pause(1.0, 8.0).await;
            let accept = ("accept-order".to_owned(), json!({"orderId": id}));
            let _ = say.send(accept).await; // nobody listens any more
        });
    }
}

impl Role for Driver {
    fn with(&mut self, say: mpsc::Sender<Emit>) {
        self.say = Some(say);
    }

    fn opened(&mut self) -> Vec<Emit> {
        vec![("get-available-orders".to_owned(), json!({}))]
    }

    fn heard(&mut self, said: &Said) {
        match &*said.name {
            "new-available-order" => self.wants(&said.data["order"]),
            "available-orders" => {
                if let Some(first) = said.data["orders"].as_array().and_then(|all| all.first()) {
                    self.wants(first);
                }
            }
            _ => {}
        }
    }

    fn answered(&mut self, asked: &Emit, answer: &Value) {
        let refused = answer.get("code").is_some();
        if refused {
            tracing::debug!(event = asked.0, code = %answer["code"], "refused");
            self.scene.account.borrow_mut().refused += 1;
        }
        let Some(say) = self.say.clone() else {
            return;
        };
        let (scene, has_job, order) = (
            self.scene.clone(),
            self.has_job.clone(),
            asked.1["orderId"].clone(),
        );
        match &*asked.0 {
            "accept-order" if refused => {
                // somebody was faster
                has_job.set(false);
            }
            "accept-order" => self.scene.begin(async move {
                if scene.pause(300.0, 1200.0).await {
                    let update = json!({"orderId": order, "status": "delivered"});
                    let _ = say.send(("update-order-status".to_owned(), update)).await;
                }
            }),
            "update-order-status" => {
                has_job.set(false);
                let way = &self.scene.on_the_way;
                way.set(way.get().saturating_sub(1));
                self.scene.begin(async move {
                    let look = ("get-available-orders".to_owned(), json!({}));
                    let _ = say.send(look).await;
                });
            }
            _ => {}
        }
    }
}

/// Orders for delivery that may be open at once: what two drivers can clear away.
const OPEN: u64 = 8;

/// People order by telephone, and the manager writes it down.
pub async fn phone_in(scene: Rc<Scene>) {
    while scene.pause(60.0, 180.0).await {
        if scene.on_the_way.get() >= OPEN {
            continue;
        }
        let items: Vec<Value> = choose(&scene, 3)
            .into_iter()
            .map(|(dish, quantity)| json!({"menuItemId": dish, "quantity": quantity}))
            .collect();
        let house = scene.random.borrow_mut().below(90) + 1;
        let order = json!({
            "restaurantId": scene.cast.restaurant,
            "items": items,
            "deliveryAddress": format!("Soi 11, house {house}"),
            "phone": "+66 2 000 0011",
        });
        let token = scene.cast.manager.token.clone();
        let placed = scene
            .write(Some(&token), "POST /api/delivery/orders", order)
            .await;
        if placed.is_some() {
            scene.on_the_way.set(scene.on_the_way.get() + 1);
            scene.account.borrow_mut().delivered += 1;
        }
    }
}
