use crate::history::judge;
use crate::signals::fixture::{Served, insert};
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
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
    let read = move |db: &crate::Reader<'_>| judge(db.connection, since);
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
