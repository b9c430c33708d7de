//! `/admin?token=`: every order of the restaurants that somebody runs.
//!
//! What an order's row becomes is in the change feed's group already, with everything that this vocabulary says about it: joining that costs a change nothing.

use super::messages;
use crate::access::{self, Action};
use crate::domain::orders::{self, Filter};
use crate::domain::{Key, Status, TIMING};
use crate::events::{Entity, Event, Fact, Group};
use crate::restaurant::Restaurant;
use maitred::{Consumer, Context, Disconnect, Error, Message, Reader, Reply};
use schemars::JsonSchema;
use serde::Deserialize;

/// The newest orders that a stream starts with. More are read over HTTP, page by page.
const SHOWN: u32 = 50;

pub struct AdminSocket {
    /// Whose dashboards hear that this one was closed.
    places: Vec<Group>,
}

#[derive(Deserialize)]
pub struct Params {
    restaurant_id: Option<Key>,
}

/// The document has none: what is to be done is done over HTTP.
#[derive(Deserialize, JsonSchema)]
#[serde(tag = "action", rename_all = "camelCase")]
pub enum Command {}

impl Consumer for AdminSocket {
    const NAME: &'static str = "timing.admin";
    type App = Restaurant;
    type Params = Params;
    type Command = Command;

    async fn connect(params: Params, ctx: &mut Context<Restaurant>) -> Result<Self, Error> {
        let wanted = params.restaurant_id;
        let own = access::enter_restaurants(ctx, Action::RunDashboard, wanted).await?;
        for group in Group::changes(own.as_deref(), Entity::Order) {
            ctx.join(group);
        }
        // What is told to `places` reaches each dashboard that it concerns once.
        let (home, places) = match own.as_deref() {
            Some(&[restaurant]) => {
                let home = Group::Dashboard(restaurant);
                (home, vec![home, Group::Dashboard(0)])
            }
            Some(several) => {
                let all = several.iter().copied().map(Group::Dashboard);
                let places = all.chain([Group::Dashboard(0)]).collect();
                (Group::Dashboard(0), places)
            }
            None => (Group::Dashboard(0), vec![Group::Dashboards]),
        };
        ctx.join(home);
        ctx.join(Group::Dashboards);
        if ctx.since().is_some() {
            // It is resumed without a first frame, and wants to know that it is connected.
            ctx.send(&messages::connected());
        }
        ctx.snapshot(move |db| running(db, own.clone())).await?;
        Ok(AdminSocket { places })
    }

    async fn receive(
        &mut self,
        command: Command,
        _: &mut Context<Restaurant>,
    ) -> Result<Reply, Error> {
        match command {}
    }

    fn render(event: &Event, group: &Group) -> Option<Message> {
        match (event.fact.as_ref()?, group) {
            (Fact::DashboardClosed, Group::Dashboard(_) | Group::Dashboards) => {
                Some(messages::disconnect())
            }
            (Fact::OrderPlaced(order), Group::Changes { .. } | Group::AllChanges(_)) => {
                Some(messages::new_order(order))
            }
            (
                Fact::OrderStatus {
                    order, previous, ..
                },
                Group::Changes { .. } | Group::AllChanges(_),
            ) if !TIMING.alike(order.status, *previous) => {
                Some(messages::order_status_update(order, order.status))
            }
            // An order that is deleted is off, as far as this vocabulary can tell.
            (
                Fact::OrderDeleted {
                    order: Some(order), ..
                },
                Group::Changes { .. } | Group::AllChanges(_),
            ) if !TIMING.alike(order.status, Status::Cancelled) => {
                Some(messages::order_status_update(order, Status::Cancelled))
            }
            _ => None,
        }
    }

    /// Of each order the newest status. That it is new is told once.
    fn entity(event: &Event, _: &Group) -> Option<u64> {
        match event.fact.as_ref()? {
            Fact::OrderStatus { order, .. } => u64::try_from(order.id).ok(),
            Fact::OrderDeleted { id, .. } => u64::try_from(*id).ok(),
            _ => None,
        }
    }

    async fn disconnect(self, _: Disconnect, ctx: &mut Context<Restaurant>) {
        for place in self.places {
            let fact = Some(Fact::DashboardClosed);
            ctx.publish(
                place,
                Event {
                    fact,
                    change: None,
                    by: None,
                },
            );
        }
    }
}

/// What a stream starts with: the newest orders, whatever became of them.
fn running(db: &Reader<'_>, restaurants: Option<Vec<i64>>) -> Result<Message, Error> {
    let filter = Filter {
        restaurants,
        ..Filter::default()
    };
    let page = orders::list(db, &filter, None, SHOWN)?;
    let all = page.items.into_iter();
    let all = all.map(|order| orders::with_lines(db, order));
    let all = all.collect::<Result<Vec<_>, _>>()?;
    Ok(messages::connection(&all, page.total))
}
