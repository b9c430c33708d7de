//! A database that is copied, restored, moved or replaced: nobody goes on in a history that does not exist any more, and nothing acknowledged is left out.

mod copies;

use crate::dining::new_order;
use crate::resume::{is_reset, note};
use crate::support::client::Heard;
use crate::support::socket_io::SocketIo;
use crate::support::{Client, Place, Random, Server, http, shell, until};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Output;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

const ORDER: &str = "/ws/orders/1/";

fn probe(server: &Server, path: &str) -> http::Answer {
    http::request(server.address, &format!("GET {path}"), &[], Value::Null)
}

/// `maitred COMMAND FILE` on the database of a place.
fn maitred(place: &Place, command: &str, file: &Path) -> Output {
    let mut run = place.maitred(&[command, "--database"]);
    let run = run.arg(place.database()).arg(file);
    run.output().expect("it runs")
}

fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!(
        "{}{}",
        String::from_utf8_lossy(out),
        String::from_utf8_lossy(err)
    )
}

#[track_caller]
fn works(output: &Output) -> String {
    assert!(output.status.success(), "{}", said(output));
    said(output)
}

/// Status 78, and why.
#[track_caller]
fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(78), "{}", said(output));
    said(output)
}

fn check(file: &Path) -> String {
    shell(file, "PRAGMA integrity_check;").trim().to_owned()
}

/// The number of a change made now.
#[track_caller]
fn next_number(server: &Server, client: &mut Client) -> u64 {
    note(server, 1, &format!("a number above {}, please", client.seq));
    client.expect("order_update")["seq"]
        .as_u64()
        .expect("a number")
}

#[test]
fn a_restore_into_the_served_database_resets_everybody() {
    // On one shard: who comes back at once is not sent away by the message that another shard has still to read.
    let mut server = Server::with(&["--shards", "1"]);
    let kitchen = server.listening("kitchen");
    let auth = |server: &Server| json!({"token": server.token("kitchen")});
    let mut guest = Client::open(&server, ORDER);
    guest.next_is("order_status");
    note(&server, 1, "in the backup");
    guest.next_is("order_update");
    let kept = guest.seq;
    let mut screen = SocketIo::open(kitchen);
    let pid = screen.connect("/", auth(&server)).expect("let in")["pid"].clone();
    screen.ask("/", "join:restaurant", &[json!(2)]);
    let backup = server.place.file("backup.db");
    server.shell(&format!(".backup '{}'", backup.display()));
    note(&server, 1, "lost");
    guest.next_is("order_update");
    let lost = guest.seq;
    let offset = screen.until("/", "order:updated").offset;

    server.shell(&format!(".restore '{}'", backup.display()));
    assert_eq!(guest.closed(), (Some(1012), None));
    // Only the transport: a client that is disconnected does not come back by itself.
    assert_eq!(screen.closed(), Some(1012));
    let mut back = SocketIo::open(kitchen);
    let mut come_back = auth(&server);
    come_back["pid"] = pid.clone();
    come_back["offset"] = json!(offset.expect("a number").to_string());
    let welcome = back.connect("/", come_back).expect("let in");
    assert_ne!(welcome["pid"], pid, "it is not recovered");
    assert_eq!(back.until("/", "resync").data()["reset"], true);

    for since in [kept, lost] {
        let mut back = Client::open(&server, &format!("{ORDER}?since={since}"));
        is_reset(&back.next(), "order_status");
        assert!(next_number(&server, &mut back) > lost, "numbers recur");
    }
    let metrics = probe(&server, "/metrics").text;
    assert!(
        metrics.contains("maitred_history_resets_total 1"),
        "{metrics}"
    );
    // Also when something was written since, and after a start.
    server.kill();
    server.restart();
    for since in [kept, lost] {
        let mut back = Client::open(&server, &format!("{ORDER}?since={since}"));
        is_reset(&back.next(), "order_status");
    }
    assert!(server.log().contains("everybody begins anew"));
}

#[test]
fn a_database_that_is_replaced_or_removed_while_it_is_served() {
    for act in ["replaced", "removed"] {
        let mut server = Server::start();
        let mut guest = Client::open(&server, ORDER);
        guest.next_is("order_status");
        note(&server, 1, "in the backup");
        guest.next_is("order_update");
        let kept = guest.seq;
        let backup = server.place.file("backup.db");
        works(&maitred(&server.place, "backup", &backup));
        note(&server, 1, "lost");
        guest.next_is("order_update");
        let lost = guest.seq;
        let (database, token) = (server.place.database(), server.token("manager"));
        match act {
            "replaced" => std::fs::rename(&backup, &database).expect("moved"),
            _ => std::fs::remove_file(&database).expect("removed"),
        }

        assert_eq!(guest.closed(), (Some(1012), None));
        let order = json!({"restaurant_id": 2, "items": [{"menu_item_id": 1, "quantity": 1}]});
        let answer = server.rest(&token, "POST /api/v1/orders", order);
        assert_eq!(answer.refused(503), "UNAVAILABLE");
        let ready = probe(&server, "/readyz");
        assert!(ready.text.contains(act), "{}", ready.text);
        assert_eq!(ready.refused(503), "UNAVAILABLE");
        probe(&server, "/healthz").ok();
        let metrics = probe(&server, "/metrics").text;
        let closed = "maitred_store_closed{cause=\"files\"} 1";
        assert!(metrics.contains(closed), "{metrics}");
        let mut late = Client::open(&server, ORDER);
        assert_eq!(late.closed().0, Some(1013));
        let log = server.log();
        let path = database.display().to_string();
        assert!(
            log.contains(&path) && log.contains("start it again"),
            "{log}"
        );

        server.kill();
        server.restart();
        assert_eq!(check(&database), "ok");
        probe(&server, "/readyz").ok();
        let mut back = Client::open(&server, &format!("{ORDER}?since={lost}"));
        is_reset(&back.next(), "order_status");
        assert!(
            next_number(&server, &mut back) > lost,
            "{act}: numbers recur"
        );
        if act == "replaced" {
            // Who saw nothing of what was lost goes on.
            let mut back = Client::back(&server, ORDER, kept);
            back.next_is("order_update");
        }
    }
}

/// Ends a writer, also when the test fails.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// `cp` writes into the file that is open, beside SQLite, and the log goes on lying over it.
#[test]
fn a_copy_over_the_served_database_closes_the_store() {
    let mut server = Server::start();
    let copy = server.place.file("copy.db");
    works(&maitred(&server.place, "backup", &copy));
    let mut guest = Client::open(&server, ORDER);
    guest.next_is("order_status");
    // What SQLite itself does to the file is nothing to complain of.
    server.shell(
        "CREATE TABLE ballast(x); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
         INSERT INTO ballast SELECT randomblob(4000) FROM n; PRAGMA wal_checkpoint;
         DELETE FROM ballast WHERE rowid % 2; VACUUM; PRAGMA wal_checkpoint;",
    );
    assert!(next_number(&server, &mut guest) > 0);
    probe(&server, "/readyz").ok();
    std::fs::copy(&copy, server.place.database()).expect("copied");
    assert_eq!(guest.closed(), (Some(1012), None));
    assert_eq!(probe(&server, "/readyz").refused(503), "UNAVAILABLE");
    assert!(server.log().contains("maitred restore"), "{}", server.log());
    server.kill();
    works(&maitred(&server.place, "restore", &copy));
    server.restart();
    let mut back = Client::open(&server, &format!("{ORDER}?since={}", guest.seq));
    is_reset(&back.next(), "order_status");
}

#[test]
fn a_backup_under_load_has_everything_that_was_acknowledged_before() {
    let server = Server::start();
    let (id, token) = (new_order(&server), server.token("manager"));
    server.shell(
        "CREATE TABLE ballast(x); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
         INSERT INTO ballast SELECT randomblob(4000) FROM n;",
    );
    let (acknowledged, done) = (AtomicU64::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let line = format!("PATCH /api/v1/orders/{id}");
            for n in 1.. {
                server
                    .rest(&token, &line, json!({"note": format!("{n}")}))
                    .ok();
                acknowledged.store(n, Ordering::SeqCst);
                if done.load(Ordering::SeqCst) {
                    break;
                }
            }
        });
        while acknowledged.load(Ordering::SeqCst) < 5 && !writer.is_finished() {
            std::thread::yield_now();
        }
        let _done = Done(&done);
        for n in 0..3 {
            let before = acknowledged.load(Ordering::SeqCst);
            let copy = server.place.file(&format!("copy-{n}.db"));
            let said = works(&maitred(&server.place, "backup", &copy));
            let after = acknowledged.load(Ordering::SeqCst);
            assert_eq!(check(&copy), "ok");
            let read = |sql: &str| shell(&copy, sql).trim().parse::<u64>().expect("a number");
            let has = read(&format!("SELECT note FROM orders WHERE id = {id};"));
            assert!(
                (before..=after + 1).contains(&has),
                "{has} of {before} to {after}"
            );
            let head = read("SELECT max(seq) FROM event_log;");
            assert!(said.contains(&format!("up to number {head}")), "{said}");
            for end in ["-wal", "-shm", ".part"] {
                let name = format!("{}{end}", copy.display());
                assert!(!Path::new(&name).exists(), "{name}");
            }
            let again = maitred(&server.place, "backup", &copy);
            assert!(refused(&again).contains("exists already"));
        }
    });
}

#[test]
fn a_restore_puts_a_copy_back_and_numbers_do_not_recur() {
    let mut server = Server::start();
    let mut guest = Client::open(&server, ORDER);
    guest.next_is("order_status");
    note(&server, 1, "in the backup");
    guest.next_is("order_update");
    let kept = guest.seq;
    let copy = server.place.file("copy.db");
    works(&maitred(&server.place, "backup", &copy));
    note(&server, 1, "lost");
    guest.next_is("order_update");
    let lost = guest.seq;

    let served = refused(&maitred(&server.place, "restore", &copy));
    assert!(served.contains("already served"), "{served}");
    server.kill();
    let broken = server.place.file("broken.db");
    let mut bytes = std::fs::read(&copy).expect("the copy");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0x5a);
    std::fs::write(&broken, bytes).expect("broken");
    let damaged = refused(&maitred(&server.place, "restore", &broken));
    assert!(damaged.contains("is damaged"), "{damaged}");
    let foreign = server.place.file("foreign.db");
    shell(&foreign, "CREATE TABLE theirs(x);");
    let theirs = refused(&maitred(&server.place, "restore", &foreign));
    assert!(theirs.contains("another application"), "{theirs}");
    let nothing = refused(&maitred(
        &server.place,
        "restore",
        &server.place.file("nothing.db"),
    ));
    assert!(nothing.contains("no such database"), "{nothing}");

    let done = works(&maitred(&server.place, "restore", &copy));
    let aside = done.lines().find_map(|line| {
        let line = line.strip_prefix("maitred: what was there is ")?;
        line.strip_suffix(" now")
    });
    let aside = Path::new(aside.expect("its name"));
    let old = shell(aside, "SELECT note FROM orders WHERE id = 1;");
    assert_eq!(old.trim(), "lost", "what was there is whole");
    assert_eq!(check(&server.place.database()), "ok");
    server.restart();
    let mut back = Client::open(&server, &format!("{ORDER}?since={lost}"));
    let state = back.next();
    is_reset(&state, "order_status");
    assert!(next_number(&server, &mut back) > lost, "numbers recur");
    let mut back = Client::back(&server, ORDER, kept);
    back.next_is("order_update");
}

/// After a kill the log lies beside the database. A copy that is moved over the database is not what that log belongs to.
#[test]
fn a_copy_is_not_served_with_the_log_of_what_it_replaced() {
    let mut server = Server::start();
    let copy = server.place.file("copy.db");
    works(&maitred(&server.place, "backup", &copy));
    note(&server, 1, "in the log");
    let mut guest = Client::open(&server, ORDER);
    guest.next_is("order_status");
    server.kill();
    let database = server.place.database();
    std::fs::rename(&copy, &database).expect("moved");
    let mut migrate = server.place.maitred(&["migrate", "--database"]);
    let told = refused(&migrate.arg(&database).output().expect("it runs"));
    assert!(told.contains("is the log of another file"), "{told}");
    for end in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", database.display()));
    }
    server.restart();
    let mut back = Client::open(&server, &format!("{ORDER}?since={}", guest.seq));
    is_reset(&back.next(), "order_status");
}

/// Guests who come and go while the database is restored under them, and others who write all the time: each ends up with what the database has.
#[test]
fn nobody_stays_in_a_history_that_a_restore_has_ended() {
    let server = Server::start();
    let (done, seen) = (
        AtomicBool::new(false),
        Mutex::new([const { String::new() }; 4]),
    );
    let copy = server.place.file("copy.db");
    std::thread::scope(|scope| {
        let _done = Done(&done);
        scope.spawn(|| {
            for n in 0.. {
                note(&server, 2, &format!("{n}"));
                if done.load(Ordering::SeqCst) {
                    break;
                }
            }
        });
        for guest in 0..4 {
            let (server, done, seen) = (&server, &done, &seen);
            let look = move |text: &str| {
                let frame: Value = serde_json::from_str(text).expect("JSON");
                if let Some(note) = frame["data"]["note"].as_str() {
                    seen.lock().expect("seen")[guest] = note.to_owned();
                }
                frame["seq"].as_u64()
            };
            scope.spawn(move || {
                let mut random = Random::new(guest as u64);
                let mut since = None;
                while !done.load(Ordering::SeqCst) {
                    let path = match since {
                        Some(since) => format!("{ORDER}?since={since}"),
                        None => ORDER.to_owned(),
                    };
                    let mut client = Client::open(server, &path);
                    // Sometimes it leaves at once, sometimes it stays to be sent away.
                    let stays = Duration::from_millis(random.below(300));
                    while let Heard::Text(text) = client.listen(stays) {
                        since = look(&text).or(since);
                    }
                }
            });
        }
        for round in 0..6 {
            let (kept, lost) = (format!("kept {round}"), format!("lost {round}"));
            let all = |wanted: &str| {
                let seen = seen.lock().expect("seen");
                seen.iter().all(|note| note == wanted)
            };
            note(&server, 1, &kept);
            let _ = std::fs::remove_file(&copy);
            works(&maitred(&server.place, "backup", &copy));
            note(&server, 1, &lost);
            until(&lost, || all(&lost));
            server.shell(&format!(".restore '{}'", copy.display()));
            until(&kept, || all(&kept));
        }
    });
}
