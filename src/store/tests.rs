mod captures;
mod time;

use super::*;
use crate::consumer::announcer::fixture::{Served, insert, insertion};
use crate::error::{Error, Kind};
use crate::store::log::Log;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc as std_mpsc;
use std::time::Duration;

fn dishes(c: &rusqlite::Connection) -> Vec<String> {
    let mut all = c.prepare("SELECT name FROM dish ORDER BY id").unwrap();
    let names = all.query_map([], |r| r.get(0)).unwrap();
    names.map(Result::unwrap).collect()
}

/// Holds the writer until the returned sender is dropped: what is asked meanwhile makes one batch.
async fn hold(store: &Store) -> std_mpsc::Sender<()> {
    let (release, released) = std_mpsc::channel::<()>();
    let (begun, begins) = tokio::sync::oneshot::channel();
    let held = store.clone();
    tokio::spawn(async move {
        let wait = move |_: &Reader<'_>| {
            let _ = begun.send(());
            let _ = released.recv();
            Ok(())
        };
        held.write_raw(None, wait).await
    });
    begins.await.unwrap();
    release
}

type Asked = tokio::task::JoinHandle<Result<i64, Error>>;

/// Asks for a write and returns when it is in the queue.
async fn ask(
    store: &Store,
    command: Command,
    f: impl FnOnce(&Transaction<'_>) -> Result<i64, Error> + Send + 'static,
) -> Asked {
    let store = store.clone();
    let asked = tokio::spawn(async move { store.write(command, f).await });
    tokio::task::yield_now().await; // one thread: the task has run until it waits for the answer
    asked
}

fn refuse(kind: Kind) -> impl FnOnce(&Transaction<'_>) -> Result<i64, Error> + Send {
    move |tx| {
        insertion("refused")(tx)?;
        Err(Error::client(kind, "NO", "no"))
    }
}

fn code(result: Result<i64, Error>) -> String {
    match result {
        Err(Error::Client(e)) => e.code.into_owned(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn commands_that_wait_are_told_in_order() {
    let mut served = Served::new();
    let store = served.store();
    served.told(0).await; // the head at the start
    let release = hold(&store).await;
    let mut asked = Vec::new();
    for n in 0..100 {
        let command = Command::new().by("mia").on_shard(n % 2);
        asked.push(ask(&store, command, insertion(&n.to_string())).await);
    }
    drop(release);
    let told = served.told_of(0, 100).await;
    assert_eq!((told.publications.len(), told.replies), (100, 50));
    let names: Vec<_> = told.names().into_iter().map(|(_, n)| n).collect();
    let expected: Vec<_> = (0..100).map(|n| n.to_string()).collect();
    assert_eq!(names, expected);
    assert!(told.publications.windows(2).all(|p| p[0].seq < p[1].seq));
    assert!(told.publications.iter().all(|p| p.rechecks));
    assert_eq!(told.head, told.publications[99].seq);
    assert_eq!(told.publications[7].event.by.as_deref(), Some("mia"));
    assert_eq!(told.publications[7].groups.len(), 2);
    let other = served.told_of(1, 100).await;
    assert_eq!((other.publications.len(), other.replies), (100, 50));
    for (id, asked) in (1..).zip(asked) {
        assert_eq!(asked.await.unwrap().unwrap(), id);
    }
    assert_eq!(store.read(|db| db.head()).await.unwrap(), told.head);
}

#[tokio::test]
async fn a_refusal_leaves_nothing_behind() {
    let mut served = Served::new();
    let store = served.store();
    let release = hold(&store).await;
    let before = ask(&store, Command::new(), insertion("before")).await;
    let refused = ask(&store, Command::new(), refuse(Kind::Conflict)).await;
    let after = ask(&store, Command::new(), insertion("after")).await;
    drop(release);
    assert_eq!(code(refused.await.unwrap()), "NO");
    before.await.unwrap().unwrap();
    after.await.unwrap().unwrap();
    assert_eq!(dishes(&served.shell()), ["before", "after"]);
    let heard = served.heard(2).await;
    assert_eq!(heard[0].0 + 1, heard[1].0, "its numbers are free again");
}

#[tokio::test]
async fn an_id_has_one_outcome() {
    let mut served = Served::new();
    let store = served.store();
    let id = |key: &str| {
        Command::new()
            .by("mia")
            .with_id(IdempotencyKey::new("mia", key, b"x"))
    };
    let first = store.write(id("a"), insertion("one")).await.unwrap();
    let again = store.write(id("a"), insertion("one")).await.unwrap();
    assert_eq!(first, again);
    // Within one batch, too.
    let release = hold(&store).await;
    let twins = [
        ask(&store, id("b"), insertion("two")).await,
        ask(&store, id("b"), insertion("two")).await,
    ];
    drop(release);
    for twin in twins {
        assert_eq!(twin.await.unwrap().unwrap(), 2);
    }
    // A refusal stays one, even where the command would succeed now.
    assert_eq!(
        code(store.write(id("c"), refuse(Kind::Conflict)).await),
        "NO"
    );
    assert_eq!(code(store.write(id("c"), insertion("three")).await), "NO");
    // Another command, another actor.
    let other = Command::new().with_id(IdempotencyKey::new("mia", "a", b"y"));
    assert_eq!(
        code(store.write(other, insertion("four")).await),
        "IDEMPOTENCY_CONFLICT"
    );
    let other = Command::new().with_id(IdempotencyKey::new("tom", "a", b"y"));
    store.write(other, insertion("five")).await.unwrap();
    drop(store);
    served.close();
    served.open();
    let store = served.store();
    assert_eq!(store.write(id("a"), insertion("one")).await.unwrap(), first);
    assert_eq!(dishes(&served.shell()), ["one", "two", "five"]);
}

#[tokio::test]
async fn what_may_succeed_later_is_not_kept() {
    let served = Served::new();
    let store = served.store();
    let id = || Command::new().with_id(IdempotencyKey::new("mia", "a", b"x"));
    for kind in [Kind::Busy, Kind::RateLimited, Kind::Unauthenticated] {
        assert_eq!(code(store.write(id(), refuse(kind)).await), "NO");
    }
    let panics = |_: &Transaction<'_>| -> Result<i64, Error> { panic!("oh") };
    assert!(matches!(store.write(id(), panics).await, Err(Error::Panicked(text)) if text == "oh"));
    let fails = |tx: &Transaction<'_>| Ok(tx.execute("INSERT INTO nowhere VALUES(1)", &[])? as i64);
    assert!(matches!(
        store.write(id(), fails).await,
        Err(Error::Store(_))
    ));
    assert_eq!(store.write(id(), insertion("at last")).await.unwrap(), 1);
}

#[tokio::test]
async fn outcomes_are_forgotten_from_the_front() {
    let served = Served::new();
    let store = served.store();
    for key in ["a", "b", "c"] {
        let id = Command::new().with_id(IdempotencyKey::new("mia", key, b"x"));
        store.write(id, insertion(key)).await.unwrap();
    }
    let c = served.shell();
    c.execute_batch("UPDATE command_outcome SET at = n * 100")
        .unwrap();
    assert!(idempotency::prune(&c, 250, 1).unwrap());
    assert!(idempotency::prune(&c, 250, 1).unwrap());
    assert!(!idempotency::prune(&c, 250, 1).unwrap());
    let left: String = c
        .query_row("SELECT group_concat(key) FROM command_outcome", [], |r| {
            r.get(0)
        })
        .unwrap();
    assert_eq!(left, "c");
}

#[tokio::test]
async fn a_panic_costs_one_job() {
    let served = Served::new();
    let store = served.store();
    let release = hold(&store).await;
    let before = ask(&store, Command::new(), insertion("before")).await;
    let panics = ask(&store, Command::new(), |tx| {
        insertion("half")(tx)?;
        panic!("oh")
    })
    .await;
    let after = ask(&store, Command::new(), insertion("after")).await;
    drop(release);
    before.await.unwrap().unwrap();
    after.await.unwrap().unwrap();
    assert!(matches!(panics.await.unwrap(), Err(Error::Panicked(_))));
    assert_eq!(dishes(&served.shell()), ["before", "after"]);
    let read: Result<(), _> = store.read(|_| panic!("oh")).await;
    assert!(matches!(read, Err(Error::Panicked(_))));
    let one = store
        .read(|db| db.one("SELECT 1", &[], |r| r.get::<i64>(0)))
        .await;
    assert_eq!(one.unwrap(), 1);
}

#[tokio::test]
async fn a_rollback_fails_what_was_not_committed_and_nothing_else() {
    let mut served = Served::new();
    let store = served.store();
    served
        .shell()
        .execute_batch("CREATE TRIGGER bomb BEFORE INSERT ON dish WHEN NEW.name = 'bomb' BEGIN SELECT RAISE(ROLLBACK, 'boom'); END")
        .unwrap();
    insert(&store, "committed").await.unwrap();
    let release = hold(&store).await;
    let before = ask(&store, Command::new().by("mia"), insertion("before")).await;
    let bomb = ask(&store, Command::new().by("mia"), insertion("bomb")).await;
    let after = ask(&store, Command::new().by("mia"), insertion("after")).await;
    drop(release);
    assert!(matches!(before.await.unwrap(), Err(Error::Busy)));
    assert!(matches!(bomb.await.unwrap(), Err(Error::Store(e)) if e.contains("boom")));
    after.await.unwrap().unwrap();
    assert_eq!(dishes(&served.shell()), ["committed", "after"]);
    let heard = served.heard(2).await;
    assert_eq!(heard[0].0 + 1, heard[1].0);
    // Its name was said again in the new transaction, and taken back after it.
    served
        .shell()
        .execute_batch("INSERT INTO dish(menu, name) VALUES(1, 'foreign')")
        .unwrap();
    let told = served.told(0).await;
    assert_eq!(told.publications[0].event.by, None);
}

#[tokio::test]
async fn a_command_that_ends_the_transaction_itself_is_caught() {
    let served = Served::new();
    let store = served.store();
    let ends = |tx: &Transaction<'_>| Ok(tx.execute("ROLLBACK", &[])? as i64);
    assert!(store.write(Command::new(), ends).await.is_err());
    insert(&store, "after").await.unwrap();
    assert_eq!(dishes(&served.shell()), ["after"]);
}

#[tokio::test]
async fn a_shell_that_holds_the_database_makes_us_busy() {
    let mut served = Served::with(|config| config.busy_timeout = Duration::from_millis(40));
    let store = served.store();
    let shell = served.shell();
    shell
        .execute_batch("BEGIN IMMEDIATE; INSERT INTO dish(menu, name) VALUES(1, 'slow')")
        .unwrap();
    let first = ask(&store, Command::new(), insertion("first")).await;
    let second = ask(&store, Command::new(), insertion("second")).await;
    assert!(matches!(first.await.unwrap(), Err(Error::Busy)));
    assert!(matches!(second.await.unwrap(), Err(Error::Busy)));
    // Readers do not mind.
    assert_eq!(store.read(|db| db.head()).await.unwrap(), 0);
    shell.execute_batch("COMMIT").unwrap();
    // Noticed by the poll although nobody writes.
    assert_eq!(served.heard(1).await[0].1, "slow");
    insert(&store, "third").await.unwrap();
    assert_eq!(served.heard(1).await[0].1, "third");
    assert_eq!(store.stats().busy.load(Relaxed), 2);
}

#[tokio::test]
async fn what_others_wrote_is_announced_before_what_we_write() {
    // No poll: the command itself finds it.
    let mut served = Served::with(|config| config.poll_interval = Duration::from_secs(3600));
    let store = served.store();
    insert(&store, "zero").await.unwrap(); // the poll's first look is over, or finds nothing
    let shell = served.shell();
    shell
        .execute_batch("INSERT INTO dish(menu, name) VALUES(1, 'theirs'); UPDATE dish SET price = 1 WHERE id = 2")
        .unwrap();
    let seen = store
        .write_raw(None, |db| {
            db.rows("SELECT name FROM dish", &[], |r| r.get::<String>(0))
        })
        .await
        .unwrap();
    assert_eq!(seen, ["zero", "theirs"]);
    shell
        .execute_batch("DELETE FROM dish WHERE id = 2")
        .unwrap();
    insert(&store, "ours").await.unwrap();
    let heard: Vec<_> = served.heard(5).await.into_iter().map(|(_, n)| n).collect();
    assert_eq!(heard, ["zero", "theirs", "theirs", "theirs", "ours"]);
}

#[tokio::test]
async fn a_bulk_update_of_another_program_is_announced_in_pieces() {
    let mut served = Served::with(|config| config.retention_events = 1_000);
    let shell = served.shell();
    let rows = 20_000;
    shell
        .execute_batch(&format!(
            "BEGIN; WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
             INSERT INTO dish(menu, name) SELECT i % 10, 'dish ' || i FROM n; DELETE FROM change_log; COMMIT;"
        ))
        .unwrap();
    shell
        .execute_batch("UPDATE dish SET price = price + 1")
        .unwrap();
    let (mut heard, mut last) = (0, 0);
    while heard < rows {
        let told = served.told(0).await;
        assert!(told.publications.len() <= writer::CHUNK);
        for p in &told.publications {
            assert!(p.seq > last);
            last = p.seq;
        }
        heard += told.publications.len();
    }
    assert_eq!(heard, rows);
    insert(&served.store(), "after").await.unwrap();
    let kept: usize = shell
        .query_row("SELECT count(*) FROM event_log", [], |r| r.get(0))
        .unwrap();
    assert!(kept <= 1_000 + writer::CHUNK + 500, "{kept} events kept");
}

#[tokio::test]
async fn what_was_written_while_nobody_served_is_announced_at_the_start() {
    let mut served = Served::new();
    insert(&served.store(), "first").await.unwrap();
    let before = served.store().read(|db| db.head()).await.unwrap();
    served.close();
    served
        .shell()
        .execute_batch("INSERT INTO dish(menu, name) VALUES(1, 'meanwhile')")
        .unwrap();
    served.open();
    let head = served.store().read(|db| db.head()).await.unwrap();
    assert!(head > before);
    let told = served.told(1).await;
    assert_eq!((told.head, told.publications.len()), (head, 0));
    // The hole between the runs is no part of the history.
    let accepted = move |since| {
        let store = served.store();
        async move {
            store
                .read(move |db| Ok(db.log().judge(since)?.is_ok()))
                .await
        }
    };
    assert!(accepted(before).await.unwrap());
    assert!(accepted(head).await.unwrap());
    if head > before + 1 {
        assert!(!accepted(before + 1).await.unwrap() && !accepted(head - 1).await.unwrap());
    }
}

#[tokio::test]
async fn what_waits_is_finished_when_the_store_stops() {
    let mut served = Served::new();
    let store = served.store();
    let release = hold(&store).await;
    let waits = ask(&store, Command::new(), insertion("waits")).await;
    served.opened.as_ref().unwrap().running.stop();
    drop(release);
    assert_eq!(waits.await.unwrap().unwrap(), 1);
    served.close();
    assert!(matches!(insert(&store, "late").await, Err(Error::Closed)));
    let mut wal = served.config.path.clone().into_os_string();
    wal.push("-wal");
    assert_eq!(std::fs::metadata(wal).map_or(0, |m| m.len()), 0);
    served.open();
    assert_eq!(dishes(&served.shell()), ["waits"]);
}

#[tokio::test]
async fn the_store_ends_with_its_last_handle() {
    let mut served = Served::new();
    let Opened { store, running } = served.opened.take().unwrap();
    insert(&store, "one").await.unwrap();
    drop(store);
    running.join();
    served.open();
}

#[tokio::test]
async fn a_reader_sees_one_state_and_writes_nothing() {
    let served = Served::new();
    let store = served.store();
    let writes = store
        .read(|db| db.rows("DELETE FROM dish RETURNING id", &[], |_| Ok(())))
        .await;
    assert!(matches!(writes, Err(Error::Store(_))));
    let shell = served.shell();
    let count = |db: &Reader<'_>| db.one("SELECT count(*) FROM dish", &[], |r| r.get::<i64>(0));
    let counts = store
        .read(move |db| {
            let before = count(db)?;
            shell.execute_batch("INSERT INTO dish(menu, name) VALUES(1, 'x')")?;
            Ok((before, count(db)?))
        })
        .await;
    assert_eq!(counts.unwrap(), (0, 0));
    assert_eq!(store.read(count).await.unwrap(), 1);
}
