//! A disk that is full or may not be written to is told as what it is, and what was promised holds.

use crate::dining::new_order;
use crate::support::{Client, Place, Server, http, until};
use serde_json::{Value, json};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file system of its own in a place, with the database in it. Taken away when dropped.
struct Disk(PathBuf);

impl Disk {
    /// `None`: this account may not mount. Where every test has to run (`CI` is set) that is a failure.
    fn mount(place: &Place, options: &str) -> Option<Disk> {
        let at = place.file("disk");
        std::fs::create_dir(&at).expect("a folder");
        let mut mount = Command::new("mount");
        let mount = mount.args(["-t", "tmpfs", "-o", options, "maitred-test"]);
        let mounted = mount.arg(&at).output().is_ok_and(|o| o.status.success());
        if !mounted {
            assert!(
                std::env::var_os("CI").is_none(),
                "the account that runs this must be able to mount a tmpfs"
            );
            eprintln!("not tested: this account may not mount a file system");
            return None;
        }
        std::os::unix::fs::symlink(at.join("restaurant.db"), place.database()).expect("a link");
        Some(Disk(at))
    }

    fn remount(&self, options: &str) {
        let mut mount = Command::new("mount");
        let mount = mount.args(["-o", options]).arg(&self.0);
        assert!(mount.status().expect("mount runs").success());
    }

    /// Fills it to the last byte.
    fn fill(&self) -> PathBuf {
        let path = self.0.join("ballast");
        let mut ballast = File::create(&path).expect("a file");
        for size in [1 << 16, 1 << 12, 1] {
            let block = vec![0; size];
            while ballast.write_all(&block).is_ok() {}
        }
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn probe(server: &Server, path: &str) -> http::Answer {
    http::request(server.address, &format!("GET {path}"), &[], Value::Null)
}

#[test]
fn a_full_disk_is_told_as_what_it_is_and_heals_by_itself() {
    let place = Place::new();
    let Some(disk) = Disk::mount(&place, "size=6m") else {
        return;
    };
    let server = Server::on(place, &[]);
    let (id, token) = (new_order(&server), server.token("manager"));
    let path = format!("/ws/orders/{id}/");
    let mut guest = Client::open(&server, &path);
    guest.next_is("order_status");
    let mut manager = Client::open_as(&server, &path, &token);
    manager.next_is("order_status");

    let ballast = disk.fill();
    let line = format!("PATCH /api/v1/orders/{id}");
    let mut last = String::new();
    let refused = (0..5_000).find_map(|n| {
        let text = format!("{n} {}", "x".repeat(300));
        let answer = server.rest(&token, &line, json!({ "note": text }));
        match answer.status {
            200 => last = text,
            _ => return Some(answer),
        }
        None
    });
    let refused = refused.expect("the disk is full some time");
    assert_eq!(refused.refused(503), "DISK_FULL");
    // It was rolled back, and is known to be.
    let note = || server.rest(&token, &format!("GET /api/v1/orders/{id}"), Value::Null);
    assert!(note().ok().to_string().contains(&last));
    let refused = r#"{"action": "update_status", "status": "confirmed", "id": "kept"}"#;
    assert_eq!(manager.refused(refused), "DISK_FULL");
    until("not ready", || probe(&server, "/readyz").status == 503);
    assert_eq!(probe(&server, "/readyz").refused(503), "DISK_FULL");
    probe(&server, "/healthz").ok();
    let full = "maitred_store_closed{cause=\"full\"}";
    assert!(
        probe(&server, "/metrics")
            .text
            .contains(&format!("{full} 1"))
    );
    assert!(server.log().contains("make room"), "{}", server.log());
    let heard = guest.sync();
    assert!(!heard.iter().any(|f| f["data"]["status"] == "confirmed"));

    // Nobody asks for anything.
    std::fs::remove_file(ballast).expect("room");
    until("ready again", || probe(&server, "/readyz").status == 200);
    assert!(
        probe(&server, "/metrics")
            .text
            .contains(&format!("{full} 0"))
    );
    manager.send_text(refused);
    let heard = guest.until(|f| f["data"]["status"] == "confirmed");
    assert!(heard.last().expect("it")["seq"].as_u64() > Some(0));
    let unknown = server.log().matches("UNKNOWN_OUTCOME").count();
    assert_eq!(unknown, 0, "{}", server.log());
}

#[test]
fn a_mount_that_may_not_be_written_to_is_named() {
    let place = Place::new();
    let Some(disk) = Disk::mount(&place, "size=6m") else {
        return;
    };
    let migrate = |place: &Place| {
        let mut migrate = place.maitred(&["migrate", "--database"]);
        let database = disk.0.join("restaurant.db");
        migrate.arg(database).output().expect("it runs")
    };
    assert!(migrate(&place).status.success());
    disk.remount("remount,ro");
    let refused = migrate(&place);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success(), "{said}");
    let path = disk.0.join("restaurant.db");
    assert!(names(&said, &path), "{said}");
    disk.remount("remount,rw");
    assert!(migrate(&place).status.success());
}

fn names(text: &str, path: &Path) -> bool {
    text.contains(&path.display().to_string())
}
