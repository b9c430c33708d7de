//! Who can be addressed.

use super::Entity;
use std::fmt;
use std::str::FromStr;

/// One audience. Its text (`order:1`) is stored with the history: a name that was written once is never given another meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    /// Those who follow one order, with or without its lines.
    Order(i64),
    /// Those who follow one table.
    Table(i64),
    /// Those who follow one visit to a table.
    Session(i64),
    /// One waiter's inbox.
    Waiter(i64),
    /// What everybody who serves in a restaurant hears: its notifications channel.
    Floor(i64),
    /// A restaurant's status channel.
    Restaurant(i64),
    /// One station: what happens to the orders that have lines for it.
    Station(i64),
    /// What every screen of a restaurant's kitchen hears besides orders: alerts, tables that can be served.
    Kitchen(i64),
    /// One kind of row of one restaurant: the change feed, and whoever shows all orders of a restaurant.
    Changes {
        /// Whose rows.
        restaurant: i64,
        /// Which kind.
        entity: Entity,
    },
    /// One kind of row of all restaurants, also of those that open later.
    AllChanges(Entity),
    /// Those who run a restaurant and have its dashboard open; 0: those who run several. What is told here is told to live connections only.
    Dashboard(i64),
    /// Every dashboard, whoever has it open.
    Dashboards,
    /// Every connection of one person. Nothing is told to it: it is how they are judged again when their account changes.
    User(i64),
    /// Every connection of one device, and of whoever signed in there. Nothing is told to it either.
    Device(i64),
    /// Those who run a restaurant, beside what everybody hears who serves there.
    Managers(i64),
    /// Whoever follows the orders that one person placed.
    Customer(i64),
    /// Whoever follows the orders that one driver has.
    Driver(i64),
    /// The drivers of one restaurant: what is on offer there.
    Offers(i64),
    /// The drivers of all restaurants: what is on offer anywhere.
    AllOffers,
    /// A print shop.
    Workshop(i64),
    /// The beginning of a visit. Nobody joins it: the number of what was told to it is where its guests' history begins.
    Visit(i64),
}

impl Group {
    /// The groups for one kind of row of several restaurants: of these, or (`None`) of all.
    pub fn changes(restaurants: Option<&[i64]>, entity: Entity) -> Vec<Group> {
        let of = |&restaurant: &i64| Group::Changes { restaurant, entity };
        match restaurants {
            Some(some) => some.iter().map(of).collect(),
            None => vec![Group::AllChanges(entity)],
        }
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Group::Order(id) => write!(f, "order:{id}"),
            Group::Table(id) => write!(f, "table:{id}"),
            Group::Session(id) => write!(f, "session:{id}"),
            Group::Waiter(id) => write!(f, "waiter:{id}"),
            Group::Floor(id) => write!(f, "floor:{id}"),
            Group::Restaurant(id) => write!(f, "restaurant:{id}"),
            Group::Station(id) => write!(f, "station:{id}"),
            Group::Kitchen(id) => write!(f, "kitchen:{id}"),
            Group::Changes { restaurant, entity } => write!(f, "changes:{restaurant}:{entity}"),
            Group::AllChanges(entity) => write!(f, "changes:all:{entity}"),
            Group::Dashboards => f.write_str("dashboard:all"),
            Group::Dashboard(id) => write!(f, "dashboard:{id}"),
            Group::User(id) => write!(f, "user:{id}"),
            Group::Device(id) => write!(f, "device:{id}"),
            Group::Managers(id) => write!(f, "managers:{id}"),
            Group::Visit(id) => write!(f, "visit:{id}"),
            Group::Customer(id) => write!(f, "customer:{id}"),
            Group::Driver(id) => write!(f, "driver:{id}"),
            Group::Offers(restaurant) => write!(f, "offers:{restaurant}"),
            Group::AllOffers => f.write_str("offers:all"),
            Group::Workshop(id) => write!(f, "workshop:{id}"),
        }
    }
}

/// The text names no group of this application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAGroup;

impl fmt::Display for NotAGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such group")
    }
}

impl std::error::Error for NotAGroup {}

impl FromStr for Group {
    type Err = NotAGroup;
    fn from_str(text: &str) -> Result<Self, NotAGroup> {
        let (kind, rest) = text.split_once(':').ok_or(NotAGroup)?;
        if kind == "changes" {
            let (restaurant, entity) = rest.split_once(':').ok_or(NotAGroup)?;
            let entity = entity.parse().map_err(|_| NotAGroup)?;
            return Ok(match restaurant {
                "all" => Group::AllChanges(entity),
                one => Group::Changes {
                    restaurant: id(one)?,
                    entity,
                },
            });
        }
        match text {
            "offers:all" => return Ok(Group::AllOffers),
            "dashboard:all" => return Ok(Group::Dashboards),
            _ => {}
        }
        let of = match kind {
            "order" => Group::Order,
            "table" => Group::Table,
            "session" => Group::Session,
            "waiter" => Group::Waiter,
            "floor" => Group::Floor,
            "restaurant" => Group::Restaurant,
            "station" => Group::Station,
            "kitchen" => Group::Kitchen,
            "dashboard" => Group::Dashboard,
            "user" => Group::User,
            "device" => Group::Device,
            "managers" => Group::Managers,
            "visit" => Group::Visit,
            "customer" => Group::Customer,
            "driver" => Group::Driver,
            "offers" => Group::Offers,
            "workshop" => Group::Workshop,
            _ => return Err(NotAGroup),
        };
        Ok(of(id(rest)?))
    }
}

/// An id as `Display` writes it: `+5` and `05` are refused, so that one group has one text.
fn id(text: &str) -> Result<i64, NotAGroup> {
    let id: i64 = text.parse().map_err(|_| NotAGroup)?;
    if id.to_string() == text {
        Ok(id)
    } else {
        Err(NotAGroup)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn groups() -> impl Strategy<Value = Group> {
        let entity = prop::sample::select(Entity::TABLES).prop_map(|(entity, _)| entity);
        prop_oneof![
            any::<i64>().prop_map(Group::Order),
            any::<i64>().prop_map(Group::Table),
            any::<i64>().prop_map(Group::Session),
            any::<i64>().prop_map(Group::Waiter),
            any::<i64>().prop_map(Group::Floor),
            any::<i64>().prop_map(Group::Restaurant),
            any::<i64>().prop_map(Group::Station),
            any::<i64>().prop_map(Group::Kitchen),
            any::<i64>().prop_map(Group::Dashboard),
            any::<i64>().prop_map(Group::User),
            any::<i64>().prop_map(Group::Visit),
            any::<i64>().prop_map(Group::Device),
            any::<i64>().prop_map(Group::Managers),
            any::<i64>().prop_map(Group::Customer),
            any::<i64>().prop_map(Group::Driver),
            any::<i64>().prop_map(Group::Offers),
            Just(Group::AllOffers),
            Just(Group::Dashboards),
            entity.clone().prop_map(Group::AllChanges),
            any::<i64>().prop_map(Group::Workshop),
            (any::<i64>(), entity)
                .prop_map(|(restaurant, entity)| Group::Changes { restaurant, entity }),
        ]
    }

    proptest! {
        #[test]
        fn a_groups_text_names_that_group(group in groups()) {
            prop_assert_eq!(group.to_string().parse::<Group>(), Ok(group));
        }

        #[test]
        fn what_parses_is_written_the_same_way(text in "(order|table|changes|dashboard|user)?:?([+0-9-]{0,4}|all)(:(order|zone|x))?") {
            if let Ok(group) = text.parse::<Group>() {
                prop_assert_eq!(group.to_string(), text);
            }
        }
    }
}
