//! `routing.toml`: listeners, what they serve, and under which policy.
//!
//! ```toml
//! [defaults]                               # policy for everything below; each key is optional
//! idle_timeout = "60s"
//!
//! [limits]                                 # of the whole process
//! connections = 100000
//!
//! [[listener]]
//! name = "dining"
//! bind = "localhost:9000"                  # or "127.0.0.1:9000", "[::1]:9000", or a list of those
//! rest = ["dining.api"]
//! metrics = "loopback"                     # who may read /metrics here
//! origins = ["https://orders.example.com"] # policy for this listener
//!
//! [[listener.route]]
//! path = "/ws/orders/<int:order_id>/"      # with and without the trailing slash
//! consumer = "dining.order"
//! auth = "required"                        # policy for this route
//!
//! [[listener.route]]
//! path = "/socket.io/"                     # Socket.IO: long polling and WebSockets
//! ping_timeout = "20s"                     # policy that only Socket.IO has: also `max_payload`, `connect_timeout`
//!
//! [[listener.route.namespace]]
//! name = "/orders"                         # as in io("http://localhost:3000/orders")
//! consumer = "delivery.orders"
//! auth = "optional"                        # of its own may be: auth, action_rates, groups_per_connection, offsets
//! ```
//!
//! A listener may speak TLS, `tls = { certificate = "chain.pem", key = "key.pem" }`.
//!
//! Of a policy key that stands in several places the nearest counts. Of several routes that fit a path the first counts; a route that no path reaches is a
//! mistake. All mistakes of a file are reported together.

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
pub use listeners::{Known, Routing};
pub(crate) use listeners::{Listener, Metrics};
pub(crate) use location::Location;
pub(crate) use origins::host;
#[allow(unused_imports)] // TLS and namespaces of a program that builds its routes
pub(crate) use parts::{
    Given, ListenerParts, NamespaceParts, RouteParts, RoutingParts, Said, TlsParts,
};
pub(crate) use policy::Policy;
pub use policy::{Auth, Delivery, Offsets};
pub(crate) use route::{Namespace, Protocol, Route};
pub use settings::{EdgeSettings, PolicySettings, ProcessSettings};
