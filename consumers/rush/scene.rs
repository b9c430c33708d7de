//! What all simulated people share: where the server is, who they are, chance, the clock of the evening, and the account.

use super::account::Account;
use super::http::{Answer, Request, send};
use super::random::Random;
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::{sleep, timeout};

/// How far the evening is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Open,
    /// Nobody begins anything.
    LastOrders,
    /// Listeners compare what they heard, and go.
    Closed,
}

/// Somebody of the house.
#[derive(Debug, Clone)]
pub struct Person {
    pub token: String,
}

/// Who plays.
#[derive(Debug, Clone)]
pub struct Cast {
    pub restaurant: i64,
    pub restaurant_uuid: String,
    pub waiters: Vec<Person>,
    pub cook: Person,
    pub board: Person,
    pub drivers: Vec<Person>,
    pub manager: Person,
}

impl Cast {
    /// By what the demo's start page is told. `None`: this is no demo, or it makes no tokens.
    pub fn of(told: &Value) -> Option<Cast> {
        let all = told["sign_ins"].as_array()?;
        let of = |screen: &str| -> Vec<Person> {
            let of_screen = all.iter().filter(|one| one["screen"] == screen);
            let person = |one: &Value| {
                Some(Person {
                    token: one["token"].as_str()?.to_owned(),
                })
            };
            of_screen.filter_map(person).collect()
        };
        let first = |screen: &str| of(screen).into_iter().next();
        Some(Cast {
            restaurant: told["restaurant"]["id"].as_i64()?,
            restaurant_uuid: told["restaurant"]["uuid"].as_str()?.to_owned(),
            waiters: Some(of("waiter")).filter(|all| !all.is_empty())?,
            cook: first("kitchen")?,
            board: first("board")?,
            drivers: of("driver"),
            manager: first("manager")?,
        })
    }
}

/// The restaurant as its simulated people share it. Of one thread.
pub struct Scene {
    /// `127.0.0.1:9000`
    pub address: String,
    /// How many times as fast as a real evening.
    pub speed: f64,
    pub cast: Cast,
    pub random: RefCell<Random>,
    pub account: RefCell<Account>,
    pub phase: watch::Receiver<Phase>,
    /// Dishes that can be ordered.
    pub dishes: Vec<i64>,
    /// Orders for delivery that nobody has handed over yet.
    pub on_the_way: Cell<u64>,
    busy: Cell<u64>,
    idle: Notify,
}

/// One request in so many is sent twice at once, as by a finger that trembles.
const TWICE_IN: u64 = 12;

impl Scene {
    pub fn new(
        address: String,
        speed: f64,
        random: Random,
        cast: Cast,
        dishes: Vec<i64>,
        phase: watch::Receiver<Phase>,
    ) -> Self {
        Scene {
            address,
            speed,
            cast,
            random: RefCell::new(random),
            account: RefCell::default(),
            phase,
            dishes,
            on_the_way: Cell::new(0),
            busy: Cell::new(0),
            idle: Notify::new(),
        }
    }

    /// Waits for so many seconds of the evening. `false`: it is over.
    pub async fn pause(&self, from: f64, to: f64) -> bool {
        let seconds = self.random.borrow_mut().seconds(from, to) / self.speed;
        let wait = sleep(Duration::from_secs_f64(seconds.max(0.001)));
        tokio::select! {
            () = wait => self.is_open(),
            () = self.reached(Phase::LastOrders) => false,
        }
    }

    pub fn is_open(&self) -> bool {
        *self.phase.borrow() == Phase::Open
    }

    /// Waits until the evening is that far.
    pub async fn reached(&self, phase: Phase) {
        let mut now = self.phase.clone();
        // whoever tells is gone: so is the evening
        let _ = now.wait_for(|now| *now >= phase).await;
    }

    /// Has somebody do something, beside the others.
    pub fn begin(self: &Rc<Self>, what: impl Future<Output = ()> + 'static) {
        self.busy.set(self.busy.get() + 1);
        let scene = self.clone();
        tokio::task::spawn_local(async move {
            what.await;
            scene.busy.set(scene.busy.get() - 1);
            if scene.busy.get() == 0 {
                scene.idle.notify_waiters();
            }
        });
    }

    /// Waits until nobody does anything any more, but not for ever.
    pub async fn quiet(&self, patience: Duration) {
        let quiet = async {
            while self.busy.get() > 0 {
                self.idle.notified().await; // one thread: nothing happens between the test and the wait
            }
        };
        let _ = timeout(patience, quiet).await;
    }

    /// Reads.
    pub async fn read(&self, token: &str, path: &str) -> Option<Value> {
        let line = format!("GET {path}");
        let request = Request {
            line: &line,
            token: Some(token),
            key: None,
            body: None,
        };
        let answer = send(&self.address, &request).await;
        self.judged(&line, answer)
    }

    /// Commands: with a key, and now and then twice. `None`: it was refused, or failed.
    pub async fn write(&self, token: Option<&str>, line: &str, body: Value) -> Option<Value> {
        let (key, twice) = {
            let mut random = self.random.borrow_mut();
            let key = format!("rush-{:016x}{:016x}", random.next(), random.next());
            (key, token.is_some() && random.below(TWICE_IN) == 0)
        };
        let request = Request {
            line,
            token,
            key: Some(&key),
            body: Some(&body),
        };
        if !twice {
            let answer = send(&self.address, &request).await;
            return self.judged(line, answer);
        }
        let (one, other) =
            tokio::join!(send(&self.address, &request), send(&self.address, &request));
        let mut account = self.account.borrow_mut();
        account.repeated += 1;
        if let (Some(one), Some(other)) = (&one, &other)
            && (one.status != other.status || one.body != other.body)
        {
            account.doubled += 1;
            tracing::error!(line, %one.body, %other.body, "one key had two effects");
        }
        drop(account);
        self.judged(line, one)
    }

    fn judged(&self, line: &str, answer: Option<Answer>) -> Option<Value> {
        let mut account = self.account.borrow_mut();
        match answer {
            Some(answer) if answer.is_success() => return Some(answer.body),
            Some(Answer { status, body }) if status < 500 => {
                tracing::debug!(line, status, code = %body["code"], "refused");
                account.refused += 1;
            }
            other => {
                let status = other.map(|answer| answer.status);
                tracing::warn!(line, status, "no answer that makes sense");
                account.failed += 1;
            }
        }
        None
    }
}
