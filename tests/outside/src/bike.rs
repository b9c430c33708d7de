//! The application: its one table, and who hears of a change.

use maitred::{App, Change, Error, Reader, Signal, Watched};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

pub struct Bikes;

/// A row, and what is told of it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Bike {
    pub id: i64,
    pub shed: String,
    pub state: String,
}

#[derive(Deserialize, Clone)]
pub struct Claims {}

/// One audience.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Group {
    /// Who looks at a shed.
    Shed(String),
    /// Who has to do with one bike.
    Bike(i64),
}

impl App for Bikes {
    type Claims = Claims;
    type Group = Group;
    type Event = Bike;
    const WATCHED: &'static [Watched] = &[Watched::new("bike")];

    fn announce(change: &Change<'_>, _: &Reader<'_>) -> Result<Vec<Signal<Self>>, Error> {
        let bike = change.new::<Bike>()?.into_iter();
        Ok(bike
            .map(|bike| Signal::to([Group::Shed(bike.shed.clone()), Group::Bike(bike.id)], bike))
            .collect())
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Group::Shed(name) => write!(f, "shed:{name}"),
            Group::Bike(id) => write!(f, "bike:{id}"),
        }
    }
}

impl FromStr for Group {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, of) = text.split_once(':').ok_or("no group")?;
        match kind {
            "shed" => Ok(Group::Shed(of.to_owned())),
            "bike" => of
                .parse()
                .map(Group::Bike)
                .map_err(|_| "no bike".to_owned()),
            _ => Err(format!("no kind of group: {kind}")),
        }
    }
}

/// All bikes of a shed.
pub fn in_shed(db: &Reader<'_>, shed: &str) -> Result<Vec<Bike>, Error> {
    let all = "SELECT id, shed, state FROM bike WHERE shed = ?1 ORDER BY id";
    db.rows(all, maitred::params![shed], |row| {
        Ok(Bike {
            id: row.get(0)?,
            shed: row.get(1)?,
            state: row.get(2)?,
        })
    })
}
