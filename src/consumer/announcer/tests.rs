use super::fixture::{Served, insert, insertion};
use crate::error::Error;
use crate::store::Command;
use crate::store::log::Log;
use std::sync::atomic::Ordering::Relaxed;

#[tokio::test]
async fn a_change_that_cannot_be_announced_is_set_aside() {
    let mut served = Served::new();
    let store = served.store();
    served
        .shell()
        .execute_batch(
            "BEGIN; INSERT INTO dish(menu, name) VALUES(1, 'good'), (1, 'poison'), (1, 'sour'), (1, 'secret'), (1, 'fine');
             INSERT INTO change_log(tbl, row_id, op) VALUES('dish', 1, '?'); COMMIT;",
        )
        .unwrap();
    insert(&store, "poison").await.unwrap(); // the change was made all the same
    insert(&store, "after").await.unwrap();
    let names: Vec<_> = served.heard(3).await.into_iter().map(|(_, n)| n).collect();
    assert_eq!(names, ["good", "fine", "after"]);
    let shell = served.shell();
    let mut rejects = shell
        .prepare("SELECT row_id, error FROM change_rejects ORDER BY n")
        .unwrap();
    let rejects: Vec<(i64, String)> = rejects
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(
        rejects,
        [
            (2, "panicked: poisoned".to_owned()),
            (3, "store: too sour".to_owned()),
            (1, "store: unknown operation Some(\"?\")".to_owned()),
            (6, "panicked: poisoned".to_owned()),
        ]
    );
    assert_eq!(store.stats().rejects.load(Relaxed), 4);
    assert_eq!(store.stats().events.load(Relaxed), 3);
}

#[tokio::test]
async fn a_shard_that_stopped_does_not_keep_its_callers_waiting() {
    let mut served = Served::new();
    let store = served.store();
    served.shards.remove(0);
    let command = Command::new().on_shard(0);
    let id: Result<i64, Error> = store.write(command, insertion("x")).await;
    assert_eq!(id.unwrap(), 1);
    let nowhere = Command::new().on_shard(99);
    assert_eq!(store.write(nowhere, insertion("y")).await.unwrap(), 2);
}

#[tokio::test]
async fn events_and_their_groups_are_kept_in_order() {
    let mut served = Served::new();
    insert(&served.store(), "soup").await.unwrap();
    let shell = served.shell();
    let (seq, event, groups, rechecks): (u64, String, String, bool) = shell
        .query_row(
            "SELECT seq, event, groups, rechecks FROM event_log",
            [],
            |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)),
        )
        .unwrap();
    assert_eq!(event, r#"{"op":"new","name":"soup","by":null}"#);
    assert_eq!(groups, r#"["menu:1","dish:1"]"#);
    assert!(rechecks);
    let told = |store: crate::store::Store| async move {
        let first = |group: &'static str| {
            let store = store.clone();
            async move { store.read(move |db| db.first_told(&group)).await.unwrap() }
        };
        (
            first("dish:1").await,
            first("menu:1").await,
            first("menu:2").await,
        )
    };
    let expected = (Some(seq), Some(seq), None);
    assert_eq!(told(served.store()).await, expected);
    served.close();
    served.open();
    assert_eq!(told(served.store()).await, expected, "after a start");
    let waiting = served.store().read(|db| db.log().waiting()).await;
    assert!(!waiting.unwrap());
}

#[tokio::test]
async fn a_refusal_alone_reaches_its_own_shard_only() {
    let mut served = Served::new();
    let store = served.store();
    served.told(0).await;
    served.told(1).await;
    let refused = tokio::spawn({
        let store = store.clone();
        async move {
            let no =
                |_: &crate::store::Transaction<'_>| -> Result<i64, Error> { Err(Error::Closed) };
            store.write(Command::new().on_shard(1), no).await
        }
    });
    let told = served.told(1).await;
    assert_eq!((told.publications.len(), told.replies), (0, 1));
    assert!(refused.await.unwrap().is_err());
    assert!(served.shards[0].try_recv().is_err());
}
