use crate::app::App;
use crate::consumer::announcer::fixture::{Cafe, SCHEMA, Served, insert};
use crate::error::Error;
use crate::store::Cause;
use crate::store::log::Log;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use std::fs;
use std::path::PathBuf;

/// A copy of what is served, as a stranger makes it.
fn copy(served: &Served) -> PathBuf {
    let to = served.config.path.with_extension("copy");
    let path = to.to_str().unwrap();
    served.shell().execute("VACUUM INTO ?1", [path]).unwrap();
    to
}

/// What the shell's `.restore` does.
fn restore(served: &Served, from: &PathBuf) {
    let from = Connection::open(from).unwrap();
    let mut shell = served.shell();
    let restore = Backup::new(&from, &mut shell).unwrap();
    assert_eq!(restore.step(-1).unwrap(), StepResult::Done);
}

async fn accepts(served: &Served, since: u64) -> bool {
    let read = move |db: &crate::store::Reader<'_>| db.log().judge(since);
    served.store().read(read).await.unwrap().is_ok()
}

#[tokio::test]
async fn after_a_restore_into_the_served_file_everybody_begins_anew() {
    let mut served = Served::new();
    let begun = served.told(0).await.head;
    let store = served.store();
    insert(&store, "before").await.unwrap();
    let kept = served.told(0).await.head;
    let copy = copy(&served);
    for name in ["lost", "too"] {
        insert(&store, name).await.unwrap();
    }
    let lost = served.told_of(0, 2).await.head;
    restore(&served, &copy);

    let told = served.told(0).await;
    assert!(told.reset && told.head > lost, "{} {lost}", told.head);
    for since in [0, begun, kept, kept + 1, lost, told.head - 1, told.head + 1] {
        assert!(!accepts(&served, since).await, "{since} is accepted");
    }
    assert!(accepts(&served, told.head).await);
    insert(&store, "after").await.unwrap();
    let after = served.told_of(0, 1).await;
    assert!(!after.reset && after.head > told.head);
    assert_eq!(after.names()[0].1, "after");
    for since in [kept, lost, told.head - 1] {
        assert!(!accepts(&served, since).await, "{since} is accepted");
    }
    assert!(accepts(&served, told.head).await && accepts(&served, after.head).await);
    let other = served.told_of(1, 3).await;
    assert_eq!(other.names()[2].1, "too");
    assert!(served.told(1).await.reset);

    // It is still the new history's after a new start.
    served.close();
    served.open();
    for since in [kept, lost, told.head - 1] {
        assert!(!accepts(&served, since).await, "{since} is accepted");
    }
    assert!(accepts(&served, after.head).await);
}

/// The transaction that first sees a restore is undone, with the reset in it: the next one has to see it too.
#[tokio::test]
async fn a_restore_is_seen_again_where_the_transaction_that_saw_it_is_undone() {
    let mut served = Served::with(|c| c.poll_interval = std::time::Duration::from_secs(3600));
    served.told(0).await;
    let store = served.store();
    served
        .shell()
        .execute_batch("CREATE TRIGGER bomb BEFORE INSERT ON dish WHEN NEW.name = 'bomb' BEGIN SELECT RAISE(ROLLBACK, 'boom'); END")
        .unwrap();
    insert(&store, "kept").await.unwrap();
    let kept = served.told_of(0, 1).await.head;
    let copy = copy(&served);
    insert(&store, "lost").await.unwrap();
    let lost = served.told_of(0, 1).await.head;
    restore(&served, &copy);
    insert(&store, "bomb").await.unwrap_err();
    insert(&store, "ours").await.unwrap();
    let told = served.told(0).await;
    assert!(told.reset && told.head > lost, "{} {lost}", told.head);
    for since in [kept, lost] {
        assert!(!accepts(&served, since).await, "{since} is accepted");
    }
    let after = served.told_of(0, 1).await;
    assert_eq!(after.names()[0].1, "ours");
}

/// Whoever writes first: a command that comes between the restore and the look at it belongs to the new history.
#[tokio::test]
async fn a_command_right_after_a_restore_is_told_in_the_new_history() {
    let mut served = Served::with(|c| c.poll_interval = std::time::Duration::from_secs(3600));
    served.told(0).await;
    let store = served.store();
    let copy = copy(&served);
    insert(&store, "lost").await.unwrap();
    let lost = served.told_of(0, 1).await.head;
    restore(&served, &copy);
    served
        .shell()
        .execute("INSERT INTO dish(menu, name) VALUES(1, 'a shell')", [])
        .unwrap();
    insert(&store, "ours").await.unwrap();
    let told = served.told(0).await;
    assert!(told.reset && told.head > lost);
    let after = served.told_of(0, 2).await;
    let names: Vec<_> = after.names().into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["a shell", "ours"]);
    assert!(after.publications[0].seq > told.head);
}

/// A backup is restored while nobody serves, after a burst that ran ahead of the clock; and the clock is put back besides.
#[tokio::test]
async fn numbers_of_a_lost_history_do_not_recur() {
    let mut served = Served::new();
    served.close();
    served.open_at(|_| 1_000);
    served.told(0).await;
    insert(&served.store(), "kept").await.unwrap();
    let kept = served.told_of(0, 1).await.head;
    let copy = copy(&served);
    served
        .shell()
        .execute_batch(
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 60000)
             INSERT INTO dish(menu, name) SELECT 1, 'lost' FROM n",
        )
        .unwrap();
    let mut lost = kept;
    while lost < kept + 60_000 {
        lost = served.told(0).await.head;
        while served.shards[1].try_recv().is_ok() {}
    }
    served.close();
    fs::rename(&copy, &served.config.path).unwrap();
    served.open_at(|_| 500);
    served.told(0).await;
    for since in [kept + 1, kept + 30_000, lost - 1, lost] {
        assert!(!accepts(&served, since).await, "{since} is accepted");
    }
    assert!(
        accepts(&served, kept).await,
        "it saw nothing of what was lost"
    );
    insert(&served.store(), "new").await.unwrap();
    let new = served.told_of(0, 1).await;
    assert!(new.publications[0].seq > lost);
    for since in [kept + 1, kept + 30_000, lost] {
        assert!(!accepts(&served, since).await, "{since} is accepted");
    }
}

type Act = fn(&Served);

/// Each program that moves, replaces or removes a file that is open.
#[tokio::test]
async fn when_its_files_are_others_the_store_closes_and_everybody_leaves() {
    let acts: [(&str, Act); 4] = [
        ("its file was replaced", |served| {
            fs::rename(copy(served), &served.config.path).unwrap();
        }),
        ("its file was removed", |served| {
            fs::remove_file(&served.config.path).unwrap();
        }),
        ("its write-ahead log was removed", |served| {
            fs::remove_file(served.config.path.with_extension("db-wal")).unwrap();
        }),
        ("its log's index was removed", |served| {
            fs::remove_file(served.config.path.with_extension("db-shm")).unwrap();
        }),
    ];
    for (what, act) in acts {
        let mut served = Served::new();
        let store = served.store();
        insert(&store, "kept").await.unwrap();
        let head = served.told_of(0, 1).await.head;
        let aside = served.config.path.with_extension("aside");
        fs::hard_link(&served.config.path, &aside).unwrap();
        act(&served);
        let told = served.told(0).await;
        assert!(told.reset && told.head == head, "{what}");
        assert!(store.health().has(Cause::Files), "{what}");
        let refused = insert(&store, "later").await;
        assert!(
            matches!(&refused, Err(Error::Unavailable(why)) if why == what),
            "{what}: {refused:?}"
        );
        let refused = store.read(|db| db.head()).await;
        assert!(matches!(refused, Err(Error::Unavailable(_))), "{what}");
        served.close();
        // What was acknowledged is in the file that it belongs to, and nothing of it in a log beside another.
        let own = Connection::open(&aside).unwrap();
        let dishes: i64 = own
            .query_row("SELECT count(*) FROM dish", [], |row| row.get(0))
            .unwrap();
        assert_eq!(dishes, 1, "{what}");
        let log = fs::metadata(served.config.path.with_extension("db-wal"));
        assert!(log.map_or(0, |log| log.len()) == 0, "{what}");
        if what.contains("index") {
            continue; // this process still has the one that nobody else finds
        }
        served.open();
        served.told(0).await;
        insert(&served.store(), "again").await.unwrap();
        assert!(served.told_of(0, 1).await.head > head, "{what}");
    }
}

#[tokio::test]
async fn a_restore_of_another_version_closes_the_store() {
    let mut served = Served::new();
    served.told(0).await;
    let copy = copy(&served);
    insert(&served.store(), "lost").await.unwrap();
    served.told_of(0, 1).await;
    Connection::open(&copy)
        .unwrap()
        .pragma_update(None, "user_version", 1)
        .unwrap();
    restore(&served, &copy);
    assert!(served.told(0).await.reset);
    let refused = insert(&served.store(), "later").await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
}

#[tokio::test]
async fn a_command_for_which_there_is_no_room_leaves_nothing_and_the_next_one_works() {
    let mut served = Served::new();
    served.told(0).await;
    let store = served.store();
    let limit = |pages: &'static str| {
        let set = move |db: &crate::store::Reader<'_>| {
            let sql = format!("PRAGMA max_page_count = {pages}");
            Ok(db.connection.query_row(&sql, [], |_| Ok(()))?)
        };
        store.write_raw(None, set)
    };
    limit("1").await.unwrap(); // as many as there are
    let long = "x".repeat(1 << 20);
    let refused = insert(&store, &long).await;
    assert!(matches!(refused, Err(Error::Full)), "{refused:?}");
    let told = refused.unwrap_err().into_client();
    assert_eq!((&*told.code, told.kind.status()), ("DISK_FULL", 503));
    limit("1000000").await.unwrap();
    insert(&store, "fits").await.unwrap();
    store.health().ready().unwrap();
    assert_eq!(served.told_of(0, 1).await.names()[0].1, "fits");
    let dishes = "SELECT count(*) FROM dish";
    let count: i64 = served
        .shell()
        .query_row(dishes, [], |row| row.get(0))
        .unwrap();
    assert_eq!(count, 1);
}

/// Two names of one database have one lock, and a copy goes where the database lies.
#[tokio::test]
async fn a_database_that_is_served_under_one_name_is_served_under_its_others() {
    let mut served = Served::new();
    let link = served.config.path.with_extension("link");
    std::os::unix::fs::symlink(&served.config.path, &link).unwrap();
    let mut config = served.config.clone();
    config.path = link.clone();
    let refused = crate::store::migrate(&config, &SCHEMA, Cafe::WATCHED).unwrap_err();
    assert!(refused.to_string().contains("already served"), "{refused}");
    insert(&served.store(), "kept").await.unwrap();
    let copy = copy(&served);
    served.close();
    let restored = crate::store::restore(&config, &SCHEMA, &copy, |_| {}).unwrap();
    assert!(restored.aside.is_some());
    assert!(link.is_symlink());
    served.open();
    served.told(0).await;
}
