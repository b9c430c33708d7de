use super::*;
use crate::consumer::announcer::fixture::{Served, insert, insertion};
use crate::store::{Command, Store};
use futures::FutureExt;
use std::sync::mpsc;
use tokio::sync::oneshot;

/// A disk that answers when it is told to, and counts what it was asked.
struct Slow {
    answers: mpsc::Sender<io::Result<()>>,
    asked: Arc<AtomicU64>,
}

impl Slow {
    fn new() -> (Slow, Flush) {
        let (answers, answer) = mpsc::channel();
        let asked = Arc::new(AtomicU64::new(0));
        let count = asked.clone();
        let sync = Box::new(move || {
            count.fetch_add(1, SeqCst);
            answer.recv().unwrap_or(Ok(()))
        });
        (Slow { answers, asked }, sync)
    }

    fn asked(&self) -> u64 {
        self.asked.load(SeqCst)
    }

    fn answers(&self) {
        self.answers.send(Ok(())).unwrap();
    }

    fn refuses(&self) {
        self.answers
            .send(Err(io::Error::other("worn out")))
            .unwrap();
    }
}

/// Lets the runtime's one thread run everything that can run.
async fn until(mut is_so: impl FnMut() -> bool) {
    while !is_so() {
        tokio::task::yield_now().await;
    }
}

fn commit(wrote: bool, tell: impl FnOnce() + Send + 'static) -> Commit {
    Commit {
        wrote: wrote.then(std::time::Instant::now),
        on_durable: Some(Box::new(move |_| tell())),
        ..Commit::silent()
    }
}

async fn read(store: &Store) -> tokio::task::JoinHandle<Result<u64, Error>> {
    let (store, (done, is_done)) = (store.clone(), oneshot::channel());
    let reading = tokio::spawn(async move {
        let count = move |db: &crate::store::Reader<'_>| {
            let head = db.head();
            let _ = done.send(());
            head
        };
        store.read(count).await
    });
    is_done.await.unwrap();
    reading
}

#[tokio::test]
async fn nobody_hears_of_a_commit_that_the_disk_does_not_have() {
    let mut served = Served::new();
    insert(&served.store(), "before").await.unwrap();
    let (disk, sync) = Slow::new();
    served.reopen_on(sync);
    let (store, shell) = (served.store(), served.shell());
    served.told(0).await;
    let head = store.read(|db| db.head()).await.unwrap();

    let writer = store.clone();
    let asked = tokio::spawn(async move {
        let command = Command::new().on_shard(0);
        writer.write(command, insertion("after")).await
    });
    let is_there = "SELECT EXISTS(SELECT 1 FROM dish WHERE name = 'after')";
    until(|| shell.query_row(is_there, [], |row| row.get(0)).unwrap()).await;
    let reading = read(&store).await;
    // One more turn through the writer: it goes on, and this one waits behind the other.
    let reader = store.clone();
    let behind = tokio::spawn(async move { reader.write_raw(None, |db| db.head()).await });
    until(|| store.stats().jobs.load(SeqCst) >= 2).await;
    assert!(served.shards[0].is_empty(), "a shard was told");
    assert!(!asked.is_finished() && !reading.is_finished() && !behind.is_finished());
    assert!(disk.asked() <= 1);

    disk.answers();
    let told = served.told(0).await;
    assert_eq!(told.names(), [(told.head, "after".to_owned())]);
    assert!(told.head > head);
    asked.await.unwrap().unwrap();
    assert_eq!(reading.await.unwrap().unwrap(), told.head);
    assert_eq!(behind.await.unwrap().unwrap(), told.head);
}

#[tokio::test]
async fn a_disk_that_refuses_closes_the_store() {
    let (disk, sync) = Slow::new();
    let mut served = Served::new();
    served.reopen_on(sync);
    served.told(0).await;
    let store = served.store();
    disk.refuses();
    let end = insert(&store, "lost").await;
    assert!(matches!(end, Err(Error::UnknownOutcome(_))), "{end:?}");
    let end = store.read(|db| db.head()).await;
    assert!(matches!(end, Err(Error::Unavailable(_))), "{end:?}");
    // Asked again, it might say that all is well.
    let asked = disk.asked();
    let end = insert(&store, "later").await;
    assert!(matches!(end, Err(Error::Unavailable(_))), "{end:?}");
    assert_eq!(disk.asked(), asked);
    served.close();
    assert!(served.shards[0].try_recv().is_err(), "a shard was told");
    // What became of it is known at the next start.
    served.open();
    served.told(0).await;
    insert(&served.store(), "again").await.unwrap();
    assert_eq!(served.told(0).await.names()[0].1, "again");
}

#[test]
fn what_wrote_nothing_waits_for_its_turn_and_asks_for_nothing() {
    let (slow, sync) = Slow::new();
    let disk = Flusher::start(sync, Clock::system(), Arc::default(), Arc::default()).unwrap();
    let (told, tells) = mpsc::channel();
    for (n, wrote) in [(0, true), (1, false)] {
        let told = told.clone();
        disk.begin();
        disk.committed(commit(wrote, move || told.send(n).unwrap()));
    }
    assert!(tells.try_recv().is_err());
    slow.answers();
    disk.flush().unwrap();
    assert_eq!((tells.try_recv(), tells.try_recv()), (Ok(0), Ok(1)));
    assert_eq!(slow.asked(), 1);
}

#[tokio::test]
async fn nobody_waits_for_a_commit_that_did_not_come_about() {
    let (_slow, sync) = Slow::new();
    let disk = Flusher::start(sync, Clock::system(), Arc::default(), Arc::default()).unwrap();
    let barrier = disk.barrier();
    disk.begin();
    let mut waiting = std::pin::pin!(barrier.wait());
    assert!((&mut waiting).now_or_never().is_none());
    disk.failed();
    waiting.await.unwrap();
    disk.failed(); // none was begun
    barrier.wait().await.unwrap();
}

#[test]
fn what_was_handed_over_is_told_before_the_end() {
    let (slow, sync) = Slow::new();
    let disk = Flusher::start(sync, Clock::system(), Arc::default(), Arc::default()).unwrap();
    let (told, tells) = mpsc::channel();
    disk.begin();
    disk.committed(commit(true, move || told.send(()).unwrap()));
    slow.answers();
    drop(disk);
    assert!(tells.try_recv().is_ok());
}
