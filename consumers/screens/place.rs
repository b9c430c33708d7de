//! What is where: from a path to a file of the screens.

use std::borrow::Cow;

/// Pages that have a path of their own, with the folders in which they are.
const PAGES: &[(&str, &str)] = &[
    ("", "home"),
    ("waiter", "waiter"),
    ("kitchen", "kitchen"),
    ("board", "board"),
    ("driver", "driver"),
    ("manager", "manager"),
];

/// Files that have a path of their own: a service worker reaches what is below its own path only, and a program in a page elsewhere names the module.
const FILES: &[(&str, &str)] = &[
    ("sw.js", "shared/sw.js"),
    ("maitred.js", "shared/maitred.js"),
    ("favicon.ico", "shared/icon.svg"),
];

/// What a path of this interface leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The file with this name, if there is one.
    File(Cow<'static, str>),
    /// The name of the build.
    Build,
}

impl Place {
    /// What is at a path, as it was sent. `None`: it belongs to another interface.
    pub fn at(path: &str) -> Option<Place> {
        let inner = path.strip_prefix('/')?;
        if let Some(name) = inner.strip_prefix("screens/") {
            return Some(match name {
                "build.json" => Place::Build,
                name => Place::File(name.to_owned().into()),
            });
        }
        if let Some((_, name)) = FILES.iter().find(|(at, _)| *at == inner) {
            return Some(Place::File((*name).into()));
        }
        let inner = inner.strip_suffix('/').unwrap_or(inner);
        if let Some(token) = inner.strip_prefix("t/") {
            // the page asks what the token is worth: a file is the same for everybody
            let one = !token.is_empty() && !token.contains('/');
            return one.then_some(Place::File("guest/index.html".into()));
        }
        let (_, folder) = PAGES.iter().find(|(at, _)| *at == inner)?;
        Some(Place::File(format!("{folder}/index.html").into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_files() {
        for (path, name) in [
            ("/", "home/index.html"),
            ("/waiter", "waiter/index.html"),
            ("/waiter/", "waiter/index.html"),
            ("/t/ABC-1", "guest/index.html"),
            ("/t/ABC-1/", "guest/index.html"),
            ("/sw.js", "shared/sw.js"),
            ("/maitred.js", "shared/maitred.js"),
            ("/screens/kitchen/kitchen.js", "kitchen/kitchen.js"),
            ("/screens/../lib.rs", "../lib.rs"),
        ] {
            assert_eq!(Place::at(path), Some(Place::File(name.into())), "{path}");
        }
        assert_eq!(Place::at("/screens/build.json"), Some(Place::Build));
        for path in [
            "/home",
            "/t",
            "/t/",
            "/t/a/b",
            "/screens",
            "/waiter/x",
            "//waiter",
            "/sw.js/",
            "/admin",
            "/kitchen/socket.io/",
            "*",
        ] {
            assert_eq!(Place::at(path), None, "{path}");
        }
    }
}
