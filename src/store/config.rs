//! Where the rows are, and how much of their history is kept.

use std::path::PathBuf;
use std::time::Duration;

/// When a commit counts, and those who asked for it are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Durability {
    /// When the disk has it: it survives a power cut. With group commit that costs little.
    Full,
    /// When the system has it: it survives a crash of the server, and not always one of the machine.
    Normal,
}

/// How the store learns what the server's own statements change. Whatever is chosen, clients hear the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum CaptureMode {
    /// Functions on the writer's connection, in memory.
    #[default]
    Buffered,
    /// The change log that other programs' changes come from: it is written and read back. A statement costs several times as much, and no
    /// [`Memo`](crate::Memo) is kept. For comparison, if the other one is in doubt.
    ReadBack,
}

/// Where the rows are, and how much of their history is kept.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StoreConfig {
    /// The database file. Beside it lie `<path>-lock`, which only one server has, and `<path>-seq` with the highest number that may have been given.
    pub path: PathBuf,
    /// When a commit counts, and those who asked for it are told.
    pub durability: Durability,
    /// Connections that read, each with a thread; at least one. Replay has another one of its own.
    pub readers: usize,
    /// Events that are kept to be replayed. More than these are forgotten, the oldest first.
    pub retention_events: u64,
    /// How long an event is kept to be replayed.
    pub retention_age: Duration,
    /// How often the store looks whether another program wrote.
    pub poll_interval: Duration,
    /// How long a command waits for another program's transaction before it is told [`Error::Busy`](crate::Error::Busy).
    pub busy_timeout: Duration,
    /// How long the outcome of a command with an id is kept.
    pub outcome_age: Duration,
    /// Commands that may wait for the writer, at least one. Whoever asks for one more waits until there is room.
    pub queue_commands: usize,
    /// How the store learns what the server's own statements change.
    pub capture: CaptureMode,
}

impl StoreConfig {
    /// The defaults for a database at `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        StoreConfig {
            path: path.into(),
            durability: Durability::Full,
            readers: 2,
            retention_events: 100_000,
            retention_age: Duration::from_secs(24 * 3600),
            poll_interval: Duration::from_millis(5),
            busy_timeout: Duration::from_secs(2),
            outcome_age: Duration::from_secs(72 * 3600),
            queue_commands: 4096,
            capture: CaptureMode::default(),
        }
    }
}
