//! The dining room over HTTP, under `/api/v1`: because somebody must create things.
//!
//! Statuses have their canonical names here, among which the sockets' five words are; nothing is passed through, because everything can be named. Amounts
//! are decimal text. Unknown fields are refused. A request that changes something may carry an `Idempotency-Key`: sent again with the same content, it gets the same answer and nothing happens twice.
//! Whoever listens on a socket hears of every change made here; that is the change log's doing, and nothing is sent from this module.

pub mod openapi;
mod orders;
mod shown;
mod staff;
mod tables;

use crate::rest::Handler::{Read, Write};
use crate::rest::{self, Method, Methods, Service};

/// As in `routing.toml`.
pub const NAME: &str = "dining.api";

/// The service.
pub const SERVICE: Service = Service {
    below: "api/v1",
    table: ROUTES,
    refusal: rest::refusal,
};

/// Everything there is, below `/api/v1/`. `*` is the key of a thing.
const ROUTES: &[(&str, Methods)] = &[
    (
        "orders",
        &[
            (Method::GET, Read(orders::list)),
            (Method::POST, Write(orders::place)),
        ],
    ),
    (
        "orders/*",
        &[
            (Method::GET, Read(orders::show)),
            (Method::PATCH, Write(orders::change)),
            (Method::DELETE, Write(orders::delete)),
        ],
    ),
    (
        "orders/*/items",
        &[
            (Method::GET, Read(orders::items)),
            (Method::POST, Write(orders::add_items)),
        ],
    ),
    (
        "orders/*/items/*",
        &[
            (Method::PATCH, Write(orders::change_item)),
            (Method::DELETE, Write(orders::void_item)),
        ],
    ),
    (
        "orders/*/payments",
        &[
            (Method::GET, Read(orders::payments)),
            (Method::POST, Write(orders::pay)),
        ],
    ),
    ("tables", &[(Method::GET, Read(tables::list))]),
    ("tables/*", &[(Method::GET, Read(tables::show))]),
    ("tables/*/occupy", &[(Method::POST, Write(tables::occupy))]),
    (
        "tables/*/release",
        &[(Method::POST, Write(tables::release))],
    ),
    ("sessions", &[(Method::GET, Read(tables::sessions))]),
    (
        "sessions/*",
        &[
            (Method::GET, Read(tables::session)),
            (Method::PATCH, Write(tables::change_session)),
        ],
    ),
    ("menu", &[(Method::GET, Read(staff::menu))]),
    ("waiters", &[(Method::GET, Read(staff::waiters))]),
    (
        "waiters/*/tasks",
        &[
            (Method::GET, Read(staff::tasks_of)),
            (Method::POST, Write(staff::assign)),
        ],
    ),
    ("tasks", &[(Method::GET, Read(staff::tasks))]),
    (
        "notifications",
        &[(Method::GET, Read(staff::notifications))],
    ),
    (
        "notifications/*/acknowledge",
        &[(Method::POST, Write(staff::acknowledge))],
    ),
    (
        "restaurants/*/alerts",
        &[(Method::POST, Write(staff::alert))],
    ),
    (
        "restaurants/*/broadcast",
        &[(Method::POST, Write(staff::broadcast))],
    ),
];
