//! Listeners and routes that a program writes in Rust: what `routing.toml` says, checked in the same way.

use crate::app::App;
use crate::consumer::endpoint::Consumer;
use crate::consumer::entry::Entry;
use crate::consumer::registry::Registry;
use crate::consumer::rest::{Api, RequestBody};
use crate::error::Error;
use crate::routing::{
    EdgeSettings, Given, Known, ListenerParts, Located, Location, Metrics, NamespaceParts,
    PolicySettings, ProcessSettings, Protocol, RouteParts, Routing, RoutingParts, TlsParts,
};
use bytes::Bytes;
use http_body::Body;
use std::error;
use std::path::PathBuf;
use tower::Service;

/// Listeners, their routes and the consumers behind them, for a program that needs no `routing.toml`. [`Server::from_routes`](crate::Server::from_routes) serves
/// them.
///
/// What is said before the first [`listen`](Self::listen) counts for all listeners; what follows a `listen` is that listener's. Of several routes that fit a path
/// the first counts. Mistakes are told together, when the routes are used, each with the place in the program where it was made.
///
/// ```
/// use maitred::{Auth, PolicySettings, Routes, Server, consumer};
/// # use maitred::{App, Change, Consumer, Context, Error, Message, Reader, Reply, Signal, Watched};
/// # struct Counters;
/// # impl App for Counters {
/// #     type Claims = (); type Group = i64; type Event = ();
/// #     const WATCHED: &'static [Watched] = &[];
/// #     fn announce(_: &Change<'_>, _: &Reader<'_>) -> Result<Vec<Signal<Self>>, Error> { Ok(vec![]) }
/// # }
/// # struct Counter;
/// # #[derive(serde::Deserialize)] struct Params { #[allow(dead_code)] id: i64 }
/// # #[derive(serde::Deserialize)] enum Command {}
/// # impl Consumer for Counter {
/// #     const NAME: &'static str = "counter";
/// #     type App = Counters; type Params = Params; type Command = Command;
/// #     async fn connect(_: Params, _: &mut Context<Counters>) -> Result<Self, Error> { Ok(Counter) }
/// #     async fn receive(&mut self, _: Command, _: &mut Context<Counters>) -> Result<Reply, Error> { Ok(Reply::done()) }
/// #     fn render(_: &(), _: &i64) -> Option<Message> { None }
/// # }
/// let open = PolicySettings::new().auth(Auth::None);
/// let routes = Routes::new()
///     .listen("127.0.0.1:9900")
///     .route("/ws/counters/<int:id>/", consumer::<Counter>().policy(open))
///     .route("/ws/mine/<int:id>/", consumer::<Counter>());
/// let server: Server<Counters> = Server::from_routes(routes)?;
///
/// // all mistakes, as of a file
/// let wrong = Routes::new().listen("127.0.0.1").route("ws/<int:id", consumer::<Counter>());
/// let mistakes = Server::from_routes(wrong).err().expect("two mistakes").to_string();
/// assert!(mistakes.contains("listen()") && mistakes.contains("route()"), "{mistakes}");
/// # Ok::<(), Error>(())
/// ```
pub struct Routes<A: App> {
    registry: Registry<A>,
    parts: RoutingParts,
    listeners: Vec<Listener>,
}

/// A listener whose lists are not complete.
struct Listener {
    parts: ListenerParts,
    bind: Vec<Located<String>>,
    rest: Vec<Located<String>>,
    routes: Vec<RouteParts>,
}

/// A consumer and the policy of its route or namespace: what [`consumer`] returns.
pub struct Endpoint<A: App> {
    entry: Entry<A>,
    policy: PolicySettings,
}

/// A consumer as the end of a route: `consumer::<Counter>()`.
pub fn consumer<C: Consumer>() -> Endpoint<C::App> {
    Endpoint {
        entry: Entry::of::<C>(),
        policy: PolicySettings::new(),
    }
}

impl<A: App> Endpoint<A> {
    /// Sets the settings of this route or namespace alone. Of several calls the last counts.
    #[must_use]
    pub fn policy(mut self, policy: PolicySettings) -> Self {
        self.policy = policy;
        self
    }
}

/// The namespaces of a Socket.IO route: see [`Routes::socket_io`].
pub struct Namespaces<A: App> {
    policy: PolicySettings,
    all: Vec<(String, Endpoint<A>, Location)>,
}

impl<A: App> Default for Namespaces<A> {
    fn default() -> Self {
        Namespaces {
            policy: PolicySettings::new(),
            all: Vec::new(),
        }
    }
}

impl<A: App> Namespaces<A> {
    /// No namespaces yet. A route needs at least one.
    pub fn new() -> Self {
        Namespaces::default()
    }

    /// Adds a namespace, by the name that clients use: `/`, `/orders`.
    #[must_use]
    #[track_caller]
    pub fn at(mut self, name: impl Into<String>, endpoint: Endpoint<A>) -> Self {
        self.all.push((name.into(), endpoint, Location::call("at")));
        self
    }

    /// Sets the settings of the route, which its namespaces share. Of several calls the last counts.
    #[must_use]
    pub fn policy(mut self, policy: PolicySettings) -> Self {
        self.policy = policy;
        self
    }
}

impl<A: App> Default for Routes<A> {
    #[track_caller]
    fn default() -> Self {
        Routes::of(Registry::new())
    }
}

impl<A: App> Routes<A> {
    /// Nothing yet.
    #[track_caller]
    pub fn new() -> Self {
        Routes::default()
    }

    /// Nothing yet, but what `registry` has may be [mounted](Self::mount) by its name.
    #[track_caller]
    pub fn of(registry: Registry<A>) -> Self {
        Routes {
            registry,
            parts: RoutingParts::new(Location::call("new")),
            listeners: Vec::new(),
        }
    }

    /// Sets the limits of the whole process. Of several calls the last counts.
    #[must_use]
    pub fn limits(mut self, limits: ProcessSettings) -> Self {
        self.parts.limits = limits.0;
        self
    }

    /// Sets the policy of this listener's routes that have none of their own; before the first [`listen`](Self::listen), that of all listeners. Of several calls
    /// the last counts.
    #[must_use]
    pub fn policy(mut self, policy: PolicySettings) -> Self {
        match self.listeners.last_mut() {
            Some(listener) => listener.parts.policy = policy.0,
            None => self.parts.policy = policy.0,
        }
        self
    }

    /// Sets what this listener grants a connection before its route is known; before the first [`listen`](Self::listen), what all listeners grant. Of several calls the last counts.
    #[must_use]
    pub fn edge(mut self, edge: EdgeSettings) -> Self {
        match self.listeners.last_mut() {
            Some(listener) => listener.parts.edge = edge.0,
            None => self.parts.edge = edge.0,
        }
        self
    }

    /// Adds a listener at an address: `127.0.0.1:9900`, `localhost:9900` (both addresses of that name), `[::1]:0` (a free port). The calls that follow are about
    /// this listener. Its name is its address, unless it is given a [name](Self::named).
    #[must_use]
    #[track_caller]
    pub fn listen(mut self, address: impl Into<String>) -> Self {
        let (at, address) = (Location::call("listen"), address.into());
        let mut parts = ListenerParts::new(at);
        parts.name = Given::at(address.clone(), at);
        let value = address;
        self.listeners.push(Listener {
            parts,
            bind: vec![Located { value, at }],
            rest: Vec::new(),
            routes: Vec::new(),
        });
        self
    }

    /// Adds another address to this listener.
    ///
    /// # Panics
    /// Before the first [`listen`](Self::listen).
    #[must_use]
    #[track_caller]
    pub fn bind(mut self, address: impl Into<String>) -> Self {
        let (at, value) = (Location::call("bind"), address.into());
        self.listener().bind.push(Located { value, at });
        self
    }

    /// Names this listener, for logs and metrics: one word that no other listener has.
    ///
    /// # Panics
    /// Before the first [`listen`](Self::listen).
    #[must_use]
    #[track_caller]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.listener().parts.name = Given::at(name.into(), Location::call("named"));
        self
    }

    /// Has this listener speak TLS, with a chain of certificates and a key in PEM files.
    ///
    /// # Panics
    /// Before the first [`listen`](Self::listen).
    #[must_use]
    #[track_caller]
    pub fn tls(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        let at = Location::call("tls");
        let files = TlsParts {
            certificate: Given::at(certificate.into(), at),
            key: Given::at(key.into(), at),
        };
        self.listener().parts.tls = Given::at(files, at);
        self
    }

    /// Says who may read `/metrics` here. Without this call nobody may.
    ///
    /// # Panics
    /// Before the first [`listen`](Self::listen).
    #[must_use]
    #[track_caller]
    pub fn metrics(mut self, who: Metrics) -> Self {
        self.listener().parts.metrics = Given::at(who, Location::call("metrics"));
        self
    }

    /// Adds a route of plain WebSockets at a path. `<name>` in the path is a parameter, `<int:name>` a number: see [`Consumer::Params`].
    ///
    /// # Panics
    /// Before the first [`listen`](Self::listen), and when two consumers have one name.
    #[must_use]
    #[track_caller]
    pub fn route(self, path: impl Into<String>, endpoint: Endpoint<A>) -> Self {
        let at = Location::call("route");
        self.plain(Protocol::WebSocket, path.into(), endpoint, at)
    }

    /// Adds a route of Engine.IO at a path: the transports of Socket.IO under one consumer's own messages.
    ///
    /// # Panics
    /// As [`route`](Self::route).
    #[must_use]
    #[track_caller]
    pub fn engine_io(self, path: impl Into<String>, endpoint: Endpoint<A>) -> Self {
        let at = Location::call("engine_io");
        self.plain(Protocol::EngineIo, path.into(), endpoint, at)
    }

    /// Adds a route of Socket.IO at a path, usually `/socket.io/`, with at least one namespace.
    ///
    /// # Panics
    /// As [`route`](Self::route).
    #[must_use]
    #[track_caller]
    pub fn socket_io(mut self, path: impl Into<String>, namespaces: Namespaces<A>) -> Self {
        let at = Location::call("socket_io");
        let mut route = RouteParts::new(Protocol::SocketIo, at);
        route.path = Given::at(path.into(), at);
        route.policy = namespaces.policy.0;
        let mut parts = Vec::new();
        for (name, endpoint, at) in namespaces.all {
            let mut namespace = NamespaceParts::new(at);
            namespace.name = Given::at(name, at);
            namespace.consumer = Given::at(endpoint.entry.renderer.name.to_owned(), at);
            namespace.policy = endpoint.policy.0;
            parts.push(namespace);
            self.registry.add(endpoint.entry);
        }
        route.namespaces = Given::at(parts, at);
        self.listener().routes.push(route);
        self
    }

    /// Adds a REST interface, as [`Registry::service`] does, and mounts it here.
    ///
    /// # Panics
    /// Before the first [`listen`](Self::listen), when two interfaces have one name, or the prefix does not begin with a slash.
    #[must_use]
    #[track_caller]
    pub fn service<S, B>(
        mut self,
        name: &'static str,
        prefix: &'static str,
        make: impl Fn(Api<A>) -> S + Send + Sync + 'static,
    ) -> Self
    where
        S: Service<http::Request<RequestBody>, Response = http::Response<B>> + Clone + 'static,
        S::Error: Into<Box<dyn error::Error + Send + Sync>>,
        S::Future: 'static,
        B: Body<Data = Bytes> + 'static,
        B::Error: Into<Box<dyn error::Error + Send + Sync>>,
    {
        self.registry = self.registry.service(name, prefix, make);
        self.mounted(name, Location::call("service"))
    }

    /// Mounts a REST interface here that an earlier listener has, or the [registry](Self::of).
    ///
    /// # Panics
    /// Before the first [`listen`](Self::listen).
    #[must_use]
    #[track_caller]
    pub fn mount(self, name: &str) -> Self {
        self.mounted(name, Location::call("mount"))
    }

    /// The routing, checked, and the consumers that it leads to: for [`Server::new`](crate::Server::new), and for a [reload](crate::Started::reload).
    ///
    /// # Errors
    /// [`Error::Config`] with all mistakes, each on a line of its own, with the call that made it.
    pub fn build(self) -> Result<(Routing, Registry<A>), Error> {
        let Routes {
            registry,
            mut parts,
            listeners,
        } = self;
        let at = parts.at;
        let listeners = listeners.into_iter().map(Listener::whole).collect();
        parts.listeners = Given::at(listeners, at);
        let known = Known {
            consumers: &registry.consumers(),
            rest: &registry.interfaces(),
        };
        let routing = Routing::from_parts(parts, &known)?;
        registry.refuse(&routing)?;
        Ok((routing, registry))
    }

    #[track_caller]
    fn listener(&mut self) -> &mut Listener {
        let last = self.listeners.last_mut();
        last.expect("listen() comes first: what is said here is of a listener")
    }

    #[track_caller]
    fn plain(
        mut self,
        protocol: Protocol,
        path: String,
        endpoint: Endpoint<A>,
        at: Location,
    ) -> Self {
        let mut route = RouteParts::new(protocol, at);
        route.path = Given::at(path, at);
        route.consumer = Given::at(endpoint.entry.renderer.name.to_owned(), at);
        route.policy = endpoint.policy.0;
        self.registry.add(endpoint.entry);
        self.listener().routes.push(route);
        self
    }

    #[track_caller]
    fn mounted(mut self, name: &str, at: Location) -> Self {
        let value = name.to_owned();
        self.listener().rest.push(Located { value, at });
        self
    }
}

impl Listener {
    fn whole(self) -> ListenerParts {
        let Listener {
            mut parts,
            bind,
            rest,
            routes,
        } = self;
        let at = parts.at;
        parts.bind = Given::at(bind, at);
        if !rest.is_empty() {
            parts.rest = Given::at(rest, at);
        }
        if !routes.is_empty() {
            parts.routes = Given::at(routes, at);
        }
        parts
    }
}
