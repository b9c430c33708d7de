//! Where a screen stands: in one restaurant at a time, at its stations or before all of it.
//!
//! A screen that joined a restaurant hears all its orders, until it joins a station: then it hears the orders that have lines for one of its stations. The pass
//! and the till see everything. Whatever order the two come in, and however often they are repeated, the outcome is the same. Alerts and tables are for all.

use crate::access::{self, Action, Bearer, Target};
use crate::domain::tickets::station;
use crate::domain::{Key, Refusal, ids};
use crate::events::{Entity, Group};
use crate::restaurant::Restaurant;
use maitred::{Context, Error, Reader, params};

/// Who sees all orders hears of these rows.
const ROWS: [Entity; 3] = [Entity::Order, Entity::OrderItem, Entity::Payment];

const fn rows(restaurant: i64, entity: Entity) -> Group {
    Group::Changes { restaurant, entity }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rooms {
    here: Option<Here>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Here {
    restaurant: i64,
    uuid: String,
    /// Stations that see what is theirs.
    stations: Vec<i64>,
    /// Whether the screen stands at the pass or the till as well: there all orders are seen.
    sees_all: bool,
}

impl Here {
    fn hears_all(&self) -> bool {
        self.sees_all || self.stations.is_empty()
    }

    /// The groups that this means.
    fn groups(&self) -> Vec<Group> {
        let mut all = vec![Group::Kitchen(self.restaurant)];
        if self.hears_all() {
            all.extend(ROWS.map(|entity| rows(self.restaurant, entity)));
        }
        all.extend(self.stations.iter().copied().map(Group::Station));
        all
    }
}

impl Rooms {
    pub fn restaurant(&self) -> Option<i64> {
        self.here.as_ref().map(|here| here.restaurant)
    }

    pub fn restaurant_uuid(&self) -> Option<&str> {
        self.here.as_ref().map(|here| here.uuid.as_str())
    }

    /// Whether an order's events reach this screen.
    pub fn hear(&self, restaurant: i64, stations: &[i64]) -> bool {
        self.here.as_ref().is_some_and(|here| {
            let theirs = here.stations.iter().any(|id| stations.contains(id));
            here.restaurant == restaurant && (here.hears_all() || theirs)
        })
    }

    /// The stations that narrow down what it sees of a restaurant. Of another one than where it stands it sees everything.
    pub fn stations_at(&self, restaurant: i64) -> Option<Vec<i64>> {
        let here = self
            .here
            .as_ref()
            .filter(|here| here.restaurant == restaurant)?;
        (!here.hears_all()).then(|| here.stations.clone())
    }

    /// Goes to a restaurant, and leaves the one before. Where it is already it stays as it is.
    ///
    /// # Errors
    /// `INVALID_RESTAURANT`, `PERMISSION_DENIED`, `RATE_LIMIT`, and it stays where it was.
    pub async fn enter(&mut self, key: &Key, ctx: &mut Context<Restaurant>) -> Result<(), Error> {
        let (key, identity) = (key.clone(), ctx.identity().clone());
        let (restaurant, uuid) = ctx
            .read(move |db| {
                let id = ids::restaurant(db, &key)?;
                access::may(&identity, Action::HearKitchen, Target::Restaurant(id), db)?;
                Ok((id, uuid(db, id)?))
            })
            .await?;
        if self.restaurant() == Some(restaurant) {
            return Ok(());
        }
        self.go(
            Here {
                restaurant,
                uuid,
                stations: Vec::new(),
                sees_all: false,
            },
            ctx,
        )
        .await
    }

    /// Stands at a station of the restaurant where it is.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` without such a station, or without a restaurant.
    pub async fn stand_at(
        &mut self,
        code: &str,
        ctx: &mut Context<Restaurant>,
    ) -> Result<(), Error> {
        let Some(here) = &self.here else {
            let rule = "say which restaurant, or join one first";
            return Err(Refusal::value("restaurantId", rule).into());
        };
        let (restaurant, wanted) = (here.restaurant, code.to_owned());
        let station = ctx.read(move |db| station(db, restaurant, &wanted)).await?;
        let mut here = here.clone();
        match station {
            None => here.sees_all = true,
            Some(id) if here.stations.contains(&id) => {}
            Some(id) => here.stations.push(id),
        }
        self.go(here, ctx).await
    }

    /// What it was in when the connection was lost, as far as it may still be there.
    pub async fn come_back(&mut self, ctx: &mut Context<Restaurant>) -> Result<(), Error> {
        let Some(client) = ctx.client() else {
            return Ok(());
        };
        let before = client.restored();
        let restaurant = before.iter().find_map(|group| match group {
            Group::Kitchen(id) => Some(*id),
            _ => None,
        });
        let Some(restaurant) = restaurant else {
            return Ok(());
        };
        let stations = before.iter().filter_map(|group| match group {
            Group::Station(id) => Some(*id),
            _ => None,
        });
        let stations: Vec<i64> = stations.collect();
        let sees_all = !stations.is_empty() && before.contains(&rows(restaurant, Entity::Order));
        let identity = ctx.identity().clone();
        let found = ctx
            .read(move |db| {
                let target = Target::Restaurant(restaurant);
                match access::may(&identity, Action::HearKitchen, target, db) {
                    Ok(_) => {}
                    Err(Error::Client(_)) => return Ok(None),
                    Err(error) => return Err(error),
                }
                // A station that is gone narrows nothing down any more.
                let mut kept = Vec::new();
                for id in stations {
                    let sql = "SELECT id FROM stations WHERE id = ?1 AND restaurant_id = ?2";
                    kept.extend(db.row(sql, params![id, restaurant], |row| row.get::<i64>(0))?);
                }
                Ok(Some((uuid(db, restaurant)?, kept)))
            })
            .await?;
        match found {
            Some((uuid, stations)) => {
                let here = Here {
                    restaurant,
                    uuid,
                    stations,
                    sees_all,
                };
                self.go(here, ctx).await
            }
            None => Ok(()),
        }
    }

    /// Judges the connection: the account now, and the restaurant where it stands.
    pub async fn guard(&self, ctx: &mut Context<Restaurant>) -> Result<(), Error> {
        let restaurant = self.restaurant();
        ctx.guard(move |identity, db| match restaurant {
            Some(id) => {
                access::may(identity, Action::HearKitchen, Target::Restaurant(id), db).map(drop)
            }
            None => Bearer::of(identity, db).map(drop),
        })
        .await
    }

    async fn go(&mut self, there: Here, ctx: &mut Context<Restaurant>) -> Result<(), Error> {
        let before = self.here.as_ref().map(Here::groups).unwrap_or_default();
        let after = there.groups();
        for group in &after {
            if let Err(error) = ctx.try_join(*group) {
                let fresh = after.iter().filter(|group| !before.contains(group));
                fresh.for_each(|group| ctx.leave(group));
                return Err(error.into());
            }
        }
        before
            .iter()
            .filter(|group| !after.contains(group))
            .for_each(|group| ctx.leave(group));
        self.here = Some(there);
        self.guard(ctx).await
    }
}

fn uuid(db: &Reader<'_>, restaurant: i64) -> Result<String, Error> {
    db.one(
        "SELECT uuid FROM restaurants WHERE id = ?1",
        params![restaurant],
        |row| row.get(0),
    )
}
