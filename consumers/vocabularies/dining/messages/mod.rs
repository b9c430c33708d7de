//! What this vocabulary says. Each name of the document is spelled here and nowhere else.
//!
//! The document's own examples and its prose name some fields differently (`id` and `table_id`, `number` and `table_number`): messages carry both. They
//! carry `version` as well, so that a client can drop what is older than what it shows. A row's is the row's; that of a view which several rows make up (a
//! table and who sits there, an order's lines) is a point of the history: it rises with each change of any of them.

mod bodies;
mod data;
mod dish;
mod item;
mod kitchen;
mod message;
mod request;

pub(super) use bodies::{
    AcknowledgedData, ItemsData, ItemsGone, OrderDeleted, PaidData, RestaurantData, SessionDeleted,
    TableDeleted, TasksData,
};
pub(super) use data::{NotificationData, OrderData, SessionData, TableData, TaskData, Time};
pub(super) use dish::{Dish, DishDeleted};
pub(super) use item::{ItemData, ModifierData};
pub(super) use kitchen::{BoardData, BoardNews, KitchenData};
pub use message::{
    board_update, dish_deleted, dish_update, items_gone, items_list, items_updated, kitchen_update,
    new_order, notification, notification_acknowledged, order_deleted, order_items_update,
    order_ready, order_status, order_update, payment_completed, restaurant_status, session_deleted,
    session_status, session_update, table_deleted, table_status, table_update, tasks_list,
};
pub(super) use request::RequestData;
