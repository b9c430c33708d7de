//! The kitchen's table of paths.

use super::{alerts, orders};
use crate::rest::Handler::{Read, Write};
use crate::rest::{Method, Methods, Service};
use crate::vocabularies::kitchen::mistakes;

/// As in `routing.toml`.
pub const NAME: &str = "kitchen.api";

/// The service.
pub const SERVICE: Service = Service {
    below: "api/v1",
    table: ROUTES,
    refusal: mistakes::body,
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
    ("kitchen/alerts", &[(Method::POST, Write(alerts::raise))]),
];
