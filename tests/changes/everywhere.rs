//! The change feed is on every listener, and is as careful on each.

use crate::support::{Client, Server};

#[test]
fn the_change_feed_is_on_every_listener() {
    let mut server = Server::start();
    let (manager, waiter) = (server.token("manager"), server.token("waiter"));
    let bearer = |token: &str| format!("Bearer {token}");
    let (manager, waiter) = (bearer(&manager), bearer(&waiter));
    let names = ["dining", "delivery", "kitchen", "timing"];
    let mut feeds = Vec::new();
    for name in names {
        let address = server.listening(name);
        let dial = |headers: &[(&str, &str)]| {
            Client::dial(address, "/ws/changes/", headers)
                .unwrap_or_else(|status| panic!("{name}: {status}"))
        };
        // In a demo, too: somebody who shows no token, and somebody who may not.
        assert_eq!(dial(&[]).closed().0, Some(4401), "{name}");
        let (close, _) = dial(&[("authorization", &waiter)]).closed();
        assert_eq!(close, Some(4403), "{name}");
        let mut feed = dial(&[("authorization", &manager)]);
        feed.sync();
        feeds.push(feed);
    }
    server.shell("UPDATE orders SET note = 'everywhere' WHERE id = 1");
    let mut told: Vec<_> = feeds.iter_mut().map(Client::next).collect();
    told.dedup();
    assert_eq!(told.len(), 1, "the same on each: {told:#?}");
    assert_eq!(told[0]["id"], 1);
}
