//! The dashboard's table of paths.

use super::envelope::refusal;
use super::{login, orders, stats};
use crate::rest::Handler::{Read, Serve, Write};
use crate::rest::{Method, Methods, Service};

/// As in `routing.toml`.
pub const NAME: &str = "timing.api";

/// The service.
pub const SERVICE: Service = Service {
    below: "api",
    table: ROUTES,
    refusal,
};

/// Everything there is, below `/api/`. `*` is the key of a thing.
const ROUTES: &[(&str, Methods)] = &[
    ("auth/login", &[(Method::POST, Serve(login::login))]),
    ("orders", &[(Method::POST, Write(orders::place))]),
    ("orders/*/status", &[(Method::GET, Read(orders::track))]),
    ("admin/orders", &[(Method::GET, Read(orders::list))]),
    (
        "admin/orders/*/status",
        &[(Method::PUT, Write(orders::set_status))],
    ),
    (
        "admin/websocket/stats",
        &[(Method::GET, Serve(stats::show))],
    ),
];
