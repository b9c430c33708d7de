//! One setting: what the table of a struct says about each of its fields.

use crate::routing::level::Level;
use crate::routing::mistakes::Mistakes;
use std::fmt;
use toml::Spanned;
use toml::de::DeValue;

/// A struct whose fields are settings.
pub(crate) trait Settings: Clone + Default + 'static {
    /// The outermost table in which its settings may stand.
    const FROM: Level;
    /// One entry for each field, in the order of the documents.
    const ENTRIES: &'static [Entry<Self>];
}

/// What must be spoken on a connection for a setting to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocols {
    /// Every protocol.
    Any,
    /// Plain WebSockets.
    WebSocket,
    /// Engine.IO, or Socket.IO which is built upon it.
    EngineIo,
    /// Socket.IO.
    SocketIo,
}

/// A setting of `S`.
pub(crate) struct Entry<S: 'static> {
    /// The name of the field, and the key in `routing.toml`.
    pub(in crate::routing) key: &'static str,
    /// The innermost table in which it may stand.
    pub(super) down_to: Level,
    pub(super) protocols: Protocols,
    /// What it does, and what happens to a client that goes beyond it.
    pub(super) doc: &'static str,
    /// A value as `routing.toml` has it, where the default does not show what values look like.
    pub(super) example: Option<&'static str>,
    /// Which values are allowed, for people.
    pub(super) allowed: fn() -> String,
    /// Reads a value of the file into its field, or notes what is wrong and returns `false`.
    pub(super) read: fn(&mut S, &Spanned<DeValue<'_>>, &mut Mistakes<'_>) -> bool,
    /// The field's value as `maitred explain` shows it.
    pub(in crate::routing) show: fn(&S) -> String,
    /// The field's value as `routing.toml` has it.
    pub(super) write: fn(&S) -> String,
    /// Copies the field from the first to the second.
    pub(super) copy: fn(&S, &mut S),
    /// What is wrong with the field's value, if a program gave it.
    pub(super) check: fn(&S) -> Result<(), String>,
}

impl<S> fmt::Debug for Entry<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key)
    }
}

impl<S: Settings> Entry<S> {
    /// Whether it may stand in a table.
    pub(super) fn stands_in(&self, level: Level) -> bool {
        S::FROM <= level && level <= self.down_to
    }
}

impl Protocols {
    /// The end of a setting's documentation.
    pub(super) fn doc(self) -> &'static str {
        match self {
            Protocols::Any => "",
            Protocols::WebSocket => " Not for Engine.IO and Socket.IO.",
            Protocols::EngineIo => " Only for Engine.IO and Socket.IO.",
            Protocols::SocketIo => " Only for Socket.IO.",
        }
    }
}

/// Makes the defaults of a struct, its [`Entry`]s, and a builder with a method for each setting, all from one table.
macro_rules! settings {
    (
        $(#[doc = $about:literal])+
        $builder:ident of $group:ident from $from:ident;
        $($key:ident: $type:ty {
            default: $default:expr,
            value: $value:expr,
            down_to: $down_to:ident,
            protocols: $protocols:ident,
            doc: $doc:literal,
            why: $why:literal,
            $(example: $example:literal,)?
        })+
    ) => {
        // a field that has no entry is missing here, and an entry without a field is one too many
        impl Default for $group {
            fn default() -> Self {
                $group { $($key: $default,)+ }
            }
        }

        impl $crate::routing::settings::entry::Settings for $group {
            const FROM: $crate::routing::level::Level = $crate::routing::level::Level::$from;
            const ENTRIES: &'static [$crate::routing::settings::entry::Entry<Self>] = &[$(
                $crate::routing::settings::entry::Entry {
                    key: stringify!($key),
                    down_to: $crate::routing::level::Level::$down_to,
                    protocols: $crate::routing::settings::entry::Protocols::$protocols,
                    doc: $doc,
                    example: [$(Some($example),)? None][0],
                    allowed: || ValueType::<$type>::allowed(&$value),
                    read: |all, value, mistakes| {
                        let read = $value.read(stringify!($key), value, mistakes);
                        let is_read = read.is_some();
                        if let Some(value) = read {
                            all.$key = value;
                        }
                        is_read
                    },
                    show: |all| $value.show(&all.$key),
                    write: |all| $value.write(&all.$key),
                    copy: |from, to| to.$key.clone_from(&from.$key),
                    check: |all| $value.check(&all.$key),
                },
            )+];
        }

        $(#[doc = $about])+
        #[derive(Debug, Clone, Default)]
        pub struct $builder(pub(crate) $crate::routing::settings::overrides::Overrides<$group>);

        impl $builder {
            /// No setting yet: all are those of the table around.
            pub fn new() -> Self {
                Self::default()
            }

            $(
                #[doc = $doc]
                ///
                #[doc = $why]
                #[must_use]
                #[track_caller]
                pub fn $key(mut self, value: impl TryInto<$type, Error: std::fmt::Display>) -> Self {
                    let at = $crate::routing::location::Location::call(stringify!($key));
                    let value = value.try_into().map_err(|wrong| wrong.to_string());
                    self.0.put(stringify!($key), at, value, |all, value| all.$key = value);
                    self
                }
            )+
        }
    };
}

pub(super) use settings;
