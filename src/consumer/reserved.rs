//! Consumers that would never be shown something they ask for: refused before anybody connects.

use crate::app::App;
use crate::consumer::entry::Entry;
use crate::error::Error;
use crate::routing::{Protocol, Routing};

/// # Errors
/// [`Error::Config`]: a route leads to a consumer whose commands or parameters have names that the framework keeps to itself there. All of them are named.
pub(crate) fn refuse<'e, A: App>(
    routing: &Routing,
    entry: impl Fn(&str) -> Option<&'e Entry<A>>,
) -> Result<(), Error> {
    let mut mistakes: Vec<String> = Vec::new();
    for listener in &routing.listeners {
        for route in &listener.routes {
            for (_, consumer, _) in route.consumers() {
                let Some(entry) = entry(consumer) else {
                    continue;
                };
                let mut taken = match route.protocol {
                    Protocol::WebSocket => (entry.taken)(),
                    Protocol::EngineIo | Protocol::SocketIo => Vec::new(),
                };
                let hidden = (entry.hidden)().into_iter();
                let hidden = hidden.filter(|name| !route.pattern.has(name));
                taken.extend(hidden.map(|name| format!("the query's {name:?}")));
                if !taken.is_empty() {
                    let (path, taken) = (route.pattern.as_str(), taken.join(", "));
                    mistakes.push(format!(
                        "route {path:?}: the consumer {consumer:?} would never be shown {taken}: the framework keeps this to itself there, so it needs another name"
                    ));
                }
            }
        }
    }
    match mistakes.is_empty() {
        true => Ok(()),
        false => Err(Error::Config(mistakes.join("\n"))),
    }
}
