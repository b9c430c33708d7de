//! Guests: they sit down, order by phone or with a waiter, eat, pay and leave.

use super::client::{Client, Place, Since};
use super::ear::Ear;
use super::http::id;
use super::scene::{Phase, Scene};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;
use tokio::time::timeout;

/// How long guests may wait for one order, in seconds of the evening.
const HUNGER: f64 = 3600.0;
/// How long a command on a socket may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Guests come, as long as there is a free table.
pub async fn arrive(scene: Rc<Scene>) {
    while scene.pause(20.0, 70.0).await {
        let waiter = waiter(&scene);
        let path = format!(
            "/api/v1/tables?limit=200&restaurant_id={}",
            scene.cast.restaurant
        );
        let Some(tables) = scene.read(&waiter, &path).await else {
            continue;
        };
        let free = tables["items"].as_array().into_iter().flatten();
        let free: Vec<i64> = free
            .filter(|table| table["is_occupied"] == false && table["is_active"] != false)
            .filter_map(|table| id(&table["id"]))
            .collect();
        if free.is_empty() {
            continue;
        }
        let nth = scene.random.borrow_mut().below(free.len() as u64) as usize;
        if let Some(session) = sit_down(&scene, free[nth], &waiter).await {
            scene.begin(dine(scene.clone(), free[nth], session, waiter));
        }
    }
}

/// A waiter's token.
fn waiter(scene: &Scene) -> String {
    let all = &scene.cast.waiters;
    let nth = scene.random.borrow_mut().below(all.len() as u64) as usize;
    all[nth].token.clone()
}

/// Dishes and how many of each.
pub fn choose(scene: &Scene, most: u64) -> Vec<(i64, u64)> {
    let mut random = scene.random.borrow_mut();
    let lines = random.below(most) + 1;
    let dishes = scene.dishes.len() as u64;
    (0..lines)
        .map(|_| {
            let nth = random.below(dishes) as usize;
            (scene.dishes[nth], random.below(3) + 1)
        })
        .collect()
}

fn place(scene: &Scene, path: String, token: &str) -> Place {
    Place {
        address: scene.address.clone(),
        path,
        token: token.to_owned(),
        namespace: None,
    }
}

/// The waiter opens the table, over its socket. Returns the visit.
async fn sit_down(scene: &Scene, table: i64, waiter: &str) -> Option<i64> {
    let at = place(scene, format!("/ws/tables/{table}/"), waiter);
    let guests = scene.random.borrow_mut().below(5) + 1;
    let key = format!("rush-{:016x}", scene.random.borrow_mut().next());
    let opened = async {
        let mut client = Client::open(&at, &Since::default()).await.ok()?;
        let occupy = json!({"action": "occupy", "guests_count": guests, "id": key});
        client.say(&occupy).await.ok()?;
        loop {
            let said = client.next().await.ok()?;
            if said.data["id"] == key.as_str() {
                return None; // refused
            }
            if said.name == "ack" && said.data["data"]["id"] == key.as_str() {
                return Some(());
            }
        }
    };
    if timeout(PATIENCE, opened).await.ok().flatten().is_none() {
        scene.account.borrow_mut().refused += 1;
        return None;
    }
    let path = format!("/api/v1/tables/{table}");
    id(&scene.read(waiter, &path).await?["session"]["id"])
}

/// From the first order to the door.
async fn dine(scene: Rc<Scene>, table: i64, session: i64, waiter: String) {
    let by_phone = scene.random.borrow_mut().below(2) == 0;
    let phone = match by_phone {
        true => scan(&scene, table, &waiter).await,
        false => None,
    };
    let rounds = scene.random.borrow_mut().below(3) + 1;
    for _ in 0..rounds {
        if !scene.pause(40.0, 240.0).await {
            return;
        }
        let who = phone.as_deref().unwrap_or(&waiter);
        let Some(order) = order(&scene, table, who).await else {
            continue;
        };
        if !follow(&scene, order, who).await {
            return;
        }
    }
    if !scene.pause(60.0, 300.0).await {
        return;
    }
    if let Some(phone) = &phone {
        let line = format!("POST /api/v1/sessions/{session}/requests");
        scene
            .write(Some(phone), &line, json!({"kind": "bill"}))
            .await;
        if !scene.pause(20.0, 90.0).await {
            return;
        }
    }
    let line = format!("POST /api/v1/sessions/{session}/payments");
    let method = match scene.random.borrow_mut().below(2) {
        0 => "cash",
        _ => "card",
    };
    let all = json!({"amount": "remaining", "method": method});
    scene.write(Some(&waiter), &line, all).await;
    if scene.pause(10.0, 60.0).await {
        let line = format!("PATCH /api/v1/sessions/{session}");
        scene
            .write(Some(&waiter), &line, json!({"status": "closed"}))
            .await;
    }
}

/// A guest scans the code on the table. `None`: it does not work, and the waiter is asked.
async fn scan(scene: &Scene, table: i64, waiter: &str) -> Option<String> {
    let path = format!("/api/v1/tables/{table}/qr");
    let shown = scene.read(waiter, &path).await?;
    let secret = shown["url"].as_str()?.rsplit('/').next()?.to_owned();
    let line = format!("POST /api/v1/qr/{secret}");
    let scanned = scene.write(None, &line, json!({})).await?;
    scanned["session_token"].as_str().map(str::to_owned)
}

async fn order(scene: &Scene, table: i64, token: &str) -> Option<i64> {
    let items: Vec<Value> = choose(scene, 4)
        .into_iter()
        .map(|(dish, quantity)| json!({"menu_item_id": dish, "quantity": quantity}))
        .collect();
    let order = json!({"restaurant_id": scene.cast.restaurant, "table_id": table, "items": items});
    let placed = scene
        .write(Some(token), "POST /api/v1/orders", order)
        .await?;
    scene.account.borrow_mut().at_tables += 1;
    id(&placed["id"])
}

/// Looks at the order until it is on the table, and compares what was told with the log. `false`: the evening is over.
async fn follow(scene: &Scene, order: i64, token: &str) -> bool {
    let at = place(scene, format!("/ws/orders/{order}/"), token);
    let mut ear = Ear::default();
    let served = async {
        let mut since = Since::default();
        loop {
            since.number = ear.last();
            let Ok(mut client) = Client::open(&at, &since).await else {
                return;
            };
            while let Ok(said) = client.next().await {
                if let Some(number) = said.number {
                    ear.hears(number);
                }
                let status = said.data["data"]["canonical_status"].as_str();
                if matches!(status, Some("delivered" | "completed" | "cancelled")) {
                    return;
                }
            }
            scene.account.borrow_mut().came_back += 1;
        }
    };
    let hunger = Duration::from_secs_f64(HUNGER / scene.speed);
    let goes_on = tokio::select! {
        _ = timeout(hunger, served) => true,
        () = scene.reached(Phase::LastOrders) => false,
    };
    let log = match (ear.first(), ear.last()) {
        (Some(first), Some(last)) => log(&at, first, last).await,
        _ => None,
    };
    let log = log.as_ref().map(|(numbers, until)| (numbers, *until));
    ear.settle(log, &mut scene.account.borrow_mut());
    goes_on && scene.is_open()
}

/// What the log has for them, from the first thing that they heard to the last.
async fn log(at: &Place, first: u64, last: u64) -> Option<(BTreeSet<u64>, u64)> {
    let since = Since {
        number: Some(first),
        pid: None,
    };
    let read = async {
        let mut client = Client::open(at, &since).await.ok()?;
        let mut numbers = BTreeSet::new();
        client.ping().await.ok()?;
        loop {
            let said = client.next().await.ok()?;
            numbers.extend(said.number);
            if said.acks.is_none() {
                continue;
            }
            match said.data["data"]["as_of"].as_u64() {
                Some(_) => return Some((numbers, last)),
                None => client.ping().await.ok()?,
            };
        }
    };
    timeout(PATIENCE, read).await.ok().flatten()
}
