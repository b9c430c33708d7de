//! The routing of a server: its listeners, the routes of each, and the settings that count there. It is read from `routing.toml`, or built by a program.
//!
//! ```toml
//! [defaults]                               # settings for all listeners; each key is optional
//! idle_timeout = "60s"
//!
//! [limits]                                 # settings of the whole process
//! connections = 100000
//!
//! [[listener]]
//! name = "dining"
//! bind = "localhost:9000"                  # or "127.0.0.1:9000", "[::1]:9000", or a list of those
//! rest = ["dining.api"]
//! metrics = "loopback"                     # who may read /metrics here
//! origins = ["https://orders.example.com"] # a setting for this listener
//!
//! [[listener.route]]
//! path = "/ws/orders/<int:order_id>/"      # works with and without the trailing slash
//! consumer = "dining.order"
//! auth = "required"                        # a setting for this route
//!
//! [[listener.route]]
//! path = "/socket.io/"                     # Socket.IO: long polling and WebSockets
//! ping_timeout = "20s"                     # a setting that only Socket.IO has
//!
//! [[listener.route.namespace]]
//! name = "/orders"                         # as in io("http://localhost:3000/orders")
//! consumer = "delivery.orders"
//! auth = "optional"                        # a setting for this namespace
//! ```
//!
//! A setting that is in several tables counts as the nearest one says: a namespace's before its route's, then the listener's, then the defaults. Of several
//! routes that fit a path the first counts; a route that no path reaches is a mistake. All mistakes of a file are reported together.
//!
//! ```text
//! routing.toml ── file ──┐
//!                        ├── parts ── assembly ── Routing ── explain
//! a program's calls ─────┘     what was said      checked
//! ```
//!
//! Imports `limits`, `error` and `trace` only; never `protocol`, `auth` or `metrics`.

mod assembly;
mod bind;
mod edge;
mod explain;
mod file;
mod level;
mod listeners;
mod location;
mod mistakes;
mod origins;
mod parts;
pub(crate) mod pattern;
mod policy;
mod provenance;
mod quantity;
mod route;
mod routes;
mod settings;
#[cfg(test)]
mod tests;
mod tls;
mod words;

pub(crate) use bind::Address;
pub(crate) use edge::Edge;
pub use explain::{Explained, Routed, Setting};
pub(crate) use listeners::Listener;
pub use listeners::{Known, Metrics, Routing};
pub(crate) use location::Location;
pub(crate) use origins::host;
pub(crate) use parts::{
    Given, ListenerParts, Located, NamespaceParts, RouteParts, RoutingParts, TlsParts,
};
pub(crate) use policy::Policy;
pub use policy::{Auth, Delivery, Offsets};
pub(crate) use route::{Namespace, Protocol, Route};
pub use settings::{EdgeSettings, PolicySettings, ProcessSettings};
