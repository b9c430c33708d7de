//! One setting: what the table of a struct says about each of its fields.

use crate::routing::level::Level;
use crate::routing::mistakes::Mistakes;
use toml::Spanned;
use toml::de::DeValue;

/// A struct whose fields are settings.
pub(crate) trait Settings: Clone + Default + 'static {
    /// The outermost table in which its settings may stand.
    const FROM: Level;
    /// One entry for each field, in the order of the documents.
    const ENTRIES: &'static [Entry<Self>];
}

/// On which connections a setting counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counts {
    /// Whatever is spoken.
    Everywhere,
    /// On plain WebSockets.
    WebSocket,
    /// With Engine.IO, and so with Socket.IO.
    EngineIo,
    /// With Socket.IO.
    SocketIo,
}

/// A setting of `S`.
pub(crate) struct Entry<S: 'static> {
    /// The name of the field, and the key in `routing.toml`.
    pub(in crate::routing) key: &'static str,
    /// The innermost table in which it may stand.
    pub(super) down_to: Level,
    pub(super) counts: Counts,
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

impl<S: Settings> Entry<S> {
    /// Whether it may stand in a table.
    pub(super) fn stands_in(&self, level: Level) -> bool {
        S::FROM <= level && level <= self.down_to
    }
}

impl Counts {
    /// The end of a setting's documentation.
    pub(super) fn doc(self) -> &'static str {
        match self {
            Counts::Everywhere => "",
            Counts::WebSocket => " Not for Engine.IO and Socket.IO.",
            Counts::EngineIo => " Only for Engine.IO and Socket.IO.",
            Counts::SocketIo => " Only for Socket.IO.",
        }
    }
}

/// Makes of one table the defaults of a struct, its [`Entry`]s, and its builder with a method for each setting.
macro_rules! settings {
    (
        $(#[doc = $about:literal])+
        $builder:ident of $group:ident from $from:ident;
        $($key:ident: $type:ty {
            default: $default:expr,
            kind: $kind:expr,
            down_to: $down_to:ident,
            counts: $counts:ident,
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
                    counts: $crate::routing::settings::entry::Counts::$counts,
                    doc: $doc,
                    example: [$(Some($example),)? None][0],
                    allowed: || Kind::<$type>::allowed(&$kind),
                    read: |all, value, mistakes| {
                        let read = $kind.read(stringify!($key), value, mistakes);
                        let is_read = read.is_some();
                        if let Some(value) = read {
                            all.$key = value;
                        }
                        is_read
                    },
                    show: |all| $kind.show(&all.$key),
                    write: |all| $kind.write(&all.$key),
                    copy: |from, to| to.$key.clone_from(&from.$key),
                    check: |all| $kind.check(&all.$key),
                },
            )+];
        }

        $(#[doc = $about])+
        #[derive(Clone, Default)]
        pub struct $builder(pub(crate) $crate::routing::settings::overrides::Overrides<$group>);

        impl $builder {
            /// None is set: what is around counts.
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
