//! What may be served again, and what is no copy.

use super::*;

/// It is the owner's, and in the original as well: a copy without it would be none.
#[test]
fn a_row_that_breaks_a_rule_keeps_nobody_from_a_backup() {
    let mut server = Server::start();
    server
        .shell("PRAGMA ignore_check_constraints=ON; UPDATE order_items SET qty = -3 WHERE id = 1;");
    let copy = server.place.file("copy.db");
    let said = works(&maitred(&server.place, "backup", &copy));
    assert!(
        said.contains("CHECK constraint failed in order_items"),
        "{said}"
    );
    server.kill();
    works(&maitred(&server.place, "restore", &copy));
    let kept = shell(
        &server.place.database(),
        "SELECT qty FROM order_items WHERE id = 1;",
    );
    assert_eq!(kept.trim(), "-3");
}

#[test]
fn the_file_of_a_young_database_without_its_log_is_no_copy() {
    let mut server = Server::start();
    server.kill();
    let young = server.place.file("young.db");
    let id = shell(&server.place.database(), "PRAGMA application_id;");
    shell(&young, &format!("PRAGMA application_id={};", id.trim()));
    let said = refused(&maitred(&server.place, "restore", &young));
    assert!(said.contains("-wal"), "{said}");
}

#[test]
fn a_dump_that_was_read_back_is_taken_over() {
    let mut server = Server::start();
    let id = new_order(&server);
    let mut guest = Client::open(&server, ORDER);
    guest.next_is("order_status");
    note(&server, 1, "dumped");
    guest.next_is("order_update");
    let kept = guest.seq;
    server.kill();
    let script = server.shell(".dump");
    let database = server.place.database();
    let pragmas = "PRAGMA application_id; PRAGMA user_version;";
    let before = server.shell(pragmas);
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", database.display()));
    }
    shell(&database, &script);
    assert_eq!(server.shell(pragmas), "0\n0\n");
    server.restart();
    assert_eq!(server.shell(pragmas), before);
    let mut back = Client::back(&server, ORDER, kept);
    assert!(next_number(&server, &mut back) > kept);
    let mut other = Client::open(&server, &format!("/ws/orders/{id}/"));
    other.next_is("order_status");

    // One that fits no version says what to type.
    server.kill();
    server.shell("PRAGMA application_id = 0; PRAGMA user_version = 0; ALTER TABLE orders RENAME COLUMN note TO remark;");
    let told = server
        .place
        .maitred(&["migrate", "--database"])
        .arg(&database)
        .output();
    let told = refused(&told.expect("it runs"));
    let advice = "PRAGMA application_id = 1835100532; PRAGMA user_version = ";
    assert!(told.contains(advice), "{told}");
}
