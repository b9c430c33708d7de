//! Which messages are said where.

use super::messages::{
    AcknowledgedData, BoardNews, Dish, DishDeleted, ItemsData, ItemsGone, KitchenData,
    NotificationData, OrderData, OrderDeleted, PaidData, RestaurantData, SessionData,
    SessionDeleted, TableData, TableDeleted, TasksData,
};
use super::{notifications, order, order_items, restaurant, session, table, waiter};
use crate::contract::{Channel, Schemas};

/// The kinds of notifications that staff are told.
const TOLD_STAFF: [&str; 4] = [
    "order_notification",
    "payment_notification",
    "task_notification",
    "alert",
];

/// What each consumer says and understands.
pub fn channels(schemas: &mut Schemas) -> Vec<Channel> {
    let orders = Channel::raw::<order::OrderSocket>("One order", schemas)
        .says::<OrderData<'_>>("order_status", schemas)
        .says::<OrderData<'_>>("order_update", schemas)
        .says::<OrderDeleted>("order_update", schemas)
        .says_beside::<ItemsData<'_>>("order_items_update", &["items"], schemas)
        .answers::<order::Updated>("update_status", schemas);
    let items = Channel::raw::<order_items::ItemsSocket>("The lines of one order", schemas)
        .says_beside::<ItemsData<'_>>("items_list", &["items"], schemas)
        .says_beside::<ItemsData<'_>>("items_updated", &["items"], schemas)
        .says_beside::<ItemsGone>("items_updated", &["items"], schemas);
    let tables = Channel::raw::<table::TableSocket>("One table", schemas)
        .says::<TableData<'_>>("table_status", schemas)
        .says::<TableData<'_>>("table_update", schemas)
        .says::<TableDeleted>("table_update", schemas)
        .answers::<table::Occupied>("occupy", schemas)
        .answers::<table::Released>("release", schemas);
    let sessions = Channel::raw::<session::SessionSocket>("One visit to a table", schemas)
        .says::<SessionData<'_>>("session_status", schemas)
        .says::<SessionData<'_>>("session_update", schemas)
        .says::<SessionDeleted>("session_update", schemas)
        .says::<Dish<'_>>("menu_update", schemas)
        .says::<DishDeleted>("menu_update", schemas)
        .answers::<session::Done>("update_guests_count", schemas)
        .answers::<session::Done>("close_session", schemas);
    let waiters = Channel::raw::<waiter::WaiterSocket>("One waiter's inbox", schemas);
    let floor = Channel::raw::<notifications::FloorSocket>(
        "What everybody who serves in a restaurant hears",
        schemas,
    )
    .says::<Dish<'_>>("menu_update", schemas)
    .says::<DishDeleted>("menu_update", schemas);
    let restaurants = Channel::raw::<restaurant::RestaurantSocket>("One restaurant", schemas)
        .says::<RestaurantData<'_>>("restaurant_status", schemas)
        .says::<OrderData<'_>>("new_order", schemas)
        .says::<OrderData<'_>>("order_ready", schemas)
        .says::<TableData<'_>>("table_update", schemas)
        .says::<PaidData<'_>>("payment_completed", schemas)
        .says::<BoardNews<'_>>("board_update", schemas)
        .says::<Dish<'_>>("menu_update", schemas)
        .says::<DishDeleted>("menu_update", schemas)
        .says::<AcknowledgedData<'_>>("notification_acknowledged", schemas)
        .says_beside::<NotificationData<'_>>("broadcast", &["message", "priority"], schemas);
    let mut all = vec![orders, items, tables, sessions, restaurants];
    for mut inbox in [waiters, floor] {
        inbox = inbox
            .says_beside::<TasksData<'_>>("tasks_list", &["tasks"], schemas)
            .says::<AcknowledgedData<'_>>("notification_acknowledged", schemas)
            .says::<KitchenData<'_>>("kitchen_update", schemas)
            .answers::<waiter::Taken>("acknowledge", schemas);
        for name in TOLD_STAFF {
            inbox =
                inbox.says_beside::<NotificationData<'_>>(name, &["message", "priority"], schemas);
        }
        all.push(inbox);
    }
    all
}
