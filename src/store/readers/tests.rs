use super::*;
use crate::consumer::announcer::fixture::Served;
use crate::store::{Reader, Store};
use std::sync::mpsc;

/// One reader, busy until the sender is dropped.
async fn held() -> (Arc<Readers>, mpsc::Sender<()>) {
    let connection = Connection::open_in_memory().expect("a database");
    let readers = Readers::start("reader", vec![connection]).expect("a thread");
    let readers = Arc::new(readers);
    let (release, released) = mpsc::channel::<()>();
    let (begun, begins) = oneshot::channel();
    let busy = readers.clone();
    tokio::spawn(async move {
        let wait = move |_: &Connection| {
            let _ = begun.send(());
            let _ = released.recv();
        };
        busy.read(wait).await
    });
    begins.await.expect("it runs");
    (readers, release)
}

/// Asks in a task of its own, and has noted who was read for, and when.
async fn ask(readers: &Arc<Readers>, who: &[&'static str], order: &mpsc::Sender<&'static str>) {
    let (readers, order, who) = (readers.clone(), order.clone(), who.to_vec());
    tokio::spawn(async move {
        let all = who.into_iter().map(|who| {
            let order = order.clone();
            readers.read(move |_| order.send(who))
        });
        futures::future::join_all(all).await
    });
    task::yield_now().await; // one thread: the task has run until it waits for the answers
}

#[tokio::test]
async fn a_bystanders_read_is_answered_before_most_of_those_that_were_asked_for_before() {
    let (readers, release) = held().await;
    let (order, seen) = mpsc::channel();
    ask(&readers, &["greedy"; 500], &order).await;
    ask(&readers, &["bystander"], &order).await;
    drop((release, order));
    let seen: Vec<_> = task::spawn_blocking(move || seen.into_iter().collect())
        .await
        .expect("read");
    assert_eq!(seen.len(), 501);
    let at = seen.iter().position(|who| *who == "bystander");
    assert_eq!(at, Some(1), "after one of five hundred");
}

#[tokio::test]
async fn so_many_reads_wait_and_the_next_one_waits_for_room() {
    let (readers, release) = held().await;
    let (order, seen) = mpsc::channel();
    ask(&readers, &["many"; READS + 9], &order).await;
    assert_eq!(readers.asked(), READS);
    drop((release, order));
    let seen: Vec<_> = task::spawn_blocking(move || seen.into_iter().collect())
        .await
        .expect("read");
    assert_eq!(seen.len(), READS + 9, "none is refused");
}

#[tokio::test]
async fn what_nobody_waits_for_is_not_read() {
    let (readers, release) = held().await;
    let (order, seen) = mpsc::channel();
    let theirs = order.clone();
    let asked = readers.read(move |_| theirs.send("gone"));
    assert!(futures::FutureExt::now_or_never(asked).is_none());
    ask(&readers, &["here"], &order).await;
    drop((release, order));
    let seen: Vec<_> = task::spawn_blocking(move || seen.into_iter().collect())
        .await
        .expect("read");
    assert_eq!(seen, ["here"]);
}

/// Occupies one of the readers until the returned sender is dropped.
async fn occupy(store: &Store, replays: bool) -> (mpsc::Sender<()>, tokio::task::JoinHandle<()>) {
    let (release, released) = mpsc::channel::<()>();
    let (begun, begins) = oneshot::channel();
    let store = store.clone();
    let task = tokio::spawn(async move {
        let wait = move |_: &Reader<'_>| {
            let _ = begun.send(());
            let _ = released.recv();
            Ok(())
        };
        match replays {
            true => store.replay(wait).await.unwrap(),
            false => store.read(wait).await.unwrap(),
        }
    });
    begins.await.unwrap();
    (release, task)
}

#[tokio::test]
async fn replay_has_a_reader_of_its_own() {
    let served = Served::with(|config| config.readers = 1);
    let store = served.store();
    for replays in [true, false] {
        let (release, occupied) = occupy(&store, replays).await;
        let head = match replays {
            true => store.read(|db| db.head()).await,
            false => store.replay(|db| db.head()).await,
        };
        assert_eq!(head.unwrap(), 0);
        drop(release);
        occupied.await.unwrap();
    }
}
