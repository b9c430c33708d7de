//! A service from the first guest to the account.

use super::account::Account;
use super::client::Place;
use super::cooks::Cook;
use super::drivers::{self, Driver};
use super::http::{Request, send};
use super::listener::{Audience, listen};
use super::parties;
use super::random::Random;
use super::scene::{Cast, Phase, Scene};
use super::waiters::Waiter;
use std::io;
use std::rc::Rc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::timeout;

/// What is simulated.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The dining listener: `127.0.0.1:9000`.
    pub address: String,
    /// How many times as fast as a real evening.
    pub speed: f64,
    /// The same seed makes the same decisions.
    pub seed: u64,
}

/// How long people may take to finish what they are doing when the evening ends, and how long listeners may take to read the log again.
const PATIENCE: Duration = Duration::from_secs(20);

/// A service that runs.
pub struct Service {
    phase: watch::Sender<Phase>,
    thread: JoinHandle<Account>,
}

impl Service {
    /// Begins, on a thread of its own.
    ///
    /// # Errors
    /// There can be no thread.
    pub fn begin(plan: Plan) -> io::Result<Service> {
        let (phase, now) = watch::channel(Phase::Open);
        let thread = std::thread::Builder::new()
            .name("rush".to_owned())
            .spawn(move || run(plan, now))?;
        Ok(Service { phase, thread })
    }

    /// Ends the evening, and says what came of it. Waits for what is being done, and for the comparison with the log; the server must still run.
    pub fn end(self) -> Account {
        let _ = self.phase.send(Phase::LastOrders);
        self.thread.join().unwrap_or_else(|_| {
            tracing::error!("the simulated service panicked");
            Account {
                failed: 1,
                unread: 1,
                ..Account::default()
            }
        })
    }
}

fn run(plan: Plan, ended: watch::Receiver<Phase>) -> Account {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => LocalSet::new().block_on(&runtime, serve(plan, ended)),
        Err(error) => {
            tracing::error!(%error, "no service can be simulated");
            Account {
                failed: 1,
                ..Account::default()
            }
        }
    }
}

async fn serve(plan: Plan, mut ended: watch::Receiver<Phase>) -> Account {
    let (phase, now) = watch::channel(Phase::Open);
    let Some(scene) = scene(plan, now).await else {
        tracing::error!("the rush cannot begin: the demo tells nobody who plays");
        return Account {
            failed: 1,
            ..Account::default()
        };
    };
    let scene = Rc::new(scene);
    let mut listeners = JoinSet::new();
    for task in audience(&scene) {
        listeners.spawn_local(task);
    }
    scene.begin(parties::arrive(scene.clone()));
    scene.begin(drivers::phone_in(scene.clone()));
    let _ = ended.wait_for(|phase| *phase > Phase::Open).await;
    let _ = phase.send(Phase::LastOrders);
    scene.quiet(PATIENCE).await;
    let _ = phase.send(Phase::Closed);
    let all = async { while listeners.join_next().await.is_some() {} };
    let _ = timeout(PATIENCE, all).await;
    // who is not done has not read the log again
    let mut account = scene.account.borrow().clone();
    account.unread += listeners.len() as u64;
    account
}

async fn scene(plan: Plan, phase: watch::Receiver<Phase>) -> Option<Scene> {
    let ask = async |line: &str, token: Option<&str>| {
        let request = Request {
            line,
            token,
            key: None,
            body: None,
        };
        let answer = send(&plan.address, &request).await?;
        answer.is_success().then_some(answer.body)
    };
    let cast = Cast::of(&ask("GET /api/demo/sign-ins", None).await?)?;
    let line = format!(
        "GET /api/v1/menu?limit=200&restaurant_id={}",
        cast.restaurant
    );
    let menu = ask(&line, Some(&cast.manager.token)).await?;
    let dishes = menu["items"].as_array()?.iter();
    let dishes = dishes.filter(|dish| dish["is_available"] == true);
    let dishes: Vec<i64> = dishes.filter_map(|dish| dish["id"].as_i64()).collect();
    let random = Random::new(plan.seed);
    (!dishes.is_empty()).then(|| Scene::new(plan.address, plan.speed, random, cast, dishes, phase))
}

type Task = std::pin::Pin<Box<dyn Future<Output = ()>>>;

/// Everybody who listens for the whole evening.
fn audience(scene: &Rc<Scene>) -> Vec<Task> {
    let cast = &scene.cast;
    let place = |path: String, token: &str, namespace| Place {
        address: scene.address.clone(),
        path,
        token: token.to_owned(),
        namespace,
    };
    let mut all: Vec<Task> = Vec::new();
    let restaurant = cast.restaurant;
    for (nth, waiter) in cast.waiters.iter().enumerate() {
        let floor = format!("/ws/restaurants/{restaurant}/notifications/");
        let at = place(floor, &waiter.token, None);
        let waiter = Waiter::new(scene, nth);
        all.push(Box::pin(listen(scene.clone(), at, waiter)));
    }
    for (path, token) in [
        (format!("/ws/restaurants/{restaurant}/"), &cast.board.token),
        ("/ws/changes/?entity=order".to_owned(), &cast.manager.token),
        ("/admin".to_owned(), &cast.manager.token),
    ] {
        let at = place(path, token, None);
        all.push(Box::pin(listen(scene.clone(), at, Audience)));
    }
    for acts in [true, false] {
        let at = place(
            "/kitchen/socket.io/".to_owned(),
            &cast.cook.token,
            Some("/"),
        );
        let cook = Cook::new(scene, acts);
        all.push(Box::pin(listen(scene.clone(), at, cook)));
    }
    for driver in &cast.drivers {
        let at = place(
            "/driver/socket.io/".to_owned(),
            &driver.token,
            Some("/orders"),
        );
        let driver = Driver::new(scene);
        all.push(Box::pin(listen(scene.clone(), at, driver)));
    }
    all
}
