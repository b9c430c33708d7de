//! What belongs to the tables is made, and made anew where another program took it away.
//!
//! Tools rebuild a table to change it: a new one, the rows copied, the old one dropped, the new one renamed. All triggers go with the old one, and nothing
//! says so. Some make them anew, most do not.

use super::blueprint::{Blueprint, Object, objects};
use super::cascades::{Children, marked};
use super::keys::{same, unseen_indexes};
use super::made::{self, CASCADE, Lost};
use super::sql::{PREFIX, quoted};
use super::table::Table;
use crate::error::Error;
use rusqlite::Connection;

/// What was found when a database was compared with its blueprint.
#[derive(Debug)]
pub(crate) enum Condition {
    /// Everything that is wanted stands now.
    Whole(Mended),
    /// Tables that nothing can be made for, and what they lack. Whatever was begun is to be rolled back.
    Broken(Vec<String>),
}

/// What was made.
#[derive(Debug, Default)]
pub(crate) struct Mended {
    /// What another program took away or changed. Nobody knows what was written meanwhile.
    pub lost: Lost,
    /// Strangers' tables with a key that SQLite cannot follow, and why.
    pub neighbours: Vec<String>,
    /// Unique indexes whose evictions nobody is told of: table and index.
    pub unseen: Vec<(&'static str, String)>,
}

/// The watched tables as they are, and the keys that refer to them.
pub(super) fn tables<'b>(
    c: &Connection,
    blueprint: &'b Blueprint,
) -> Result<(Vec<Table<'b>>, Children), Error> {
    let children = Children::read(c, blueprint)?;
    let children = children.and(c, &blueprint.children)?;
    let watched = blueprint.watched.iter();
    let tables = watched.map(|watched| Table::read(c, watched, blueprint, &children.all));
    Ok((tables.collect::<Result<_, _>>()?, children))
}

/// In a transaction: compares, and makes what is wanted. What stands and is wanted is left alone, and so are triggers of strangers. `lost`: what
/// [was found](made::lost), before any migration. `whole`: indexes and views are made too where no table was rebuilt. Tools demand that somebody takes an index
/// away before they rebuild its table: to give it back at once would keep them from it.
///
/// # Errors
/// The database's.
pub(crate) fn mend(
    c: &Connection,
    blueprint: &Blueprint,
    lost: Option<Lost>,
    whole: bool,
) -> Result<Condition, Error> {
    let missing = blueprint.missing(c)?;
    if !missing.is_empty() {
        return Ok(Condition::Broken(missing));
    }
    let anew = match belongings(c, blueprint, whole, lost.as_ref())? {
        Ok(anew) => anew,
        Err(why) => return Ok(Condition::Broken(vec![why])),
    };
    let keyless = blueprint.keyless(c)?;
    if !keyless.is_empty() {
        return Ok(Condition::Broken(keyless));
    }
    let neighbours = match install(c, blueprint) {
        Ok(neighbours) => neighbours,
        Err(Error::Config(why)) => return Ok(Condition::Broken(vec![why])),
        Err(e) => return Err(e),
    };
    // A database of an older version has nothing written down; its application's triggers are the same as ever.
    let lost = lost.unwrap_or(anew);
    let mut unseen = Vec::new();
    for watched in &blueprint.watched {
        let indexes = unseen_indexes(c, watched.table)?.into_iter();
        unseen.extend(indexes.map(|index| (watched.table, index)));
    }
    Ok(Condition::Whole(Mended {
        lost,
        neighbours,
        unseen,
    }))
}

/// What was made, whatever stood before.
///
/// # Errors
/// [`Error::Config`] names a table for which nothing can be made.
pub(crate) fn install(c: &Connection, blueprint: &Blueprint) -> Result<Vec<String>, Error> {
    let (tables, children) = tables(c, blueprint)?;
    let mut wanted: Vec<Object> = Vec::new();
    let trigger = |table: &str, name: String, sql: String| Object {
        kind: "trigger".to_owned(),
        table: table.to_owned(),
        name,
        sql,
    };
    for table in &tables {
        for (name, sql) in table.triggers() {
            wanted.push(trigger(table.watched.table, name, sql));
        }
    }
    for (parent, statements) in children.cascades() {
        let name = format!("{PREFIX}{parent}{CASCADE}");
        let (quoted_name, table) = (quoted(&name), quoted(parent));
        let statements = marked(parent, &statements);
        let sql =
            format!("CREATE TRIGGER {quoted_name} BEFORE DELETE ON {table} BEGIN {statements} END");
        wanted.push(trigger(parent, name, sql));
    }
    // The newest fires first: those of a table are made in the order of their names, all of them or none.
    wanted.sort_by(|a, b| a.name.cmp(&b.name));
    let standing: Vec<Object> = objects(c)?;
    let ours = standing.iter().filter(|object| is_ours(object));
    let ours: Vec<&Object> = ours.collect();
    let is_same =
        |a: &Object, b: &Object| a.name == b.name && a.sql == b.sql && same(&a.table, &b.table);
    let stands = |wanted: &Object| ours.iter().any(|object| is_same(object, wanted));
    let is_complete = |table: &str| {
        let mut wanted = wanted.iter().filter(|wanted| same(&wanted.table, table));
        wanted.all(&stands)
    };
    let is_wanted = |object: &Object| wanted.iter().any(|wanted| is_same(object, wanted));
    let stays = |object: &Object| is_wanted(object) && is_complete(&object.table);
    // By its schema: the writer's own have the same names.
    for object in ours.iter().filter(|object| !stays(object)) {
        c.execute_batch(&format!("DROP TRIGGER main.{}", quoted(&object.name)))?;
    }
    for object in wanted.iter().filter(|object| !is_complete(&object.table)) {
        c.execute_batch(&object.sql)?;
    }
    let belongings = &blueprint.objects;
    let made = belongings.iter().chain(&wanted);
    made::record(c, made)?;
    // An older version's, whose triggers looked into it.
    c.execute_batch("DROP TABLE IF EXISTS change_quiet")?;
    Ok(children.broken)
}

/// Makes the application's own triggers, indexes and views where they are not as they were made. Says of which tables triggers were, or why not.
fn belongings(
    c: &Connection,
    blueprint: &Blueprint,
    whole: bool,
    rebuilt: Option<&Lost>,
) -> Result<Result<Lost, String>, Error> {
    let standing = objects(c)?;
    let mut lost = Lost::new();
    let was_rebuilt = |table: &str| {
        let mut rebuilt = rebuilt.into_iter().flatten();
        whole || rebuilt.any(|(name, triggers)| same(name, table) && !triggers.is_empty())
    };
    for wanted in &blueprint.objects {
        let stands = standing.iter().any(|object| {
            object.kind == wanted.kind
                && same(&object.name, &wanted.name)
                && same(&object.table, &wanted.table)
                // A rebuild writes an index in other words.
                && (object.kind == "index" || object.sql == wanted.sql)
        });
        if !stands && wanted.kind == "trigger" {
            let names = lost.entry(wanted.table.clone()).or_default();
            names.push(wanted.name.clone());
        }
        if stands || wanted.kind == "trigger" || !was_rebuilt(&wanted.table) {
            continue;
        }
        if let Err(e) = make(c, &standing, wanted) {
            return Ok(Err(refusal(wanted, &e)));
        }
    }
    // All of a table, and then ours: the newest fires first.
    let is_of =
        |object: &Object, table: &str| object.kind == "trigger" && same(&object.table, table);
    for table in lost.keys() {
        for object in standing.iter().filter(|object| is_of(object, table)) {
            if is_ours(object) {
                c.execute_batch(&format!(
                    "DROP TRIGGER IF EXISTS main.{}",
                    quoted(&object.name)
                ))?;
            }
        }
        for wanted in blueprint
            .objects
            .iter()
            .filter(|wanted| is_of(wanted, table))
        {
            if let Err(e) = make(c, &standing, wanted) {
                return Ok(Err(refusal(wanted, &e)));
            }
        }
    }
    Ok(Ok(lost))
}

/// A trigger that was generated.
fn is_ours(object: &Object) -> bool {
    object.kind == "trigger" && object.name.to_ascii_lowercase().starts_with(PREFIX)
}

fn refusal(wanted: &Object, error: &Error) -> String {
    let Object {
        kind, name, table, ..
    } = wanted;
    tracing::error!(%error, "the {kind} {name:?} of table {table:?} cannot be made anew");
    format!("the {kind} {name:?} of table {table:?} cannot be made anew")
}

/// Makes an object, in place of one that has its name.
fn make(c: &Connection, standing: &[Object], wanted: &Object) -> Result<(), Error> {
    let mut old = standing.iter();
    if let Some(old) = old.find(|old| same(&old.name, &wanted.name)) {
        let kind = old.kind.to_ascii_uppercase();
        c.execute_batch(&format!("DROP {kind} IF EXISTS main.{}", quoted(&old.name)))?;
    }
    c.execute_batch(&wanted.sql)?;
    Ok(())
}
