use super::*;

/// Whoever notes what a command changed, clients hear the same, and what cannot be announced is set aside with its author.
#[tokio::test]
async fn every_capture_announces_the_same() {
    for capture in [CaptureMode::Buffered, CaptureMode::ReadBack] {
        let mut served = Served::with(|config| config.capture = capture);
        let store = served.store();
        let command = || {
            let id = IdempotencyKey::new("mia", "k", b"x");
            Command::new().by("mia").with_id(id)
        };
        store.write(command(), insertion("poison")).await.unwrap();
        store.write(command(), insertion("poison")).await.unwrap(); // the same, once
        let changed = store.write(Command::new().by("bo"), |tx| {
            tx.execute(
                "INSERT INTO dish(menu, name) VALUES(1, 'soup'), (1, 'stew')",
                &[],
            )?;
            tx.execute("UPDATE dish SET name = 'broth' WHERE name = 'soup'", &[])?;
            let refused = tx.execute("INSERT INTO dish(id, name) VALUES(9, 'nobody''s')", &[]);
            assert!(refused.is_err(), "it has no menu");
            tx.execute("DELETE FROM dish WHERE name = 'stew'", &[])
        });
        changed.await.unwrap();
        let refused: Result<i64, Error> = store
            .write(Command::new().by("bo"), |tx| {
                tx.execute("DELETE FROM dish", &[])?;
                Err(Error::Closed)
            })
            .await;
        assert!(refused.is_err());
        served
            .shell()
            .execute("UPDATE dish SET name = 'gruel' WHERE name = 'broth'", [])
            .unwrap();
        let told = served.told_of(0, 5).await.publications;
        let told: Vec<_> = told
            .iter()
            .map(|p| (&*p.event.op, &*p.event.name, p.event.by.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                ("new", "soup", Some("bo")),
                ("new", "stew", Some("bo")),
                ("changed", "broth", Some("bo")),
                ("gone", "stew", Some("bo")),
                ("changed", "gruel", None),
            ],
            "{capture:?}"
        );
        let rejects: (i64, String, String) = served
            .shell()
            .query_row(
                "SELECT count(*), actor, command_id FROM change_rejects",
                [],
                |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)),
            )
            .unwrap();
        assert_eq!(rejects, (1, "mia".into(), "k".into()), "{capture:?}");
        assert_eq!(store.stats().events.load(Relaxed), 5);
    }
}
