//! The dining room's table of paths.

use super::{
    bills, devices, history, house, kitchen, menu, numbers, orders, people, plan, qr, reports,
    requests, sign_in, staff, tables,
};
use crate::rest::Handler::{File, Prepared, Read, Serve, Write};
use crate::rest::before::{approval, new_pin};
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
            (Method::PATCH, Prepared(approval, orders::change)),
            (Method::DELETE, Prepared(approval, orders::delete)),
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
            (Method::DELETE, Prepared(approval, orders::void_item)),
        ],
    ),
    (
        "orders/*/payments",
        &[
            (Method::GET, Read(orders::payments)),
            (Method::POST, Write(orders::pay)),
        ],
    ),
    (
        "tables",
        &[
            (Method::GET, Read(tables::list)),
            (Method::POST, Write(plan::add_table)),
        ],
    ),
    (
        "tables/*",
        &[
            (Method::GET, Read(tables::show)),
            (Method::PATCH, Write(plan::change_table)),
        ],
    ),
    (
        "zones",
        &[
            (Method::GET, Read(plan::zones)),
            (Method::POST, Write(plan::add_zone)),
        ],
    ),
    ("zones/*", &[(Method::PATCH, Write(plan::change_zone))]),
    (
        "stations",
        &[
            (Method::GET, Read(plan::stations)),
            (Method::POST, Write(plan::add_station)),
        ],
    ),
    (
        "stations/*",
        &[(Method::PATCH, Write(plan::change_station))],
    ),
    (
        "restaurants/*/today",
        &[(Method::GET, Read(numbers::today))],
    ),
    (
        "restaurants/*/today.csv",
        &[(Method::GET, File(numbers::today_table))],
    ),
    (
        "restaurants/*/orders.csv",
        &[(Method::GET, File(numbers::orders))],
    ),
    (
        "restaurants/*/payments.csv",
        &[(Method::GET, File(numbers::payments))],
    ),
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
    ("sessions/*/bill", &[(Method::GET, Read(bills::bill))]),
    ("sessions/*/payments", &[(Method::POST, Write(bills::pay))]),
    (
        "sessions/*/move",
        &[(Method::POST, Write(bills::move_visit))],
    ),
    ("payments", &[(Method::GET, Read(bills::list))]),
    (
        "payments/*/refund",
        &[(Method::POST, Prepared(approval, bills::refund))],
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
    (
        "tables/*/qr",
        &[
            (Method::GET, File(qr::show)),
            (Method::PATCH, Write(qr::change)),
        ],
    ),
    ("tables/*/qr.svg", &[(Method::GET, File(qr::draw))]),
    ("restaurants/*/qr.svg", &[(Method::GET, File(qr::sheet))]),
    ("qr/*", &[(Method::POST, Serve(qr::scan))]),
    (
        "sessions/*/requests",
        &[(Method::POST, Write(requests::ask))],
    ),
    (
        "sessions/*/requests/*",
        &[(Method::DELETE, Write(requests::cancel))],
    ),
    ("tasks/*", &[(Method::PATCH, Write(requests::change_task))]),
    ("sign-in", &[(Method::POST, Serve(sign_in::sign_in))]),
    ("sign-out", &[(Method::POST, Write(sign_in::sign_out))]),
    ("me", &[(Method::GET, Read(sign_in::me))]),
    ("staff/names", &[(Method::GET, Read(sign_in::names))]),
    (
        "staff",
        &[
            (Method::GET, Read(people::list)),
            (Method::POST, Prepared(new_pin, people::create)),
        ],
    ),
    (
        "staff/*",
        &[(Method::PATCH, Prepared(new_pin, people::change))],
    ),
    ("devices/pair", &[(Method::POST, Serve(devices::pair))]),
    ("devices/token", &[(Method::POST, Serve(devices::token))]),
    ("devices/me", &[(Method::POST, Write(devices::seen))]),
    (
        "devices",
        &[
            (Method::GET, Read(devices::list)),
            (Method::POST, Write(devices::confirm)),
        ],
    ),
    (
        "devices/*",
        &[
            (Method::PATCH, Write(devices::change)),
            (Method::DELETE, Write(devices::revoke)),
        ],
    ),
    (
        "restaurants/*",
        &[
            (Method::GET, Read(house::show)),
            (Method::PATCH, Write(house::change)),
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
        &[
            (Method::GET, Read(staff::alerts_of)),
            (Method::POST, Write(staff::alert)),
        ],
    ),
    (
        "restaurants/*/broadcast",
        &[
            (Method::GET, Read(staff::broadcasts_of)),
            (Method::POST, Write(staff::broadcast)),
        ],
    ),
    (
        "restaurants/*/broadcast/*",
        &[(Method::DELETE, Write(staff::end_broadcast))],
    ),
    (
        "orders/*/history",
        &[(Method::GET, Read(history::of_order))],
    ),
    ("reports", &[(Method::POST, Serve(reports::report))]),
];
