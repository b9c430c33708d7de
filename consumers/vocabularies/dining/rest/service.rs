//! The dining room's table of paths.

use super::{kitchen, menu, orders, reports, staff, tables};
use crate::rest::Handler::{Read, Serve, Write};
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
    ("orders/*/bump", &[(Method::POST, Write(kitchen::bump))]),
    ("orders/*/recall", &[(Method::POST, Write(kitchen::recall))]),
    ("orders/*/seen", &[(Method::POST, Write(kitchen::seen))]),
    (
        "orders/*/confirm",
        &[(Method::POST, Write(kitchen::confirm))],
    ),
    (
        "orders/*/items/*/confirm",
        &[(Method::POST, Write(kitchen::confirm_line))],
    ),
    ("orders/*/fire", &[(Method::POST, Write(kitchen::fire))]),
    ("orders/*/call", &[(Method::POST, Write(kitchen::call))]),
    ("board", &[(Method::GET, Read(kitchen::board))]),
    (
        "menu",
        &[
            (Method::GET, Read(menu::menu)),
            (Method::POST, Write(menu::add)),
        ],
    ),
    // Before the dishes: no key of a dish is this word.
    (
        "menu/categories",
        &[
            (Method::GET, Read(menu::categories)),
            (Method::POST, Write(menu::add_category)),
        ],
    ),
    (
        "menu/categories/*",
        &[(Method::PATCH, Write(menu::change_category))],
    ),
    (
        "menu/*",
        &[
            (Method::PATCH, Write(menu::change)),
            (Method::DELETE, Write(menu::remove)),
        ],
    ),
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
    ("reports", &[(Method::POST, Serve(reports::report))]),
];
